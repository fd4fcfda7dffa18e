"""Records what transformers makes of multilingual-e5-small, for tests/real_encoder_test.ts.

Usage: python scripts/references/real_encoder.py ENCODER MODEL TOKENS && deno fmt tests/fixtures
(torch 2.13.0, transformers 5.23.0, tokenizers, pyarrow). ENCODER is the folder that
scripts/encoder_mirror.sh fills: rounded weights, not the published file. MODEL and TOKENS are what
the stages `train` and `tokens` of the test wrote: model.safetensors, config.json, train.parquet.
Writes tests/fixtures/real_encoder.json.
"""

import json
import pathlib
import sys

import pyarrow.parquet
import tokenizers
import torch
import transformers

ENCODER, MODEL, TOKENS = map(pathlib.Path, sys.argv[1:4])

# Translations of each other, two by two.
SENTENCES = [
    "The train to the mountains leaves at seven o'clock .".split(),
    "Der Zug in die Berge fährt um sieben Uhr ab .".split(),
    "Treni ya kwenda milimani inaondoka saa moja .".split(),
    "My grandmother never ate soup with a fork .".split(),
    "Meine Großmutter aß Suppe nie mit einer Gabel .".split(),
    "Bibi yangu hakuwahi kula supu kwa uma .".split(),
]


def cosines():
    model = transformers.AutoModel.from_pretrained(ENCODER, dtype=torch.float32).eval()
    tokenizer = tokenizers.Tokenizer.from_file(str(ENCODER / "tokenizer.json"))
    ids = [tokenizer.encode(words, is_pretokenized=True).ids for words in SENTENCES]
    means = []
    with torch.no_grad():
        for each in ids:
            hidden = model(input_ids=torch.tensor([each])).last_hidden_state[0]
            means.append(torch.nn.functional.normalize(hidden.mean(0), dim=0))
    means = torch.stack(means)
    return ids, (means @ means.T).tolist()


def loss():
    model = transformers.AutoModelForTokenClassification.from_pretrained(MODEL, dtype=torch.float32).eval()
    rows = pyarrow.parquet.read_table(TOKENS / "train.parquet").to_pylist()
    sum_, count = 0.0, 0
    with torch.no_grad():
        for row in rows:
            logits = model(input_ids=torch.tensor([row["inputIds"]])).logits[0].double()
            logs = logits.log_softmax(-1)
            for piece, gold in zip(row["asked"], row["gold"]):
                sum_ -= logs[piece, gold].item()
                count += 1
    return sum_ / count, count


def main():
    ids, means = cosines()
    mean, asked = loss()
    fixture = {
        "recordedWith": {
            "torch": torch.__version__,
            "transformers": transformers.__version__,
            "tokenizers": tokenizers.__version__,
        },
        "sentences": [{"words": words, "ids": each} for words, each in zip(SENTENCES, ids)],
        "cosines": means,
        "loss": mean,
        "asked": asked,
    }
    path = pathlib.Path(__file__).parents[2] / "tests/fixtures/real_encoder.json"
    path.write_text(json.dumps(fixture) + "\n")


if __name__ == "__main__":
    main()
