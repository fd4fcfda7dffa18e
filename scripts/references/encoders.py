"""Records logits, losses and gradients of tiny encoders of every family with every head in PyTorch.

Usage: python scripts/references/encoders.py && deno fmt tests/fixtures  (torch 2.13.0, transformers 5.23.0)
Writes tests/fixtures/encoders/<name>.json; float32 arrays are base64, little-endian.
"""

import base64
import json
import pathlib

import torch
import transformers
from torch.nn.functional import cross_entropy

NUM_LABELS = 5
BERT = {
    "vocab_size": 19,
    "hidden_size": 12,
    "num_hidden_layers": 2,
    "num_attention_heads": 3,
    "intermediate_size": 14,
    "hidden_act": "gelu",
    "hidden_dropout_prob": 0.0,
    "attention_probs_dropout_prob": 0.0,
    "max_position_embeddings": 12,
    "initializer_range": 0.3,
}
DISTILBERT = {
    "model_type": "distilbert",
    "vocab_size": 19,
    # Nothing here is even: width, heads, and the width of a head.
    "dim": 15,
    "n_layers": 2,
    "n_heads": 5,
    "hidden_dim": 17,
    "activation": "gelu",
    "dropout": 0.0,
    "attention_dropout": 0.0,
    "seq_classif_dropout": 0.0,
    "max_position_embeddings": 9,
    "sinusoidal_pos_embds": False,
    "initializer_range": 0.3,
    "pad_token_id": 0,
}
FAMILIES = {
    "xlm_roberta": ("XLMRoberta", BERT | {"model_type": "xlm-roberta", "type_vocab_size": 1, "layer_norm_eps": 1e-5, "pad_token_id": 1}),
    # Padding is not 1, so that positions start elsewhere; a head of width 4 in three layers.
    "roberta": ("Roberta", BERT | {"model_type": "roberta", "num_hidden_layers": 3, "type_vocab_size": 2, "layer_norm_eps": 1e-5, "pad_token_id": 2}),
    "bert": ("Bert", BERT | {"model_type": "bert", "type_vocab_size": 2, "layer_norm_eps": 1e-12, "pad_token_id": 0, "max_position_embeddings": 9}),
    "distilbert": ("DistilBert", DISTILBERT),
    "distilbert_sinusoids": ("DistilBert", DISTILBERT | {"sinusoidal_pos_embds": True, "dim": 12, "n_heads": 3}),
}
# The longest fills every position; the last has no label.
LENGTHS = [9, 5, 1, 7, 6]
HEADS = ["TokenClassification", "SequenceClassification", "MaskedLM"]
# Other names of the word embeddings and of the bias over the vocabulary.
TIED = {
    "lm_head.decoder.weight",
    "lm_head.decoder.bias",
    "cls.predictions.decoder.weight",
    "cls.predictions.decoder.bias",
    "vocab_projector.weight",
}


def encode(tensor):
    return base64.b64encode(tensor.detach().float().contiguous().numpy().tobytes()).decode()


def build(class_name, head, fields):
    values = {key: value for key, value in fields.items() if key != "model_type"}
    config = getattr(transformers, f"{class_name}Config")(num_labels=NUM_LABELS, attn_implementation="eager", **values)
    return getattr(transformers, f"{class_name}For{head}")(config).train()


def perturb(model):
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.dim() == 1:
                parameter.add_(0.2 * torch.randn_like(parameter))


def batch_of(fields):
    ids = torch.full((len(LENGTHS), max(LENGTHS)), fields["pad_token_id"])
    mask = torch.zeros_like(ids)
    for row, length in enumerate(LENGTHS):
        ids[row, :length] = torch.randint(3, fields["vocab_size"], (length,))
        mask[row, :length] = 1
    return {"input_ids": ids, "attention_mask": mask}


def labels_of(head, batch, fields):
    mask = batch["attention_mask"]
    labels = torch.full(mask.shape, -100)
    if head == "SequenceClassification":
        return torch.cat([torch.randint(0, NUM_LABELS, (len(LENGTHS) - 1,)), torch.tensor([-100])])
    classes = fields["vocab_size"] if head == "MaskedLM" else NUM_LABELS
    for row, length in enumerate(LENGTHS[:-1]):
        chosen = torch.arange(0, length, 2)
        labels[row, chosen] = torch.randint(0, classes, chosen.shape)
    return labels


def sliced_loss(model, batch, labels, width, train_classifier):
    """Schmidt et al. 2022, section 2, with dropout 0; the released code takes classifier.weight.data."""
    hidden = model.base_model(**batch).last_hidden_state[labels >= 0]
    weight = model.classifier.weight if train_classifier else model.classifier.weight.data
    losses = []
    for start in range(0, hidden.shape[1], width):
        part = slice(start, start + width)
        logits = hidden[:, part] @ weight[:, part].T + model.classifier.bias
        losses.append(cross_entropy(logits, labels[labels >= 0]))
    return torch.stack(losses).mean()


def widths_of(name, model):
    every = {"xlm_roberta": (1, 3, model.config.hidden_size), "distilbert_sinusoids": ()}
    return every.get(name, (3,))


def parameters_of(model):
    """Every parameter by its name in the checkpoints; a tied one by the name that is written."""
    state = model.state_dict(keep_vars=True)
    return {name: tensor for name, tensor in state.items() if name not in TIED}


def values_of(parameters):
    return {name: {"shape": list(p.shape), "values": encode(p)} for name, p in parameters.items()}


def case(head, model, batch, labels, slicing=None):
    output = model(**batch, labels=labels)
    loss = output.loss
    if slicing:
        loss = sliced_loss(model, batch, labels, slicing["width"], slicing["trainClassifier"])
    model.zero_grad()
    loss.backward()
    types = batch.get("token_type_ids")
    return {
        "head": head,
        "slicing": slicing,
        "tokenTypeIds": None if types is None else types.tolist(),
        "labels": labels.tolist(),
        "loss": loss.item(),
        "logits": encode(output.logits[labels >= 0]),
        "gradients": {
            name: encode(parameter.grad)
            for name, parameter in parameters_of(model).items()
            if parameter.grad is not None
        },
    }


def record(name, class_name, fields):
    torch.manual_seed(20)
    cases, heads, encoder = [], {}, None
    batch = batch_of(fields)
    for head in HEADS[:1] if fields.get("sinusoidal_pos_embds") else HEADS:
        model = build(class_name, head, fields)
        perturb(model)
        # Every head stands on the same encoder, whose weights are recorded once.
        if encoder is None:
            encoder = {key: value.clone() for key, value in model.base_model.state_dict().items()}
            prefix = model.base_model_prefix
            shared = values_of({f"{prefix}.{key}": value for key, value in encoder.items()})
        model.base_model.load_state_dict(encoder, strict=False)
        own = {key: p for key, p in parameters_of(model).items() if key not in shared}
        heads[head] = values_of(own)
        labels = labels_of(head, batch, fields)
        cases.append(case(head, model, batch, labels))
        if fields["model_type"] == "bert":
            types = torch.randint(0, 2, batch["input_ids"].shape)
            cases.append(case(head, model, batch | {"token_type_ids": types}, labels))
        if head == "TokenClassification":
            # The paper's variant, and that of the code released with it.
            for width, train in [(h, train) for h in widths_of(name, model) for train in (True, False)]:
                slicing = {"width": width, "trainClassifier": train}
                cases.append(case(head, model, batch, labels, slicing))
    return {
        "recordedWith": {"torch": torch.__version__, "transformers": transformers.__version__},
        "tolerances": {"logits": 1e-5, "loss": 1e-6, "gradients": 1e-4},
        "config": fields,
        "numLabels": NUM_LABELS,
        "inputIds": batch["input_ids"].tolist(),
        "encoder": shared,
        "heads": heads,
        "cases": cases,
    }


def main():
    folder = pathlib.Path(__file__).parents[2] / "tests/fixtures/encoders"
    folder.mkdir(parents=True, exist_ok=True)
    for name, (class_name, fields) in FAMILIES.items():
        reference = record(name, class_name, fields)
        (folder / f"{name}.json").write_text(json.dumps(reference) + "\n")


if __name__ == "__main__":
    main()
