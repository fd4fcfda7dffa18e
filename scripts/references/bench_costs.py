"""Python's side of scripts/bench_costs.ts: does one thing, and says what it took.

Usage: python scripts/references/bench_costs.py COST FOLDER THREADS
(torch 2.13.0, transformers 5.23.0, tokenizers, safetensors). COST is tokenizer, encode, weights,
train, predict or versions. Writes lines of JSON.
"""

import json
import pathlib
import sys
import time

COST, FOLDER, THREADS = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
ENCODER = FOLDER / "encoder"
BATCH = 32


def say(what, start=None, start_cpu=0.0):
    taken = {} if start is None else {"ms": 1000 * (time.perf_counter() - start)}
    cpu = 1000 * (time.process_time() - start_cpu)
    print(json.dumps({"what": what, **taken, "cpuMs": cpu}), flush=True)


def measured(what, act):
    start, start_cpu = time.perf_counter(), time.process_time()
    result = act()
    say(what, start, start_cpu)
    return result


def read_tokenizer():
    from tokenizers import Tokenizer

    return measured("tokenizer", lambda: Tokenizer.from_file(str(ENCODER / "tokenizer.json")))


def encode():
    from tokenizers import Tokenizer

    sentences = json.loads((FOLDER / "sentences.json").read_text())
    tokenizer = Tokenizer.from_file(str(ENCODER / "tokenizer.json"))
    tokenizer.enable_truncation(512)

    def ids_and_words():
        return [(each.ids, each.word_ids) for each in tokenizer.encode_batch(sentences, is_pretokenized=True)]

    measured("encode", ids_and_words)


def weights():
    import torch
    from safetensors.torch import load_file, save_file

    torch.set_num_threads(THREADS)

    def load():
        # In memory of their own, as training needs them: load_file maps the file.
        return {name: tensor.clone() for name, tensor in load_file(ENCODER / "model.safetensors").items()}

    tensors = measured("read", load)
    measured("write", lambda: save_file(tensors, FOLDER / "python.safetensors"))


def collate(examples, pad_id):
    import torch

    longest = max(len(each["inputIds"]) for each in examples)

    def padded(values, fill):
        return torch.tensor([each + [fill] * (longest - len(each)) for each in values])

    ids = [each["inputIds"] for each in examples]
    return {
        "input_ids": padded(ids, pad_id),
        "attention_mask": padded([[1] * len(each) for each in ids], 0),
        "labels": padded([each["labels"] for each in examples], -100),
    }


def load(folder, labels=None):
    import torch
    import transformers

    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(THREADS)
    torch.set_flush_denormal(True)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    chosen = {} if labels is None else {"num_labels": labels}
    model = transformers.AutoModelForTokenClassification.from_pretrained(folder, dtype=torch.float32, **chosen)
    return tokenizer, model


def train():
    import torch

    case = json.loads((FOLDER / "examples.json").read_text())
    tokenizer, model = load(ENCODER, case["labels"])
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-5, fused=True)
    for step in range(2):
        batch = collate(case["train"][step * BATCH : (step + 1) * BATCH], tokenizer.pad_token_id)
        model(**batch).loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        if step == 0:
            say("first step")

    def save():
        model.save_pretrained(FOLDER / "python")
        tokenizer.save_pretrained(FOLDER / "python")

    measured("end", save)


def predict():
    import torch

    case = json.loads((FOLDER / "examples.json").read_text())
    tokenizer, model = load(FOLDER / "trained")
    model.eval()
    with torch.no_grad():
        batch = collate(case["test"][:BATCH], tokenizer.pad_token_id)
        batch.pop("labels")
        model(**batch).logits.log_softmax(-1).tolist()
    say("first batch")


def versions():
    import platform

    import safetensors
    import tokenizers
    import torch
    import transformers

    modules = {"torch": torch, "transformers": transformers, "tokenizers": tokenizers, "safetensors": safetensors}
    print(json.dumps({"python": platform.python_version(), **{name: each.__version__ for name, each in modules.items()}}))


if __name__ == "__main__":
    {
        "tokenizer": read_tokenizer,
        "encode": encode,
        "weights": weights,
        "train": train,
        "predict": predict,
        "versions": versions,
    }[COST]()
