"""Loads the adapters that crosstie has written, in AdapterHub and PEFT, and compares what they say.

Usage: deno run -A scripts/references/write_adapters.ts FOLDER
       python scripts/references/load_adapters.py FOLDER && deno fmt tests/fixtures
(torch 2.14.1, transformers 4.57.6, adapters 1.3.0, peft 0.21.2)
Writes tests/fixtures/adapters_in_python.json: the digest of each file that was loaded, and how far the logits are from
those of recorded.json.
"""

import base64
import hashlib
import json
import pathlib
import sys

import adapters
import peft
import torch
import transformers
from adapters import composition

from adapter_files import FIXTURES, case_of, masked_model, model_of


def load(folder, recorded):
    family = recorded["family"]
    if "stack" not in recorded:
        model, reference = model_of(family, "ForTokenClassification", "TokenClassification")
        loaded = peft.PeftModel.from_pretrained(model, folder / "lora")
        changed = [name for name, parameter in loaded.named_parameters() if "lora_B" in name and parameter.abs().sum() > 0]
        assert changed
        return loaded, reference
    is_masked = recorded["head"] == "MaskedLM"
    model, reference = masked_model(family) if is_masked else model_of(family, "AdapterModel")
    missing = {}
    for name in recorded["stack"]:
        model.load_adapter(str(folder / name), use_safetensors=True, set_active=False, loading_info=missing)
        assert not missing.get("missing_keys") and not missing.get("unexpected_keys"), missing
    model.active_adapters = composition.Stack(*recorded["stack"])
    model.active_head = "mlm" if is_masked else "ner"
    return model, reference


def main():
    root = pathlib.Path(sys.argv[1])
    cases = {}
    for folder in sorted(root.iterdir()):
        recorded = json.loads((FIXTURES / "adapters" / folder.name / "recorded.json").read_text())
        model, reference = load(folder, recorded)
        model.eval()
        ids = torch.tensor(reference["inputIds"])
        labels = torch.tensor(case_of(reference, recorded["head"])["labels"])
        mask = (ids != reference["config"]["pad_token_id"]).long()
        with torch.no_grad():
            logits = model(input_ids=ids, attention_mask=mask).logits[labels >= 0]
        wanted = torch.frombuffer(bytearray(base64.b64decode(recorded["logits"])), dtype=torch.float32)
        difference = (logits.flatten() - wanted).abs().max().item()
        assert difference <= 1e-5, (folder.name, difference)
        files = {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*")) if path.is_file()}
        cases[folder.name] = {"largestDifference": difference, "files": files}
        print(folder.name, difference, len(files))
    versions = {each.__name__: each.__version__ for each in (torch, transformers, adapters, peft)}
    (FIXTURES / "adapters_in_python.json").write_text(json.dumps({"recordedWith": versions, "tolerance": 1e-5, "cases": cases}) + "\n")


if __name__ == "__main__":
    main()
