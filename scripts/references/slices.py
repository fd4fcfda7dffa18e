"""Records losses and gradients of sliced fine-tuning for every slice width of the paper, in PyTorch.

Usage: python scripts/references/slices.py && deno fmt tests/fixtures  (torch 2.13.0, transformers 5.23.0)
Writes tests/fixtures/encoders/slices.json in the form of encoders.py: an encoder whose width 8 divides, trained whole,
by slices of 1, 2 and 8, and by one slice that is the whole width; the classifier trained (Schmidt et al. 2022, section 2)
and kept (the code released with it).
"""

import json
import pathlib

import torch
import transformers

from encoders import BERT, NUM_LABELS, batch_of, build, case, labels_of, parameters_of, perturb, values_of

HEAD = "TokenClassification"
WIDTH = 16
FIELDS = BERT | {
    "model_type": "xlm-roberta",
    "hidden_size": WIDTH,
    "num_hidden_layers": 1,
    "num_attention_heads": 4,
    "type_vocab_size": 1,
    "layer_norm_eps": 1e-5,
    "pad_token_id": 1,
}


def main():
    torch.manual_seed(22)
    batch = batch_of(FIELDS)
    model = build("XLMRoberta", HEAD, FIELDS)
    perturb(model)
    labels = labels_of(HEAD, batch, FIELDS)
    cases = [case(HEAD, model, batch, labels)]
    for width in (1, 2, 8, WIDTH):
        for train in (True, False):
            cases.append(case(HEAD, model, batch, labels, {"width": width, "trainClassifier": train}))
    values = values_of(parameters_of(model))
    reference = {
        "recordedWith": {"torch": torch.__version__, "transformers": transformers.__version__},
        "tolerances": {"logits": 1e-5, "loss": 1e-6, "gradients": 1e-4},
        "config": FIELDS,
        "numLabels": NUM_LABELS,
        "inputIds": batch["input_ids"].tolist(),
        "encoder": {name: value for name, value in values.items() if not name.startswith("classifier.")},
        "heads": {HEAD: {name: value for name, value in values.items() if name.startswith("classifier.")}},
        "cases": cases,
    }
    file = pathlib.Path(__file__).parents[2] / "tests/fixtures/encoders/slices.json"
    file.write_text(json.dumps(reference) + "\n")


if __name__ == "__main__":
    main()
