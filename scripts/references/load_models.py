"""Loads what the train stage writes with from_pretrained, strictly, and records its layout.

Usage: deno run -A scripts/references/train_checkpoints.ts FOLDER
       python scripts/references/load_trained.py FOLDER && deno fmt tests/fixtures
(torch 2.13.0, transformers 5.23.0, safetensors 0.8.0)
Writes tests/fixtures/hub_checkpoints/trained_in_transformers.json.
"""

import json
import pathlib
import sys

import safetensors
import torch
import transformers

import load_checkpoints


def layout(folder):
    confirmed = load_checkpoints.check(folder)
    head = getattr(transformers, confirmed["architecture"])
    model = head.from_pretrained(folder)
    return {
        "architecture": confirmed["architecture"],
        "largestLogitDifference": confirmed["largestLogitDifference"],
        "id2label": model.config.id2label,
        "tensors": {name: list(tensor.shape) for name, tensor in model.state_dict().items()},
    }


def main():
    root = pathlib.Path(sys.argv[1])
    folders = sorted(path.parent for path in root.glob("*/config.json"))
    confirmation = {
        "recordedWith": {
            "torch": torch.__version__,
            "transformers": transformers.__version__,
            "safetensors": safetensors.__version__,
        },
        "tolerance": load_checkpoints.TOLERANCE,
        "families": {folder.name: layout(folder) for folder in folders},
    }
    fixtures = pathlib.Path(__file__).parents[2] / "tests/fixtures/hub_checkpoints"
    (fixtures / "trained_in_transformers.json").write_text(json.dumps(confirmation) + "\n")


if __name__ == "__main__":
    main()
