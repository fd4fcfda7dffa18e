"""PyTorch's side of scripts/bench_train.ts: trains the steps that it is asked for.

Usage: python scripts/references/bench_train.py FOLDER --threads N [--attention sdpa|eager]
    [--precision float32|bfloat16]
(torch 2.13.0, transformers 5.23.0). FOLDER holds config.json, batches.json and, where both sides
start from the same weights, model.safetensors. Reads questions {"from", "steps"} and writes
answers, one line of JSON each.
"""

import argparse
import json
import pathlib
import platform
import resource
import sys
import time

import torch
import transformers
from transformers import AutoConfig, AutoModelForTokenClassification

# As `recipe` in scripts/bench/case.ts.
PEAK = 5e-5
WEIGHT_DECAY = 0.01
CLIP_NORM = 1.0


def peak_bytes():
    """VmHWM; ru_maxrss, which may count the parent's memory before exec, where there is no /proc."""
    try:
        status = pathlib.Path("/proc/self/status").read_text()
    except FileNotFoundError:
        unit = 1 if sys.platform == "darwin" else 1024
        return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return 1024 * int(line.split()[1])


def collate(sentences, pad_id):
    """As DataCollatorForTokenClassification: padded to the longest, labels with -100."""
    longest = max(len(each["inputIds"]) for each in sentences)

    def padded(values, fill):
        return torch.tensor([each + [fill] * (longest - len(each)) for each in values])

    ids = [each["inputIds"] for each in sentences]
    return {
        "input_ids": padded(ids, pad_id),
        "attention_mask": padded([[1] * len(each) for each in ids], 0),
        "labels": padded([each["labels"] for each in sentences], -100),
    }


def parameter_groups(model):
    """As Trainer: no decay for biases and LayerNorm."""
    decayed, others = [], []
    for name, parameter in model.named_parameters():
        plain = name.endswith("bias") or "LayerNorm" in name or "layer_norm" in name
        (others if plain else decayed).append(parameter)
    return [
        {"params": decayed, "weight_decay": WEIGHT_DECAY},
        {"params": others, "weight_decay": 0.0},
    ]


def load_model(folder, attention):
    if (folder / "model.safetensors").exists():
        return AutoModelForTokenClassification.from_pretrained(
            folder, attn_implementation=attention, dtype=torch.float32
        )
    config = AutoConfig.from_pretrained(folder)
    return AutoModelForTokenClassification.from_config(config, attn_implementation=attention)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--attention", choices=["sdpa", "eager"], default="sdpa")
    parser.add_argument("--dropout", choices=["on", "off"], default="on")
    parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--total-steps", type=int, default=1000)
    args = parser.parse_args()

    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(args.threads)
    # As ONNX Runtime's kernels, which lose no time on numbers near zero.
    torch.set_flush_denormal(True)
    torch.manual_seed(1)
    model = load_model(args.folder, args.attention).train(args.dropout == "on")
    optimizer = torch.optim.AdamW(
        parameter_groups(model), lr=PEAK, betas=(0.9, 0.999), eps=1e-8, fused=True
    )
    scheduler = transformers.get_linear_schedule_with_warmup(optimizer, 0, args.total_steps)
    case = json.loads((args.folder / "batches.json").read_text())
    sentences, batches = case["sentences"], case["batches"]

    def train_step(index):
        start = time.perf_counter()
        chosen = [sentences[i] for i in batches[index % len(batches)]]
        with torch.autocast("cpu", torch.bfloat16, enabled=args.precision == "bfloat16"):
            loss = model(**collate(chosen, model.config.pad_token_id)).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP_NORM)
        optimizer.step()
        scheduler.step()
        optimizer.zero_grad(set_to_none=True)
        return {"loss": loss.item(), "ms": 1000 * (time.perf_counter() - start)}

    for line in sys.stdin:
        question = json.loads(line)
        first = question["from"]
        answer = {
            "steps": [train_step(i) for i in range(first, first + question["steps"])],
            "peakBytes": peak_bytes(),
            "versions": {
                "python": platform.python_version(),
                "torch": torch.__version__,
                "transformers": transformers.__version__,
            },
        }
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
