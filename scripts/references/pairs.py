"""Records how transformers' AutoTokenizer encodes pairs of texts, and the token types that a model
reads of it, for small tokenizers with the configs that published models have.

Run: python scripts/references/pairs.py
Needs: transformers 5.23.0, tokenizers 0.23.3.
"""
import base64
import gzip
import json
import os
import tempfile
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import tokenizers  # noqa: E402
import transformers  # noqa: E402
from transformers import AutoTokenizer  # noqa: E402

FIXTURES = Path(__file__).parents[2] / "tests/fixtures/tokenizers"

SHAPE = {
    "hidden_size": 8,
    "num_hidden_layers": 1,
    "num_attention_heads": 1,
    "intermediate_size": 8,
    "vocab_size": 4000,
}
BERT = {"model_type": "bert", **SHAPE}
DISTILBERT = {"model_type": "distilbert", "dim": 8, "n_layers": 1, "n_heads": 1, "hidden_dim": 8}
XLMR = {"model_type": "xlm-roberta", **SHAPE}
NAMES = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
CASED = {"do_lower_case": False}
TYPED = ["input_ids", "token_type_ids", "attention_mask"]

CASES = [
    ("word_piece", "BERT, its class named", {**CASED, "tokenizer_class": "BertTokenizer"}, BERT),
    ("word_piece", "BERT, as Fast was saved", {**CASED, "tokenizer_class": "BertTokenizerFast"}, BERT),
    ("word_piece", "BERT as multilingual BERT has it", {**CASED, "model_max_length": 512}, BERT),
    ("word_piece", "DistilBERT", {**CASED, "model_max_length": 512}, DISTILBERT),
    ("word_piece", "BERT with DistilBERT's class", {**CASED, "tokenizer_class": "DistilBertTokenizer"}, BERT),
    ("word_piece", "a class of no model", {**NAMES, "tokenizer_class": "PreTrainedTokenizerFast"}, BERT),
    (
        "word_piece",
        "a class of no model that names its inputs",
        {**NAMES, "tokenizer_class": "PreTrainedTokenizerFast", "model_input_names": TYPED},
        BERT,
    ),
    (
        "word_piece",
        "BERT that names its inputs",
        {**CASED, "tokenizer_class": "BertTokenizer", "model_input_names": ["input_ids", "attention_mask"]},
        BERT,
    ),
    (
        "word_piece",
        "a class that the model names",
        CASED,
        {**BERT, "tokenizer_class": "DistilBertTokenizer"},
    ),
    ("unigram", "BERT with XLM-R's class, as multilingual E5", {"tokenizer_class": "XLMRobertaTokenizer"}, BERT),
    ("unigram", "XLM-R", {"model_max_length": 512}, XLMR),
]

PAIRS = [
    ["Well , I wasn't even thinking about that .", "I have not spoken to him again ."],
    ["Nun , daran dachte ich nicht einmal", "Wir hatten ein tolles Gespräch , Ünlü und ich ."],
    ["a", "b"],
    ["Она сказала , что город далеко .", "Город близко"],
    ["He said \"no\" — twice , and then a third time , much louder than before , to everybody there .", "No ."],
    ["No .", "He said \"no\" — twice , and then a third time , much louder than before , to everybody there ."],
    ["  two   spaces\tand a tab ", "\none line break"],
    ["naïve cafe\u0301", "日本語 です 。"],
    [
        "The average novel of 200 , 000 words for $ 25 works out at 8 , 000 words per dollar .",
        "A 200 , 000 word novel for $ 25 is 4 , 000 words per dollar , or so I was told yesterday .",
    ],
]
LENGTHS = [12, 17, 64]
# Their encoders have embeddings of token types.
TYPED_MODELS = ["bert", "xlm-roberta"]


def write(folder, kind, config, model):
    content = json.loads((FIXTURES / f"{kind}.json").read_text())
    if (content["normalizer"] or {}).get("type") == "Precompiled":
        charsmap = gzip.decompress((FIXTURES / "nmt_nfkc.gz").read_bytes())
        content["normalizer"]["precompiled_charsmap"] = base64.b64encode(charsmap).decode()
    files = {"tokenizer.json": content, "tokenizer_config.json": config, "config.json": model}
    for name, each in files.items():
        (folder / name).write_text(json.dumps(each))


def record(kind, name, config, model):
    with tempfile.TemporaryDirectory() as place:
        write(Path(place), kind, config, model)
        tokenizer = AutoTokenizer.from_pretrained(place)
        rows = []
        for first, second in PAIRS:
            for most in LENGTHS:
                got = tokenizer(first, second, truncation="longest_first", max_length=most)
                types = got.get("token_type_ids") if model["model_type"] in TYPED_MODELS else None
                rows.append([got["input_ids"], types])
    kept = ("model_type", "tokenizer_class", "type_vocab_size")
    return {
        "name": name,
        "tokenizer": kind,
        "class": type(tokenizer).__name__,
        "tokenizerConfig": config,
        "model": {key: model[key] for key in kept if key in model},
        "rows": rows,
    }


recorded = {
    "recordedWith": {each.__name__: each.__version__ for each in (transformers, tokenizers)},
    "lengths": LENGTHS,
    "pairs": PAIRS,
    "cases": [record(*case) for case in CASES],
}
(FIXTURES / "pairs.json").write_text(json.dumps(recorded, ensure_ascii=False) + "\n")
for case in recorded["cases"]:
    types = "types" if case["rows"][0][1] else "no types"
    print(f"{case['tokenizer']}, {case['name']}: {case['class']}, {types}")
