"""Records three small tokenizer.json and what Python's tokenizers makes of real and tricky words;
the latter also for trained.json, which scripts/train_tokenizer.ts learns from the sample corpora.

Run: python scripts/references/hub_tokenizer.py MIRROR tests/fixtures/tokenizers
Needs: tokenizers 0.23.3, pyarrow.

Of real sentences only (file, index) and digests are kept, as corpora may not be committed: of ids
and word ids; of the same with labels where a sentence is cut; and of pairs of sentences, cut too.
XLM-R's character map lies in nmt_nfkc.gz beside them (characters.py) and is left out of
unigram.json. A tokenizer that lies there already is not trained again: training breaks ties anew.
"""
import base64
import gzip
import hashlib
import json
import re
import sys
from pathlib import Path

import pyarrow.parquet
import tokenizers
from tokenizers import (Tokenizer, decoders, models, normalizers, pre_tokenizers, processors,
                        trainers)

MIRROR, OUT = Path(sys.argv[1]), Path(sys.argv[2])
SENTENCES, TRAINING = 2000, 12000
ENDINGS = (".txt", ".csv", ".conllu", ".parquet")
# Every test file of the mirror, links left out: what they lead to is there too.
FILES = sorted(
    str(path.relative_to(MIRROR)) for path in MIRROR.rglob("*test*")
    if re.search(r"(^|-)test\b", path.name) and path.suffix in ENDINGS
    and not any(part.is_symlink() for part in [path, *path.parents])
)


def sentences_of(file):
    """Words of every sentence: CSV lines are taken as they stand and cut at spaces."""
    path = MIRROR / file
    if path.suffix == ".parquet":
        return pyarrow.parquet.read_table(path, columns=["tokens"]).column(0).to_pylist()
    text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    if path.suffix == ".csv":
        return [line.split(" ") for line in text.split("\n") if line]
    blocks = [[line for line in block.split("\n") if line and not line.startswith("# ")]
              for block in text.split("\n\n")]
    if path.suffix == ".conllu":
        rows = [[line.split("\t") for line in block] for block in blocks]
        return [[row[1] for row in block if row[0].isdigit()] for block in rows if block]
    return [[line.split(" ")[0] for line in block] for block in blocks if block]


def spread(items, count):
    """`count` of the items, at even distances, with their indices."""
    count = min(count, len(items))
    return [(i * len(items) // count, items[i * len(items) // count]) for i in range(count)]


TRICKY = [
    ["Zoë", "naïve", "Ünlü", "façade", "İstanbul", "ǅ", "ﬁn", "½", "Å"],
    ["e\u0301cole", "n\u0303", "a\u0323\u0302", "\u0301", "ẹ\u0301kọ\u0301", "Ọjọ́", "ṣe"],
    ["አዲስ", "አበባ፣", "፲፱፻", "ኢትዮጵያ።", "ሀ"],
    ["北京", "大学", "在中国", "𠀀𠀁", "。", "東京タワー", "ﾊﾝｶｸ", "한국어", "～"],
    ["👩‍👩‍👧‍👦", "🇰🇪", "❤️", "👍🏽", "☺", "a👩‍🔬b"],
    ["\u0000", "a\u0001b", "\u007f", "\u0085", "x\u200by", "\u200d", "\u00ad", "\ufeff", "\ufffd", "\ue000"],
    ["\u00a0", "a\u00a0b", "\u3000", "a\u2009b", "\u2028", "\t", "a\tb", "a\nb"],
    ["", "a", "", "", "b", ""],
    [" ", "  a", "a ", "a b", " a  b "],
    ["x" * 99, "x" * 100, "x" * 101, "ab" * 300],
    ["don't", "It's", "we'll", "'s", "''", "``", "'", "O'Brien's", "l'homme"],
    ["<s>", "</s>", "<pad>", "<unk>", "<mask>", "[CLS]", "[SEP]", "[MASK]", "[UNK]", "[PAD]", "a<s>b"],
    ["##ing", "▁the", "Ġthe", "▁", "_", "##", "Ċ"],
    ["1,234.56", "2026-11-20", "50%", "$5", "№5", "³", "١٢٣", "१२३", "Ⅷ", "①"],
    ["العربية", "مُحَمَّد", "لله", "שָׁלוֹם", "हिन्दी", "क्षि", "ภาษาไทย", "தமிழ்"],
    ["Ивано́в", "ЁЖИК", "ёжик", "Ελληνικά", "ΣΑΣ", "ß", "ẞ", "ŉ", "ĳ"],
    ["https://example.org/a?b=c&d=%20", "me@example.org", "#tag", "@user", "C++", "a/b", "—", "…", "«", "»"],
    ["-", "--", "---", "...", "!!!", "?!", "(", ")", "[", "]", "{", "}", "|", "\\", "~", "^", "+", "<", "=", "$", "`"],
    ["𝔘𝔫𝔦", "ｆｕｌｌ", "℃", "㎏", "ﷺ", "Ǆ", "ﬀ", "²"],
    ["a▁b", "▁▁", "字▁字", "字 字", "𐀀 𐀁", "𐀀𐀁", "!\ufeff", "\ufeff!", "a\u0085b", "ª\u0301", "\r\n"],
    ["⸮", "⹃", "؝", "\u08e2", "ꠦ", "㋿", "Ἀθῆναι", "ᾳ"],
    ["....", "a....", ".....", "......", "!!!!!", "-----", "....!!", "aaaa", "ababab"],
    [], ["a"], ["."],
]


def assembled(tokenizer, words, prefix, suffix, unk, leading_space):
    """Ids and word ids; a word without a piece gets the unknown piece."""
    given = [(" " if leading_space and i else "") + word for i, word in enumerate(words)]
    encoded = tokenizer.encode(given, is_pretokenized=True, add_special_tokens=False)
    pieces = [[] for _ in words]
    for piece, word in zip(encoded.ids, encoded.word_ids):
        pieces[word].append(piece)
    ids = prefix + [p for word in pieces for p in (word or [unk])] + suffix
    word_ids = ([-1] * len(prefix) + [w for w, word in enumerate(pieces) for _ in (word or [unk])]
                + [-1] * len(suffix))
    template = tokenizer.encode(given, is_pretokenized=True).ids
    assert template == prefix + encoded.ids + suffix
    return ids, word_ids, sum(not word for word in pieces)


def digest(*parts):
    text = json.dumps(parts, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def counted(encoding, sentence):
    """How many pieces each word has."""
    counts = {}
    for word, which in zip(encoding.word_ids, encoding.sequence_ids):
        if which == sentence:
            counts[word] = counts.get(word, 0) + 1
    return counts


def without_none(values):
    return [-1 if value is None else value for value in values]


NOT_COMPARED = "--------"  # a word has no piece, so that Python's ids have no place for it


def labelled(tokenizer, words, leading_space):
    """Cut at 32 pieces and back to whole words; word i has the label i % 7, at its first piece and
    at all of them; lost words."""
    given = [(" " if leading_space and i else "") + word for i, word in enumerate(words)]
    whole = counted(tokenizer.encode(given, is_pretokenized=True), 0)
    if len(whole) < len(words):
        return NOT_COMPARED
    tokenizer.enable_truncation(32)
    cut = tokenizer.encode(given, is_pretokenized=True)
    tokenizer.no_truncation()
    kept = {word for word, count in counted(cut, 0).items() if count == whole[word]}
    rows = [(i, w) for i, w in zip(cut.ids, cut.word_ids) if w is None or w in kept]
    everywhere = [-100 if w is None else w % 7 for _, w in rows]
    first = [-100 if i and w == rows[i - 1][1] else label
             for i, ((_, w), label) in enumerate(zip(rows, everywhere))]
    return digest([i for i, _ in rows], without_none(w for _, w in rows), first, everywhere,
                  len(words) - len(kept))


def paired(tokenizer, a, b, most, leading_space):
    """Two sentences cut at `most` pieces, the longer one first; words cut in part or whole."""
    given = [[(" " if leading_space and i else "") + word for i, word in enumerate(words)]
             for words in (a, b)]
    whole = tokenizer.encode(*given, is_pretokenized=True)
    counts = [counted(whole, 0), counted(whole, 1)]
    if any(len(count) < len(words) for count, words in zip(counts, given)):
        return NOT_COMPARED
    tokenizer.enable_truncation(most, strategy="longest_first")
    cut = tokenizer.encode(*given, is_pretokenized=True)
    tokenizer.no_truncation()
    lost = [sum(counted(cut, k).get(word, 0) < n for word, n in counts[k].items()) for k in (0, 1)]
    return digest(cut.ids, without_none(cut.word_ids), without_none(cut.sequence_ids),
                  cut.type_ids, lost)


def character_map():
    map_bytes = gzip.decompress((OUT / "nmt_nfkc.gz").read_bytes())
    return {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(map_bytes).decode()}


def unigram(texts):
    tokenizer = Tokenizer(models.Unigram())
    # Python reads the map from JSON alone.
    state = json.loads(tokenizer.to_str())
    state["normalizer"] = character_map()
    tokenizer = Tokenizer.from_str(json.dumps(state))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    tokenizer.decoder = decoders.Metaspace()
    specials = ["<s>", "<pad>", "</s>", "<unk>"]
    tokenizer.train_from_iterator(texts, trainers.UnigramTrainer(
        vocab_size=3000, special_tokens=specials, unk_token="<unk>", show_progress=False))
    tokenizer.add_special_tokens(["<mask>"])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)])
    return tokenizer


def word_piece(texts):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train_from_iterator(texts, trainers.WordPieceTrainer(
        vocab_size=4000, special_tokens=specials, show_progress=False))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    return tokenizer


def byte_bpe(texts):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    specials = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=3000, special_tokens=specials, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=False)
    return tokenizer


def read(path):
    """As from the hub: numbers may change in the last bit while they are read."""
    state = json.loads(path.read_text())
    if state["normalizer"] and state["normalizer"]["type"] == "Precompiled":
        state["normalizer"] = character_map()
    return Tokenizer.from_str(json.dumps(state, ensure_ascii=False))


def write(tokenizer, path):
    state = json.loads(tokenizer.to_str())
    if state["normalizer"] and state["normalizer"]["type"] == "Precompiled":
        state["normalizer"]["precompiled_charsmap"] = None
    path.write_text(json.dumps(state, ensure_ascii=False, separators=(",", ":")) + "\n")


# How a tokenizer is trained, the special tokens before and after a sentence, the unknown piece,
# and whether the caller puts a space before a word.
KINDS = {
    "unigram": (unigram, [0], [2], 3, False),
    "word_piece": (word_piece, [2], [3], 1, False),
    "byte_bpe": (byte_bpe, [0], [2], 3, True),
    "trained": (None, [0], [2], 3, False),
}

sentences = {file: sentences_of(file) for file in FILES}
training = [" ".join(words) for file in FILES
            for _, words in spread(sentences[file], TRAINING // len(FILES))]
quota = [SENTENCES // len(FILES) + (i < SENTENCES % len(FILES)) for i in range(len(FILES))]
chosen = {file: spread(sentences[file], n) for file, n in zip(FILES, quota)}
assert sum(map(len, chosen.values())) == SENTENCES, {f: len(c) for f, c in chosen.items()}
every = [words for rows in chosen.values() for _, words in rows]
pairs = [(every[i], every[i + SENTENCES // 2]) for i in range(0, SENTENCES // 2, 2)]
(OUT / "sentences.json").write_text(json.dumps(
    {file: [index for index, _ in rows] for file, rows in chosen.items()},
    separators=(",", ":")) + "\n")
for name, (train, *specials) in KINDS.items():
    path = OUT / f"{name}.json"
    if not path.exists():
        write(train(training), path)
    tokenizer = read(path)
    full = [assembled(tokenizer, words, *specials) for words in every]
    (OUT / f"{name}_expected.json").write_text(json.dumps({
        "tokenizers": tokenizers.__version__,
        "digests": " ".join(digest(ids, words) for ids, words, _ in full),
        "labelled": " ".join(labelled(tokenizer, words, specials[-1]) for words in every[::4]),
        "pairs": " ".join(paired(tokenizer, a, b, 24 + 7 * (i % 13), specials[-1])
                          for i, (a, b) in enumerate(pairs)),
        "wordsWithoutPiece": sum(empty for _, _, empty in full),
        "tricky": [dict(zip(("words", "ids", "wordIds"), (words, *assembled(tokenizer, words, *specials)[:2])))
                   for words in TRICKY],
    }, separators=(",", ":")) + "\n")
