"""Trains the tiny encoders of encoders.py for 50 steps of torch.optim.AdamW, with every head.

Usage: python scripts/references/training_runs.py && deno fmt tests/fixtures  (torch 2.13.0, transformers 5.23.0)
To be run after encoders.py. Reads the weights that tests/fixtures/encoders/<family>.json starts with, and writes
tests/fixtures/training_runs/<family>.json: sentences, batches, losses, gradient norms and the final weights;
and label_smoothing.json: loss and gradients of smoothed labels on the batch of encoders/xlm_roberta.json.
float32 arrays are base64, little-endian.
"""

import base64
import json
import pathlib

import torch
import transformers
from torch.nn.functional import cross_entropy
from torch.nn.utils import clip_grad_norm_
from transformers import get_linear_schedule_with_warmup

from encoders import FAMILIES, build, encode, parameters_of

FIXTURES = pathlib.Path(__file__).parents[2] / "tests/fixtures"
STEPS, SENTENCES = 50, 40
# The epsilon of BERT and RoBERTa. No score depends on a key's bias: its gradient is rounding alone, which differs
# between any two programs, and which Adam with an epsilon of 1e-8 makes as large as a true gradient.
OPTIMIZER = {"learningRate": 1e-3, "warmupShare": 0.1, "weightDecay": 0.1, "beta1": 0.9, "beta2": 0.98, "eps": 1e-6, "clipNorm": 1.0}
SLICE_WIDTH = 3
RUNS = [
    ("TokenClassification", None),
    ("TokenClassification", {"width": SLICE_WIDTH, "trainClassifier": True}),
    ("TokenClassification", {"width": SLICE_WIDTH, "trainClassifier": False}),
    ("SequenceClassification", None),
    ("MaskedLM", None),
]


def decode(recorded):
    values = torch.frombuffer(bytearray(base64.b64decode(recorded["values"])), dtype=torch.float32)
    return values.reshape(recorded["shape"])


def model_of(reference, class_name, head):
    model = build(class_name, head, reference["config"])
    recorded = reference["encoder"] | reference["heads"][head]
    parameters = parameters_of(model)
    assert parameters.keys() == recorded.keys()
    with torch.no_grad():
        for name, parameter in parameters.items():
            parameter.copy_(decode(recorded[name]))
    return model


def sentences_of(fields, labels):
    """Ids, and per head a label per token; every fifth sentence has none but for its class."""
    sentences = []
    for i in range(SENTENCES):
        length = int(torch.randint(1, 10, ()))
        ids = torch.randint(3, fields["vocab_size"], (length,))
        chosen = torch.zeros(length, dtype=torch.bool) if i % 5 == 4 else torch.rand(length) < 0.7
        # Learnable, so that the losses fall: the class follows from the ids.
        tags = torch.where(chosen, (ids + ids.roll(1)) % labels, -100)
        own = torch.full((length,), -100)
        own[0] = ids.sum() % labels
        words = torch.where(chosen, ids.flip(0), -100)
        sentences.append({"inputIds": ids.tolist(), "labels": {
            "TokenClassification": tags.tolist(),
            "SequenceClassification": own.tolist(),
            "MaskedLM": words.tolist(),
        }})
    return sentences


def batches_of(sentences):
    """3 … 6 sentences each, of all lengths, one of them with labels for every head."""
    batches = []
    while len(batches) < STEPS:
        batch = torch.randperm(len(sentences))[: int(torch.randint(3, 7, ()))].tolist()
        if any(max(sentences[i]["labels"]["TokenClassification"]) >= 0 for i in batch):
            batches.append(batch)
    return batches


def tensors_of(sentences, batch, head, pad):
    chosen = [sentences[i] for i in batch]
    width = max(len(s["inputIds"]) for s in chosen)
    fill = lambda values, with_: torch.tensor([row + [with_] * (width - len(row)) for row in values])
    ids = fill([s["inputIds"] for s in chosen], pad)
    mask = fill([[1] * len(s["inputIds"]) for s in chosen], 0)
    labels = fill([s["labels"][head] for s in chosen], -100)
    return {"input_ids": ids, "attention_mask": mask}, labels[:, 0] if head == "SequenceClassification" else labels


def loss_of(model, tensors, labels, slicing):
    if not slicing:
        return model(**tensors, labels=labels).loss
    # Schmidt et al. 2022, section 2; the released code takes classifier.weight.data.
    hidden = model.base_model(**tensors).last_hidden_state[labels >= 0]
    weight = model.classifier.weight if slicing["trainClassifier"] else model.classifier.weight.data
    parts = [slice(start, start + SLICE_WIDTH) for start in range(0, hidden.shape[1], SLICE_WIDTH)]
    return torch.stack([
        cross_entropy(hidden[:, part] @ weight[:, part].T + model.classifier.bias, labels[labels >= 0])
        for part in parts
    ]).mean()


def decay_groups(model):
    norms = {id(p) for m in model.modules() if isinstance(m, torch.nn.LayerNorm) for p in m.parameters()}
    decays = lambda name, p: not name.endswith("bias") and id(p) not in norms
    named = list(model.named_parameters())
    return [
        {"params": [p for n, p in named if decays(n, p)], "weight_decay": OPTIMIZER["weightDecay"]},
        {"params": [p for n, p in named if not decays(n, p)], "weight_decay": 0.0},
    ]


def run(reference, class_name, head, slicing, sentences, batches):
    model = model_of(reference, class_name, head)
    optimizer = torch.optim.AdamW(
        decay_groups(model), lr=OPTIMIZER["learningRate"], betas=(OPTIMIZER["beta1"], OPTIMIZER["beta2"]), eps=OPTIMIZER["eps"]
    )
    schedule = get_linear_schedule_with_warmup(optimizer, round(OPTIMIZER["warmupShare"] * STEPS), STEPS)
    losses, norms = [], []
    for batch in batches:
        tensors, labels = tensors_of(sentences, batch, head, reference["config"]["pad_token_id"])
        loss = loss_of(model, tensors, labels, slicing)
        optimizer.zero_grad()
        loss.backward()
        losses.append(loss.item())
        norms.append(clip_grad_norm_(model.parameters(), OPTIMIZER["clipNorm"]).item())
        optimizer.step()
        schedule.step()
    return {
        "head": head,
        "slicing": slicing,
        "losses": losses,
        "gradientNorms": norms,
        "end": {name: encode(parameter) for name, parameter in parameters_of(model).items()},
    }


def read(family):
    return json.loads((FIXTURES / f"encoders/{family}.json").read_text())


def write(name, recorded):
    versions = {"torch": torch.__version__, "transformers": transformers.__version__}
    file = FIXTURES / f"training_runs/{name}.json"
    file.write_text(json.dumps({"recordedWith": versions} | recorded) + "\n")


def smoothed():
    """torch.nn.functional.cross_entropy(label_smoothing=...) on the token classifier of encoders.py."""
    reference = read("xlm_roberta")
    case = reference["cases"][0]
    assert case["head"] == "TokenClassification" and not case["slicing"]
    ids, labels = torch.tensor(reference["inputIds"]), torch.tensor(case["labels"])
    mask = (ids != reference["config"]["pad_token_id"]).long()
    cases = []
    for smoothing in (0.1, 0.3):
        model = model_of(reference, "XLMRoberta", "TokenClassification")
        logits = model(input_ids=ids, attention_mask=mask).logits
        loss = cross_entropy(logits.flatten(0, 1), labels.flatten(), label_smoothing=smoothing)
        loss.backward()
        gradients = {name: encode(p.grad) for name, p in parameters_of(model).items()}
        cases.append({"labelSmoothing": smoothing, "loss": loss.item(), "gradients": gradients})
    return {"tolerances": {"loss": 1e-6, "gradients": 1e-4}, "encoder": "xlm_roberta", "cases": cases}


def main():
    (FIXTURES / "training_runs").mkdir(parents=True, exist_ok=True)
    for family, (class_name, fields) in FAMILIES.items():
        if fields.get("sinusoidal_pos_embds"):
            continue
        torch.manual_seed(50)
        reference = read(family)
        sentences = sentences_of(fields, reference["numLabels"])
        batches = batches_of(sentences)
        runs = [run(reference, class_name, head, slicing, sentences, batches) for head, slicing in RUNS]
        write(family, {
            "tolerances": {"losses": 1e-5, "gradientNorms": 1e-4, "parameters": 1e-5, "keyBiases": 1e-4},
            "optimizer": OPTIMIZER,
            "sentences": sentences,
            "batches": batches,
            "runs": runs,
        })
    write("label_smoothing", smoothed())


if __name__ == "__main__":
    main()
