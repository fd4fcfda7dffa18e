"""Trains a published encoder on to guess masked words with transformers, on crosstie's sentences.

    python scripts/references/masked_lm.py MODEL_FOLDER OUT.parquet --steps 1200 \\
        --train TRAIN.parquet ... --test TEST.parquet ...

The tables are those of the stage download. Masking is DataCollatorForLanguageModeling's: each piece
by itself with probability .15, of these 80 % the mask, 10 % a random piece, 10 % as they are. The
head sees the masked pieces alone, as the others have no part in the loss: over 250,002 pieces it is
most of a step's work. The floor says the most frequent piece of the training sentences everywhere.
"""
import argparse
import collections
import json
import math
import time

import numpy as np
import pyarrow
import pyarrow.parquet as pq
import torch
import transformers
from transformers import (
    AutoModelForMaskedLM,
    AutoTokenizer,
    DataCollatorForLanguageModeling,
    get_linear_schedule_with_warmup,
)


def encoded(paths, tokenizer, max_tokens):
    found = collections.defaultdict(list)
    for path in paths:
        rows = pq.read_table(path).to_pylist()
        ids = tokenizer(
            [row["tokens"] for row in rows],
            is_split_into_words=True,
            truncation=True,
            max_length=max_tokens,
        )["input_ids"]
        for row, each in zip(rows, ids):
            found[row["language"]].append({"input_ids": each})
    return found


def masked_logits(model, batch):
    """The logits and the pieces at masked places, [masked, vocabulary] and [masked]."""
    hidden = model.base_model(
        input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]
    ).last_hidden_state
    where = batch["labels"] != -100
    head = model.cls if hasattr(model, "cls") else model.lm_head
    return head(hidden[where]), batch["labels"][where]


def evaluated(model, tokenizer, tests, frequent):
    collate = DataCollatorForLanguageModeling(tokenizer, mlm_probability=0.15)
    model.eval()
    scores = {}
    with torch.no_grad():
        for language, rows in tests.items():
            torch.manual_seed(0)
            asked = right = floor = 0
            loss = 0.0
            for at in range(0, len(rows), 32):
                logits, gold = masked_logits(model, collate(rows[at : at + 32]))
                loss += torch.nn.functional.cross_entropy(logits, gold, reduction="sum").item()
                right += (logits.argmax(-1) == gold).sum().item()
                floor += (gold == frequent).sum().item()
                asked += len(gold)
            scores[language] = {
                "accuracy": 100 * right / asked,
                "perplexity": math.exp(loss / asked),
                "floor": 100 * floor / asked,
                "support": asked,
            }
    return scores


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("out")
    parser.add_argument("--train", nargs="+", required=True)
    parser.add_argument("--test", nargs="+", required=True)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--learning-rate", type=float, default=2e-4)
    parser.add_argument("--max-tokens", type=int, default=128)
    parser.add_argument("--save")
    args = parser.parse_args()
    torch.set_flush_denormal(True)
    torch.manual_seed(args.seed)

    tokenizer = AutoTokenizer.from_pretrained(args.model)
    training = [
        each for rows in encoded(args.train, tokenizer, args.max_tokens).values() for each in rows
    ]
    tests = encoded(args.test, tokenizer, args.max_tokens)
    special = set(tokenizer.all_special_ids)
    counts = collections.Counter(
        piece for row in training for piece in row["input_ids"] if piece not in special
    )
    frequent = counts.most_common(1)[0][0]

    model = AutoModelForMaskedLM.from_pretrained(args.model, pad_token_id=tokenizer.pad_token_id)
    plain = [p for n, p in model.named_parameters() if n.endswith("bias") or "LayerNorm" in n]
    known = {id(p) for p in plain}
    decayed = [p for p in model.parameters() if id(p) not in known]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}],
        lr=args.learning_rate,
    )
    schedule = get_linear_schedule_with_warmup(optimizer, int(0.1 * args.steps), args.steps)
    collate = DataCollatorForLanguageModeling(tokenizer, mlm_probability=0.15)
    generator = torch.Generator().manual_seed(args.seed)
    done, losses, started = 0, [], time.time()
    model.train()
    while done < args.steps:
        order = torch.randperm(len(training), generator=generator).tolist()
        for at in range(0, len(order), args.batch_size):
            if done == args.steps:
                break
            batch = collate([training[i] for i in order[at : at + args.batch_size]])
            loss = torch.nn.functional.cross_entropy(*masked_logits(model, batch))
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
                    f"step {done} of {args.steps}, loss {np.mean(losses[-20:]):.3f}, "
                    f"{each:.2f} s a step, {each * (args.steps - done) / 60:.0f} min left",
                    flush=True,
                )
    seconds = (time.time() - started) / args.steps
    scores = evaluated(model, tokenizer, tests, frequent)
    program = f"transformers {transformers.__version__}, torch {torch.__version__}"
    rows = [
        {
            "program": program,
            "seed": args.seed,
            "language": language,
            "metric": metric,
            "value": float(value),
            "steps": args.steps,
            "secondsPerStep": seconds,
        }
        for language, found in scores.items()
        for metric, value in found.items()
    ]
    pq.write_table(pyarrow.Table.from_pylist(rows), args.out)
    print(json.dumps(scores))
    if args.save:
        model.save_pretrained(args.save)
        tokenizer.save_pretrained(args.save)


main()
