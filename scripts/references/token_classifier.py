"""Records logits, loss and gradients of a tiny XLM-R token classifier in PyTorch.

Usage: python scripts/references/token_classifier.py && deno fmt tests/fixtures  (torch 2.13.0, transformers 5.23.0)
Writes tests/fixtures/token_classifier/reference.json; float32 arrays are base64, little-endian.
"""

import base64
import json
import pathlib

import torch
import transformers
from transformers import XLMRobertaConfig, XLMRobertaForTokenClassification

FIELDS = {
    "model_type": "xlm-roberta",
    "vocab_size": 29,
    "hidden_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 3,
    "intermediate_size": 40,
    "hidden_act": "gelu",
    "hidden_dropout_prob": 0.0,
    "attention_probs_dropout_prob": 0.0,
    "max_position_embeddings": 14,
    "type_vocab_size": 1,
    "initializer_range": 0.3,
    "layer_norm_eps": 1e-5,
    "pad_token_id": 1,
}
LENGTHS = [9, 5, 1, 7]
NUM_LABELS = 5


def encode(tensor):
    return base64.b64encode(tensor.detach().float().contiguous().numpy().tobytes()).decode()


def main():
    torch.manual_seed(20)
    fields = {key: value for key, value in FIELDS.items() if key != "model_type"}
    config = XLMRobertaConfig(num_labels=NUM_LABELS, attn_implementation="eager", **fields)
    model = XLMRobertaForTokenClassification(config).train()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "LayerNorm" in name or name.endswith("bias"):
                parameter.add_(0.2 * torch.randn_like(parameter))

    columns = max(LENGTHS)
    input_ids = torch.full((len(LENGTHS), columns), config.pad_token_id)
    labels = torch.full((len(LENGTHS), columns), -100)
    for row, length in enumerate(LENGTHS):
        input_ids[row, :length] = torch.randint(2, config.vocab_size, (length,))
        chosen = torch.arange(0, length, 2)
        labels[row, chosen] = torch.randint(0, NUM_LABELS, chosen.shape)
    attention_mask = (input_ids != config.pad_token_id).long()

    output = model(input_ids=input_ids, attention_mask=attention_mask, labels=labels)
    output.loss.backward()
    reference = {
        "recordedWith": {
            "torch": torch.__version__,
            "transformers": transformers.__version__,
        },
        "tolerances": {"logits": 1e-5, "loss": 1e-6, "gradients": 1e-4},
        "config": FIELDS,
        "numLabels": NUM_LABELS,
        "inputIds": input_ids.tolist(),
        "labels": labels.tolist(),
        "loss": output.loss.item(),
        "logits": encode(output.logits[labels >= 0]),
        "parameters": {
            name: {
                "shape": list(parameter.shape),
                "values": encode(parameter),
                "gradient": encode(parameter.grad),
            }
            for name, parameter in model.named_parameters()
        },
    }
    folder = pathlib.Path(__file__).parents[2] / "tests/fixtures/token_classifier"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "reference.json").write_text(json.dumps(reference) + "\n")


if __name__ == "__main__":
    main()
