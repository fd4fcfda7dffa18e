"""Saves tiny models with their heads and tokenizers, as the hub has them, and records what transformers
says of some texts: the classes of pairs for zero-shot classification, and the tags of words.

Usage: python scripts/references/hub_models.py && deno fmt tests/fixtures
(torch 2.13.0, transformers 5.23.0, safetensors 0.8.0)
Writes tests/fixtures/mirror/huggingface.co/crosstie/tiny-{inference,entities}/resolve/v1/ and
tests/fixtures/hub_models.json.
"""

import json
import os
import pathlib
import shutil

os.environ["HF_HUB_OFFLINE"] = "1"

import safetensors  # noqa: E402
import torch  # noqa: E402
import transformers  # noqa: E402

FIXTURES = pathlib.Path(__file__).parents[2] / "tests/fixtures"
MIRROR = FIXTURES / "mirror/huggingface.co/crosstie"
SIZES = {
    "hidden_size": 8,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 12,
    "max_position_embeddings": 40,
    "initializer_range": 0.7,
}
CLASSES = ["CONTRADICTION", "NEUTRAL", "ENTAILMENT"]
TAGS = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
TEXTS = [
    "Was für ein wunderbarer Film!",
    "Das Essen war kalt, und niemand hat sich entschuldigt.",
    "Der Zug fährt um acht.",
    # Longer than the model: the text is cut, and not its hypothesis.
    " ".join(["Wir sind gestern sehr weit gegangen und haben viel gesehen."] * 8),
]
LABELS = ["positiv", "negativ", "neutral"]
TEMPLATE = "Dieser Text ist {}."
SENTENCES = [["Anna", "Meier", "lives", "in", "Bonn", "."], ["Ünlü", "left", "日本", "!"]]


def save(name, family, labels):
    folder = MIRROR / name / "resolve/v1"
    shutil.rmtree(MIRROR / name, ignore_errors=True)
    folder.mkdir(parents=True)
    content = json.loads((FIXTURES / "tokenizers/word_piece.json").read_text())
    (folder / "tokenizer.json").write_text(json.dumps(content, ensure_ascii=False))
    given = {"tokenizer_class": "BertTokenizer", "do_lower_case": False, "model_max_length": 40}
    (folder / "tokenizer_config.json").write_text(json.dumps(given))
    config = transformers.BertConfig(
        **SIZES, vocab_size=len(content["model"]["vocab"]), id2label=dict(enumerate(labels)), label2id={label: i for i, label in enumerate(labels)}
    )
    getattr(transformers, family)(config).save_pretrained(folder)
    model = getattr(transformers, family).from_pretrained(folder, attn_implementation="eager").eval()
    return model, transformers.AutoTokenizer.from_pretrained(folder)


def classes(model, tokenizer):
    rows = []
    for text in TEXTS:
        given = [(text, TEMPLATE.format(label)) for label in LABELS]
        encoded = tokenizer(given, truncation="longest_first", padding=True, return_tensors="pt")
        with torch.no_grad():
            rows.append(torch.softmax(model(**encoded).logits, -1).tolist())
    # What its own pipeline makes of the same, where several labels may hold.
    pipeline = transformers.pipeline("zero-shot-classification", model=model, tokenizer=tokenizer)
    said = pipeline(TEXTS[0], LABELS, hypothesis_template=TEMPLATE, multi_label=True)
    scores = dict(zip(said["labels"], said["scores"]))
    for label, (against, _, entailed) in zip(LABELS, rows[0]):
        assert abs(scores[label] - entailed / (entailed + against)) < 1e-6
    return rows


def tags(model, tokenizer):
    rows = []
    for words in SENTENCES:
        encoded = tokenizer(words, is_split_into_words=True, return_tensors="pt")
        with torch.no_grad():
            chances = torch.softmax(model(**encoded).logits[0], -1)
        ids = encoded.word_ids()
        rows.append([chances[ids.index(word)].tolist() for word in range(len(words))])
    return rows


def main():
    torch.manual_seed(13)
    inference = save("tiny-inference", "BertForSequenceClassification", CLASSES)
    entities = save("tiny-entities", "BertForTokenClassification", TAGS)
    recorded = {
        "recordedWith": {
            "torch": torch.__version__,
            "transformers": transformers.__version__,
            "safetensors": safetensors.__version__,
        },
        "tolerance": 1e-5,
        "classes": CLASSES,
        "template": TEMPLATE,
        "labels": LABELS,
        "texts": TEXTS,
        "ofPairs": classes(*inference),
        "tags": TAGS,
        "sentences": SENTENCES,
        "ofWords": tags(*entities),
    }
    (FIXTURES / "hub_models.json").write_text(json.dumps(recorded, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
