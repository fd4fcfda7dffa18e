"""Records torch.nn.LSTM on ragged batches: outputs, and the gradients of a weighted sum of them.

python3 scripts/references/lstm.py && deno fmt tests/fixtures/lstm.json
"""

import json
from pathlib import Path

import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

CASES = [
    {"name": "one layer", "input": 3, "hidden": 2, "layers": 1, "lengths": [4, 1, 3]},
    {"name": "two layers", "input": 5, "hidden": 3, "layers": 2, "lengths": [6, 2, 5, 1]},
]


def numbers(tensor):
    return [round(float(value), 7) for value in tensor.detach().flatten()]


def record(case):
    torch.manual_seed(len(case["lengths"]))
    module = torch.nn.LSTM(
        case["input"], case["hidden"], case["layers"], bidirectional=True, batch_first=True
    )
    lengths = torch.tensor(case["lengths"])
    x = torch.randn(len(lengths), int(lengths.max()), case["input"], requires_grad=True)
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    outputs, (last, _) = module(packed)
    outputs, _ = pad_packed_sequence(outputs, batch_first=True)
    weights = torch.randn_like(outputs)
    (outputs * weights).sum().backward()
    return {
        **case,
        "x": numbers(x),
        "cotangent": numbers(weights),
        "parameters": {
            name: {"value": numbers(value), "gradient": numbers(value.grad)}
            for name, value in module.named_parameters()
        },
        "outputs": numbers(outputs),
        "last": numbers(last),
        "xGradient": numbers(x.grad),
    }


recorded = {
    "source": "scripts/references/lstm.py",
    "versions": {"torch": torch.__version__},
    "tolerance": 2e-6,
    "cases": [record(case) for case in CASES],
}
path = Path(__file__).parents[2] / "tests/fixtures/lstm.json"
path.write_text(json.dumps(recorded) + "\n")
