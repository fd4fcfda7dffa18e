"""Loads trained models as people do, strictly, and compares what they say with what crosstie says.

Usage: deno run -A scripts/references/write_models.ts FOLDER
       python scripts/references/load_models.py FOLDER [--write] && deno fmt tests/fixtures
(torch 2.13.0, transformers 5.23.0, tokenizers 0.23.3, safetensors 0.8.0)
FOLDER holds folders with model.safetensors, config.json, tokenizer.json, tokenizer_config.json and
predictions.json: {sentences: [{words|text|pair, predicted}]}, where inputIds, gold and losses
(-ln p of gold) may stand beside. A masked language model's has words, masked (the ids with some hidden),
asked (where) and predicted (ids). With --write, tests/fixtures/models_in_transformers.json is written;
models that it has and FOLDER lacks stay.
"""

import argparse
import json
import pathlib

import safetensors
import tokenizers
import torch
import transformers
from transformers import (
    AutoModelForMaskedLM,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    AutoTokenizer,
)

TOLERANCE = 1e-4
BATCH = 16
HEADS = {
    "TokenClassification": AutoModelForTokenClassification,
    "SequenceClassification": AutoModelForSequenceClassification,
    "MaskedLM": AutoModelForMaskedLM,
}
FIXTURES = pathlib.Path(__file__).parents[2] / "tests/fixtures"


class Disagreement(Exception):
    pass


def load(folder):
    config = json.loads((folder / "config.json").read_text())
    architecture = config["architectures"][0]
    head = architecture.split("For")[1]
    model, loading = HEADS[head].from_pretrained(folder, output_loading_info=True)
    wrong = {kind: sorted(map(str, found)) for kind, found in loading.items() if found}
    if wrong:
        raise Disagreement(f"{wrong}")
    if type(model).__name__ != architecture:
        raise Disagreement(f"loads as {type(model).__name__}, not {architecture}")
    of_bytes = config.get("crosstie", {}).get("tokenizer") == "bytes"
    return model.eval(), head, AutoTokenizer.from_pretrained(folder), of_bytes


def word_owners(tokenizer, words, of_bytes):
    """A padded batch of sentences of words, and the word of each piece."""
    options = {"padding": True, "truncation": True, "return_tensors": "pt"}
    if not of_bytes:
        pre_tokenizer = str(tokenizer.backend_tokenizer.pre_tokenizer)
        if "ByteLevel" in pre_tokenizer and "add_prefix_space=False" in pre_tokenizer:
            # Words but the first are those that a space stands before.
            words = [[*each[:1], *(f" {word}" for word in each[1:])] for each in words]
        batch = tokenizer(words, is_split_into_words=True, **options)
        return batch, [batch.word_ids(i) for i in range(len(words))]
    # The spaces between words are pieces of none.
    texts = [" ".join(each) for each in words]
    batch = tokenizer(texts, return_offsets_mapping=True, **options)
    places = [
        [w for w, word in enumerate(each) for _ in f"{word} "] for each in words
    ]
    owners = [
        [None if text[start:end].strip() == "" else place[start] for start, end in offsets]
        for text, place, offsets in zip(texts, places, batch.pop("offset_mapping").tolist())
    ]
    return batch, owners


def encode(tokenizer, sentences, of_bytes):
    """A padded batch, and the first piece of each word of each sentence; of texts, none."""
    if "text" in sentences[0]:
        texts = [each["text"] for each in sentences]
        return tokenizer(texts, padding=True, truncation=True, return_tensors="pt"), None
    if "pair" in sentences[0]:
        firsts, seconds = zip(*(each["pair"] for each in sentences))
        options = {"padding": True, "truncation": True, "return_tensors": "pt"}
        return tokenizer(list(firsts), list(seconds), **options), None
    words = [each["words"] for each in sentences]
    batch, owners = word_owners(tokenizer, words, of_bytes)
    firsts = [
        [owner.index(word) for word in range(len(each)) if word in owner]
        for each, owner in zip(words, owners)
    ]
    return batch, firsts


def shown_of(sentence):
    return next(sentence[key] for key in ("text", "pair", "words") if key in sentence)


def same_ids(batch, sentences):
    for row, mask, each in zip(batch["input_ids"], batch["attention_mask"], sentences):
        got = row[mask.bool()].tolist()
        if "inputIds" in each and got != each["inputIds"]:
            shown = shown_of(each)
            raise Disagreement(f"{shown!r} has the ids {got}, not {each['inputIds']}")


def answers(model, head, tokenizer, sentences, of_bytes):
    """Logits [M, L] of each sentence."""
    batch, firsts = encode(tokenizer, sentences, of_bytes)
    same_ids(batch, sentences)
    if head == "MaskedLM":
        masked = tokenizer.pad(
            {"input_ids": [each["masked"] for each in sentences]}, return_tensors="pt"
        )
        batch, firsts = masked, [each["asked"] for each in sentences]
    with torch.no_grad():
        logits = model(**batch).logits
    if head == "SequenceClassification":
        return [row[None] for row in logits]
    return [logits[i][first] for i, first in enumerate(firsts)]


def compare(model, head, tokenizer, sentences, of_bytes):
    names = model.config.id2label
    counts = {"sentences": len(sentences), "answers": 0}
    seen, largest = set(), 0.0
    for at in range(0, len(sentences), BATCH):
        part = sentences[at : at + BATCH]
        for each, logits in zip(part, answers(model, head, tokenizer, part, of_bytes)):
            found = logits.argmax(-1).tolist()
            said = found if head == "MaskedLM" else [names[i] for i in found]
            if said != each["predicted"]:
                shown = shown_of(each)
                raise Disagreement(f"{shown!r} is {said}, not {each['predicted']}")
            counts["answers"] += len(said)
            seen.update(said)
            if "losses" in each:
                gold = each["gold"]
                index = gold if head == "MaskedLM" else [model.config.label2id[g] for g in gold]
                chosen = logits.log_softmax(-1).gather(1, torch.tensor(index)[:, None])[:, 0]
                largest = max(largest, (-chosen - torch.tensor(each["losses"])).abs().max().item())
    if largest > TOLERANCE:
        raise Disagreement(f"losses differ by {largest}")
    return {**counts, "differentAnswers": len(seen), "largestLossDifference": largest}


def check(folder):
    model, head, tokenizer, of_bytes = load(folder)
    sentences = json.loads((folder / "predictions.json").read_text())["sentences"]
    tensors = {name: list(tensor.shape) for name, tensor in model.state_dict().items()}
    return {
        "architecture": type(model).__name__,
        "tokenizer": type(tokenizer).__name__,
        **compare(model, head, tokenizer, sentences, of_bytes),
        "tensors": tensors,
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    transformers.utils.logging.disable_progress_bar()
    models, failed = {}, False
    for folder in sorted(path.parent for path in args.folder.glob("*/predictions.json")):
        try:
            found = models[folder.name] = check(folder)
        except BaseException as error:  # Rust's panics too: every folder is looked at.
            if isinstance(error, KeyboardInterrupt):
                raise
            failed = True
            print(f"{folder.name}: {type(error).__name__}: {str(error)[:600]}")
            continue
        print(
            f"{folder.name}: {found['architecture']} and {found['tokenizer']} load; "
            f"{found['sentences']} sentences, {found['answers']} answers of "
            f"{found['differentAnswers']} kinds are the same, losses to "
            f"{found['largestLossDifference']:.0e}"
        )
    if failed:
        raise SystemExit(1)
    if args.write:
        versions = {each.__name__: each.__version__ for each in (torch, transformers, tokenizers, safetensors)}
        # Layouts of one task are enough: heads have tests of their own.
        layouts = {
            name.removesuffix(".ner"): found["tensors"]
            for name, found in models.items()
            if name.endswith(".ner")
        }
        counts = {name: {**found, "tensors": len(found["tensors"])} for name, found in models.items()}
        file = FIXTURES / "models_in_transformers.json"
        known = json.loads(file.read_text())
        if known["recordedWith"] != versions:
            raise SystemExit(f"the others were loaded with {known['recordedWith']}")
        recorded = {
            "recordedWith": versions,
            "tolerance": TOLERANCE,
            "models": dict(sorted({**known["models"], **counts}.items())),
            "layouts": {**known["layouts"], **layouts},
        }
        file.write_text(json.dumps(recorded) + "\n")


if __name__ == "__main__":
    main()
