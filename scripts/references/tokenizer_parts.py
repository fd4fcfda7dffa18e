"""Records what Python's tokenizers puts around one sentence and two for every kind of post-processor,
and which of the Unigram cuts that are alike it takes.

Run: python scripts/references/tokenizer_parts.py tests/fixtures/tokenizers
Needs: tokenizers 0.23.3.
"""
import json
import sys
from pathlib import Path
from random import Random

import tokenizers
from tokenizers import Tokenizer, models, processors

OUT = Path(sys.argv[1])


def post_processors():
    """Ids and token types of a single sentence and of a pair, for every kind of post-processor."""
    template = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 0), ("[SEP]", 1)])
    pair = (("[SEP]", 1), ("[CLS]", 0))
    byte_level = processors.ByteLevel()
    found = []
    for processor in [None, template, processors.BertProcessing(*pair),
                      processors.RobertaProcessing(*pair), byte_level,
                      processors.Sequence([byte_level, template])]:
        tokenizer = Tokenizer(models.WordLevel({"[CLS]": 0, "[SEP]": 1, "a": 2, "b": 3}, "a"))
        if processor:
            tokenizer.post_processor = processor
        single = tokenizer.encode(["a", "a"], is_pretokenized=True)
        pair_encoding = tokenizer.encode(["a", "a"], ["b"], is_pretokenized=True)
        found.append({"json": json.loads(tokenizer.to_str())["post_processor"],
                      "single": single.ids, "pair": pair_encoding.ids,
                      "typeIds": pair_encoding.type_ids})
    return found


def ties():
    """Words whose best cuts are alike but for the order of their pieces and the last bit."""
    random = Random(1)
    letters = "abcdefghijklmnopqrstuvwxyz"
    vocab = [["<unk>", 0.0], ["<pad>", 0.0], ["▁", -3.0]]
    for letter in letters:
        vocab += [[letter * n, -random.uniform(5, 7) - n] for n in (1, 2, 3)]
    state = json.loads(Tokenizer(models.Unigram()).to_str())
    state["pre_tokenizer"] = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always",
                              "split": True}
    state["model"] |= {"unk_id": 0, "vocab": vocab}
    words = [a + b * n for a, b in zip(letters, letters[1:]) for n in range(4, 12)]
    tokenizer = Tokenizer.from_str(json.dumps(state))
    return {"json": state, "words": words,
            "ids": [tokenizer.encode(word).ids for word in words]}


(OUT / "post_processors.json").write_text(json.dumps(
    {"tokenizers": tokenizers.__version__, "cases": post_processors()}, indent=1) + "\n")
(OUT / "ties.json").write_text(json.dumps(
    {"tokenizers": tokenizers.__version__, **ties()}, separators=(",", ":")) + "\n")
