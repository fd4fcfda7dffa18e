"""Records what Python's tokenizers makes of every character: digests of the results of normalizers
and pre-tokenizers, and XLM-R's character map (the one that sentencepiece calls nmt_nfkc).

Run: python scripts/references/characters.py tests/fixtures/tokenizers
Needs: tokenizers 0.23.3; sentencepiece 0.2.3 and protobuf for the character map.

The map is part of SentencePiece (Apache License 2.0) and follows from Unicode's NFKC.
One digest for 4,096 characters of planes 0 to 3 and 14, surrogates left out (the other planes are
empty or private): the first 8 hexadecimal digits of the SHA-256 of the JSON list of the results.
"""
import gzip
import hashlib
import json
import sys
import tempfile
from pathlib import Path

import sentencepiece
import tokenizers
from sentencepiece import sentencepiece_model_pb2
from tokenizers import normalizers, pre_tokenizers

OUT = Path(sys.argv[1])
PLANES, BLOCK = (0, 1, 2, 3, 14), 4096


def character_map():
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "text").write_text("a few words to learn from\n" * 200)
        sentencepiece.SentencePieceTrainer.train(
            input=f"{folder}/text", model_prefix=f"{folder}/m", vocab_size=30,
            hard_vocab_limit=False, normalization_rule_name="nmt_nfkc", minloglevel=2)
        proto = sentencepiece_model_pb2.ModelProto()
        proto.ParseFromString(Path(folder, "m.model").read_bytes())
        return proto.normalizer_spec.precompiled_charsmap


def digests(read, form):
    found = []
    for plane in PLANES:
        for start in range(plane << 16, (plane + 1) << 16, BLOCK):
            chars = [chr(c) for c in range(start, start + BLOCK) if not 0xD800 <= c < 0xE000]
            if chars:
                text = json.dumps([read(form.replace("X", char)) for char in chars],
                                  ensure_ascii=False, separators=(",", ":"))
                found.append(hashlib.sha256(text.encode()).hexdigest()[:8])
    return " ".join(found)


def split(part):
    return lambda text: [piece for piece, _ in part.pre_tokenize_str(text)]


BERT = {"clean_text": True, "handle_chinese_chars": True, "strip_accents": None}
nmt_nfkc = character_map()
xlm_r = normalizers.Precompiled(nmt_nfkc).normalize_str
cases = [
    ("normalizer", {"type": "Precompiled"}, "aXb", xlm_r),
    ("normalizer", {"type": "Precompiled"}, "X\u0301", xlm_r),
    ("normalizer", {"type": "NFKC"}, "aXb", normalizers.NFKC().normalize_str),
    ("normalizer", {"type": "BertNormalizer", **BERT, "lowercase": False}, "aXb",
     normalizers.BertNormalizer(lowercase=False).normalize_str),
    ("normalizer", {"type": "BertNormalizer", **BERT, "lowercase": True}, "aXb",
     normalizers.BertNormalizer(lowercase=True).normalize_str),
    ("pre_tokenizer", {"type": "WhitespaceSplit"}, "aXb", split(pre_tokenizers.WhitespaceSplit())),
    ("pre_tokenizer", {"type": "Whitespace"}, "aXb", split(pre_tokenizers.Whitespace())),
    ("pre_tokenizer", {"type": "BertPreTokenizer"}, "aXb", split(pre_tokenizers.BertPreTokenizer())),
    ("pre_tokenizer", {"type": "ByteLevel", "add_prefix_space": False}, "aX!b",
     split(pre_tokenizers.ByteLevel(add_prefix_space=False))),
]
(OUT / "nmt_nfkc.gz").write_bytes(gzip.compress(nmt_nfkc, mtime=0))
(OUT / "characters.json").write_text(json.dumps({
    "tokenizers": tokenizers.__version__,
    "sentencepiece": sentencepiece.__version__,
    "cases": [{"part": part, "json": form_json, "form": form, "digests": digests(read, form)}
              for part, form_json, form, read in cases],
}, indent=1) + "\n")
