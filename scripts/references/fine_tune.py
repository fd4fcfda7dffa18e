"""Fine-tunes a published encoder with transformers on the sentences that crosstie's tables hold.

    python scripts/references/fine_tune.py ner MODEL_FOLDER OUT.parquet --seeds 42 43 --epochs 3 \\
        --train TRAIN.parquet --test TEST.parquet ...

The tables are those of the stages download, download.texts and mix, so both sides see the same
sentences. The loop is PyTorch's and transformers' own: AdamW without decay on biases and
normalisation, linear warm-up over a tenth of the steps and linear decay, clipping at 1, batches in
random order, padded to their longest sentence. A word's label is asked at its first piece; a word
that was cut off counts as O, or as wrong. The embedding of the padding never learns there: `--padding`
says whether the padding is the tokenizer's or what config.json calls so, which may be another piece.
"""
import argparse
import json
import time

import numpy as np
import pyarrow
import pyarrow.parquet as pq
import torch
import transformers
from transformers import (
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    AutoTokenizer,
    get_linear_schedule_with_warmup,
)

UPOS = "ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X".split()
LABELS = {
    "ner": ["O"] + [f"{p}-{t}" for t in ("PER", "ORG", "LOC") for p in "BI"],
    "pos": UPOS,
    "classify": ["negative", "neutral", "positive"],
}


def rows_of(paths, task):
    rows = [row for path in paths for row in pq.read_table(path).to_pylist()]
    rows = [row for row in rows if row.get("variant", 0) == 0]
    for row in rows:
        if "units" in row:  # examples, such as those of a mixture
            row["tokens"], row["tags"] = row["units"], row["answers"]
            if task == "classify":
                row["tokens"], row["tags"] = row["units"][0], row["answers"][0]
        elif task == "classify":
            row["tokens"], row["tags"] = row["text"], row["label"]
        elif task == "ner":  # WikiANN has no dates
            row["tags"] = ["O" if tag.endswith("-DATE") else tag for tag in row["tags"]]
    return rows


class Encoded:
    """Rows as batches of tensors."""

    def __init__(self, rows, task, tokenizer, labels, max_tokens):
        self.rows, self.task, self.tokenizer = rows, task, tokenizer
        index = {label: i for i, label in enumerate(labels)}
        words = task != "classify"
        texts = [row["tokens"] if words else " ".join(row["tokens"].split()) for row in rows]
        encoding = tokenizer(
            texts, is_split_into_words=words, truncation=True, max_length=max_tokens
        )
        self.ids = encoding["input_ids"]
        self.first, self.labels = [], []
        for i, row in enumerate(rows):
            if not words:
                self.labels.append(index[row["tags"]])
                continue
            ids = encoding.word_ids(i)
            first = [
                -1 if word is None or (p > 0 and ids[p - 1] == word) else word
                for p, word in enumerate(ids)
            ]
            self.first.append(first)
            self.labels.append([index[row["tags"][w]] if w >= 0 else -100 for w in first])

    def batch(self, places):
        longest = max(len(self.ids[i]) for i in places)
        pad = lambda values, fill: values + [fill] * (longest - len(values))
        batch = {
            "input_ids": torch.tensor(
                [pad(self.ids[i], self.tokenizer.pad_token_id) for i in places]
            ),
            "attention_mask": torch.tensor([pad([1] * len(self.ids[i]), 0) for i in places]),
        }
        labels = [self.labels[i] for i in places]
        batch["labels"] = torch.tensor(
            labels if self.task == "classify" else [pad(each, -100) for each in labels]
        )
        return batch


def answers(model, data, labels, size=64):
    """Predicted labels of every row, in order; None for a word that was cut off."""
    order = sorted(range(len(data.rows)), key=lambda i: len(data.ids[i]))
    found = [None] * len(order)
    model.eval()
    with torch.no_grad():
        for at in range(0, len(order), size):
            places = order[at : at + size]
            batch = data.batch(places)
            del batch["labels"]
            best = model(**batch).logits.argmax(-1).tolist()
            for i, row in zip(places, best):
                if data.task == "classify":
                    found[i] = labels[row]
                    continue
                said = [None] * len(data.rows[i]["tokens"])
                for p, word in enumerate(data.first[i]):
                    if word >= 0:
                        said[word] = labels[row[p]]
                found[i] = said
    return found


def scores(task, gold, found):
    if task == "ner":
        from seqeval.metrics import f1_score

        filled = [[tag or "O" for tag in row] for row in found]
        return {"f1": 100 * f1_score(gold, filled)}
    if task == "pos":
        right = sum(a == b for g, f in zip(gold, found) for a, b in zip(g, f))
        return {"accuracy": 100 * right / sum(map(len, gold))}
    from sklearn.metrics import accuracy_score, f1_score, recall_score

    classes = sorted(set(gold))
    return {
        "f1": 100 * f1_score(gold, found, labels=classes, average="macro", zero_division=0),
        "recall": 100 * recall_score(gold, found, labels=classes, average="macro", zero_division=0),
        "accuracy": 100 * accuracy_score(gold, found),
    }


def train(args, data, labels, seed):
    torch.manual_seed(seed)
    auto = (
        AutoModelForSequenceClassification
        if args.task == "classify"
        else AutoModelForTokenClassification
    )
    model = auto.from_pretrained(
        args.model,
        num_labels=len(labels),
        id2label=dict(enumerate(labels)),
        label2id={label: i for i, label in enumerate(labels)},
        **({"pad_token_id": data.tokenizer.pad_token_id} if args.padding == "tokenizer" else {}),
    )
    plain = [p for n, p in model.named_parameters() if n.endswith("bias") or "LayerNorm" in n]
    known = {id(p) for p in plain}
    decayed = [p for p in model.parameters() if id(p) not in known]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}],
        lr=args.learning_rate,
    )
    steps = args.epochs * -(-len(data.rows) // args.batch_size)
    schedule = get_linear_schedule_with_warmup(optimizer, int(0.1 * steps), steps)
    generator = torch.Generator().manual_seed(seed)
    done, losses, started, used = 0, [], time.time(), time.process_time()
    for _ in range(args.epochs):
        model.train()
        order = torch.randperm(len(data.rows), generator=generator).tolist()
        for at in range(0, len(order), args.batch_size):
            loss = model(**data.batch(order[at : at + args.batch_size])).loss
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            losses.append(loss.item())
            done += 1
            if done % 20 == 0:
                each = (time.time() - started) / done
                print(
                    f"seed {seed}, step {done} of {steps}, loss {np.mean(losses[-20:]):.3f}, "
                    f"{each:.2f} s a step, {each * (steps - done) / 60:.0f} min left",
                    flush=True,
                )
    return model, {
        "steps": steps,
        "secondsPerStep": (time.time() - started) / steps,
        "cpuSecondsPerStep": (time.process_time() - used) / steps,
        "lastLoss": float(np.mean(losses[-20:])),
    }


def write(out, runs, padding):
    """One row per seed, language and metric, of the runs so far."""
    program = f"transformers {transformers.__version__}, torch {torch.__version__}"
    rows = [
        {
            "program": program,
            "padding": padding,
            "seed": run["seed"],
            "language": language,
            "metric": metric,
            "value": value,
            "steps": run["steps"],
            "secondsPerStep": run["secondsPerStep"],
            "cpuSecondsPerStep": run["cpuSecondsPerStep"],
        }
        for run in runs
        for language, found in run["scores"].items()
        for metric, value in found.items()
    ]
    pq.write_table(pyarrow.Table.from_pylist(rows), out)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("task", choices=LABELS)
    parser.add_argument("model")
    parser.add_argument("out")
    parser.add_argument("--train", nargs="+", required=True)
    parser.add_argument("--test", nargs="+", required=True)
    parser.add_argument("--seeds", nargs="+", type=int, default=[42, 43])
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--learning-rate", type=float, default=1e-4)
    parser.add_argument("--max-tokens", type=int, default=256)
    parser.add_argument("--padding", choices=["tokenizer", "config"], default="tokenizer")
    args = parser.parse_args()
    torch.set_flush_denormal(True)

    labels = LABELS[args.task]
    tokenizer = AutoTokenizer.from_pretrained(args.model)
    encoded = lambda rows: Encoded(rows, args.task, tokenizer, labels, args.max_tokens)
    training = encoded(rows_of(args.train, args.task))
    tests = {}
    for row in rows_of(args.test, args.task):
        tests.setdefault(row["language"], []).append(row)
    tests = {language: encoded(rows) for language, rows in tests.items()}

    runs = []
    for seed in args.seeds:
        model, told = train(args, training, labels, seed)
        of = {
            language: scores(
                args.task, [row["tags"] for row in data.rows], answers(model, data, labels)
            )
            for language, data in tests.items()
        }
        runs.append({"seed": seed, **told, "scores": of})
        write(args.out, runs, args.padding)
        print(json.dumps(runs[-1]), flush=True)


main()
