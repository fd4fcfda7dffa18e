"""Loads what crosstie writes with from_pretrained, strictly, and compares the logits.

Usage: deno run -A scripts/references/write_checkpoints.ts FOLDER
       python scripts/references/load_checkpoints.py FOLDER && deno fmt tests/fixtures
(torch 2.13.0, transformers 5.23.0, safetensors 0.8.0)
Writes tests/fixtures/encoders/loaded_in_transformers.json: the digests of the files that were loaded.
"""

import hashlib
import json
import pathlib
import sys

import safetensors
import torch
import transformers

TOLERANCE = 1e-5


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def check(folder):
    head = json.loads((folder / "config.json").read_text())["architectures"][0]
    model, loading = getattr(transformers, head).from_pretrained(folder, output_loading_info=True)
    wrong = {kind: sorted(map(str, found)) for kind, found in loading.items() if found}
    if wrong:
        raise SystemExit(f"{folder.name}: {wrong}")
    recorded = json.loads((folder / "logits.json").read_text())
    ids = torch.tensor(recorded["inputIds"])
    mask = (ids != model.config.pad_token_id).long()
    with torch.no_grad():
        logits = model.eval()(input_ids=ids, attention_mask=mask).logits
    positions = torch.tensor(recorded["positions"])
    # A sequence is named by its first token.
    rows = logits.flatten(0, 1)[positions] if logits.dim() == 3 else logits[positions // ids.shape[1]]
    wanted = torch.tensor(recorded["values"]).reshape(recorded["dims"])
    difference = (rows - wanted).abs().max().item()
    print(f"{folder.name}: {head} loads, no tensor missing or unexpected; logits differ by {difference:.1e}")
    if difference > TOLERANCE:
        raise SystemExit(f"{folder.name}: logits differ by more than {TOLERANCE}")
    return {
        "architecture": head,
        "largestLogitDifference": difference,
        "config.json": digest(folder / "config.json"),
        "model.safetensors": digest(folder / "model.safetensors"),
    }


def main():
    folders = sorted(path.parent for path in pathlib.Path(sys.argv[1]).glob("*/config.json"))
    confirmation = {
        "recordedWith": {
            "torch": torch.__version__,
            "transformers": transformers.__version__,
            "safetensors": safetensors.__version__,
        },
        "tolerance": TOLERANCE,
        "checkpoints": {folder.name: check(folder) for folder in folders},
    }
    file = pathlib.Path(__file__).parents[2] / "tests/fixtures/encoders/loaded_in_transformers.json"
    file.write_text(json.dumps(confirmation, indent=2) + "\n")


if __name__ == "__main__":
    main()
