"""Writes what torch.save makes of tensors of every kind, and of things that are no tensors.

Usage: python scripts/references/pickles.py && deno fmt tests/fixtures  (torch 2.14.1)
Writes tests/fixtures/pickles.json: files in base64, and the tensors that each holds, none where it is to be refused.
"""

import base64
import collections
import io
import json
import os
import pathlib
import pickle

import numpy
import torch

FIXTURES = pathlib.Path(__file__).parents[2] / "tests/fixtures"


class Command:
    def __reduce__(self):
        return os.system, ("echo run",)


def saved(value, **options):
    buffer = io.BytesIO()
    torch.save(value, buffer, **options)
    return buffer.getvalue()


def main():
    torch.manual_seed(3)
    base = torch.randn(4, 6)
    good = {
        "plain": {"a": torch.randn(2, 3), "b": torch.randn(5)},
        "shared storage, transposed, cut": {"a": base, "b": base.T, "c": base[1:3, ::2], "d": base[:, 2]},
        "halves": {"a": torch.randn(3, 2).half(), "b": torch.randn(4).bfloat16()},
        "scalar and empty": {"a": torch.tensor(1.5), "b": torch.zeros(0, 3)},
        "state dict with versions": torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.LayerNorm(3)).state_dict(),
        "no tensors": {},
    }
    bad = {
        "a command": {"a": Command()},
        "a whole model": torch.nn.Linear(2, 2),
        "a parameter": {"a": torch.nn.Parameter(torch.randn(2))},
        "whole numbers": {"a": torch.arange(3)},
        "doubles": {"a": torch.randn(3).double()},
        "a number": {"a": torch.randn(2), "rate": 0.1},
        "a nested dict": {"state": {"a": torch.randn(2)}},
        "a list": [torch.randn(2)],
        "a tensor alone": torch.randn(2),
        "an array of numpy": {"a": numpy.zeros(2)},
        "repeated": {"a": torch.randn(1).expand(1000)},
        "sparse": {"a": torch.eye(2).to_sparse()},
        "numbers as names": {0: torch.randn(2)},
        "a set": {"a": {1, 2}},
    }
    cases = []
    for name, value in (good | bad).items():
        for kind, options in [("archive", {}), ("stream", {"_use_new_zipfile_serialization": False})]:
            if kind == "stream" and name == "a parameter":
                continue
            tensors = None
            if name in good:
                tensors = {key: {"shape": list(t.shape), "values": t.float().flatten().tolist()} for key, t in value.items()}
            cases.append({"name": f"{name}, {kind}", "file": base64.b64encode(saved(value, **options)).decode(), "tensors": tensors})
    plain = {
        "pickle of a command": pickle.dumps(Command()),
        "pickle of a command, protocol 0": pickle.dumps(Command(), protocol=0),
        "pickle of numbers": pickle.dumps(collections.OrderedDict(a=1.0)),
        "program": script(),
    }
    cases += [{"name": name, "file": base64.b64encode(data).decode(), "tensors": None} for name, data in plain.items()]
    (FIXTURES / "pickles.json").write_text(json.dumps({"recordedWith": {"torch": torch.__version__}, "cases": cases}) + "\n")
    print(len(cases))


def script():
    buffer = io.BytesIO()
    torch.jit.save(torch.jit.trace(torch.nn.Identity(), torch.zeros(1)), buffer)
    return buffer.getvalue()


if __name__ == "__main__":
    main()
