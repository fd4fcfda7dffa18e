"""Python's side of scripts/bench_predict.ts: transformers' pipeline for token classification.

Usage: python scripts/references/bench_predict.py prepare ENCODER MODEL
       python scripts/references/bench_predict.py tag MODEL TEXT OUTPUT THREADS BATCH
       python scripts/references/bench_predict.py versions
(torch 2.13.0, transformers 5.23.0). `prepare` gives an encoder a head with random weights; `tag` tags
every line of a text, first pieces of words as ours does, and writes JSON lines.
"""

import json
import os
import pathlib
import shutil
import sys

os.environ["HF_HUB_OFFLINE"] = "1"

import torch  # noqa: E402
import transformers  # noqa: E402

TAGS = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]


def prepare(encoder, model):
    torch.manual_seed(1)
    named = {"id2label": dict(enumerate(TAGS)), "label2id": {tag: i for i, tag in enumerate(TAGS)}}
    made = transformers.AutoModelForTokenClassification.from_pretrained(encoder, **named)
    made.save_pretrained(model)
    for name in ["tokenizer.json", "tokenizer_config.json"]:
        shutil.copy(pathlib.Path(encoder) / name, model)


def tag(model, text, output, threads, batch):
    torch.set_num_threads(int(threads))
    pipe = transformers.pipeline(
        "token-classification", model=model, aggregation_strategy="first", batch_size=int(batch), device="cpu"
    )
    lines = pathlib.Path(text).read_text().splitlines()
    with open(output, "w") as file, torch.inference_mode():
        for found in pipe(line for line in lines):
            entities = [{**each, "score": float(each["score"])} for each in found]
            file.write(json.dumps(entities, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    command, *given = sys.argv[1:]
    if command == "versions":
        versions = {"python": sys.version.split()[0], "torch": torch.__version__, "transformers": transformers.__version__}
        print(json.dumps(versions))
    else:
        {"prepare": prepare, "tag": tag}[command](*given)
