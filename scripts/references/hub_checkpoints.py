"""Saves tiny checkpoints as transformers writes them, and records their logits.

Usage: python scripts/references/hub_checkpoints.py && deno fmt tests/fixtures
(torch 2.13.0, transformers 5.23.0, safetensors 0.8.0)
Writes tests/fixtures/hub_checkpoints/<name>/ and logits.json beside them, and trainable/<family>/.
"""

import json
import pathlib
import shutil

import safetensors
import safetensors.torch
import torch
import transformers

SIZES = {
    "vocab_size": 13,
    "hidden_size": 6,
    "num_hidden_layers": 1,
    "num_attention_heads": 3,
    "intermediate_size": 8,
    "max_position_embeddings": 10,
    "initializer_range": 0.3,
    "num_labels": 3,
}
# name: class, head, dtype, shard size
CHECKPOINTS = {
    "xlm_roberta_sharded": ("XLMRoberta", "MaskedLM", torch.float32, "1KB"),
    "bert_half": ("Bert", "TokenClassification", torch.float16, "1MB"),
    "distilbert_bfloat": ("DistilBert", "SequenceClassification", torch.bfloat16, "1MB"),
    # The encoder alone, without its family's prefix and with the old names of LayerNorm.
    "bert_encoder": ("Bert", "Model", torch.float32, "1MB"),
}
# Masked language models over the byte tokenizer's vocabulary, for training: shard size.
TRAINABLE = {"XLMRoberta": "8KB", "Roberta": "1MB", "Bert": "1MB", "DistilBert": "1MB"}
TRAINABLE_SIZES = {
    **SIZES,
    "vocab_size": 261,
    "hidden_size": 8,
    "num_attention_heads": 2,
    "intermediate_size": 12,
    "max_position_embeddings": 66,
    "initializer_range": 0.1,
}
INPUT_IDS = [[3, 4, 12, 5, 3], [7, 6, 0, 0, 0]]


def rename_norms(file):
    tensors = safetensors.torch.load_file(file)
    old = {"LayerNorm.weight": "LayerNorm.gamma", "LayerNorm.bias": "LayerNorm.beta"}
    renamed = {}
    for name, tensor in tensors.items():
        for new_name, old_name in old.items():
            name = name.replace(new_name, old_name)
        renamed[name] = tensor
    safetensors.torch.save_file(renamed, file, metadata={"format": "pt"})


def config_of(family, sizes):
    inner = {"hidden_dim": sizes["intermediate_size"]} if family == "DistilBert" else {}
    return getattr(transformers, f"{family}Config")(**sizes, **inner)


def save_trainable(root):
    for family, shards in TRAINABLE.items():
        sizes = {key: size for key, size in TRAINABLE_SIZES.items() if key != "num_labels"}
        config = config_of(family, sizes)
        model = getattr(transformers, f"{family}ForMaskedLM")(config)
        model.save_pretrained(root / "trainable" / config.model_type, max_shard_size=shards)


def main():
    torch.manual_seed(20)
    root = pathlib.Path(__file__).parents[2] / "tests/fixtures/hub_checkpoints"
    shutil.rmtree(root, ignore_errors=True)
    logits = {}
    for name, (family, head, dtype, shards) in CHECKPOINTS.items():
        config = config_of(family, SIZES)
        model = getattr(transformers, family + (head if head == "Model" else f"For{head}"))(config)
        model.to(dtype).save_pretrained(root / name, max_shard_size=shards)
        if name == "bert_encoder":
            rename_norms(root / name / "model.safetensors")
        # What the file holds, computed in float32.
        model = type(model).from_pretrained(root / name, dtype=torch.float32, attn_implementation="eager").eval()
        ids = torch.tensor(INPUT_IDS)
        ids[ids == 0] = config.pad_token_id
        mask = (ids != config.pad_token_id).long()
        with torch.no_grad():
            output = model(input_ids=ids, attention_mask=mask)
        values = output.last_hidden_state if head == "Model" else output.logits
        logits[name] = {"head": head, "inputIds": ids.tolist(), "shape": list(values.shape), "values": values.flatten().tolist()}
    save_trainable(root)
    reference = {
        "recordedWith": {
            "torch": torch.__version__,
            "transformers": transformers.__version__,
            "safetensors": safetensors.__version__,
        },
        "tolerance": 1e-5,
        "checkpoints": logits,
    }
    (root / "logits.json").write_text(json.dumps(reference) + "\n")


if __name__ == "__main__":
    main()
