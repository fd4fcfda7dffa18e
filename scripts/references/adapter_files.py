"""Records adapters and LoRA on the tiny encoders of encoders.py, as the libraries AdapterHub and PEFT write and run them.

Usage: python scripts/references/adapter_files.py && deno fmt tests/fixtures
(torch 2.14.1, transformers 4.57.6, adapters 1.3.0, peft 0.21.2)
To be run after encoders.py, whose weights and sentences it reads. Writes tests/fixtures/adapters/<case>/: the files
that the library saves, and recorded.json with logits, loss and the gradients of what learns. float32 arrays are
base64, little-endian.
"""

import base64
import json
import pathlib
import shutil

import adapters
import peft
import torch
import transformers
from adapters import composition
from adapters.loading import AdapterLoader
from torch.nn.functional import cross_entropy

FIXTURES = pathlib.Path(__file__).parents[2] / "tests/fixtures"
LABELS = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
CLASSES = {"xlm_roberta": "XLMRoberta", "roberta": "Roberta", "bert": "Bert", "distilbert": "DistilBert"}


def encode(tensor):
    return base64.b64encode(tensor.detach().float().contiguous().numpy().tobytes()).decode()


def decode(recorded):
    values = torch.frombuffer(bytearray(base64.b64decode(recorded["values"])), dtype=torch.float32)
    return values.reshape(recorded["shape"])


def read(family):
    return json.loads((FIXTURES / f"encoders/{family}.json").read_text())


def load(model, reference, head=None):
    """Puts the recorded weights into a model."""
    recorded = reference["encoder"] | (reference["heads"][head] if head else {})
    missing, unexpected = model.load_state_dict({name: decode(each) for name, each in recorded.items()}, strict=False)
    assert not unexpected, unexpected
    return model


def config_of(reference):
    fields = reference["config"]
    return transformers.AutoConfig.for_model(**fields) if "model_type" in fields else None


def model_of(family, suffix, head=None):
    reference = read(family)
    config = config_of(reference)
    config.num_labels = len(LABELS)
    kind = getattr(adapters if suffix == "AdapterModel" else transformers, CLASSES[family] + suffix)
    kwargs = {} if suffix == "AdapterModel" else {"attn_implementation": "eager"}
    model = kind._from_config(config, **kwargs) if kwargs else kind(config)
    return load(model, reference, head), reference


def stir(model, chosen):
    """Weights far from where they start, so that everything counts."""
    torch.manual_seed(7)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if chosen(name):
                parameter.normal_(std=0.4)


def case_of(reference, head):
    return next(each for each in reference["cases"] if each["head"] == head and not each["slicing"] and not each["tokenTypeIds"])


def record(folder, model, reference, head, learns, more):
    model.eval()
    case = case_of(reference, head)
    ids = torch.tensor(reference["inputIds"])
    labels = torch.tensor(case["labels"])
    mask = (ids != reference["config"]["pad_token_id"]).long()
    logits = model(input_ids=ids, attention_mask=mask).logits
    asked = logits[labels >= 0]
    loss = cross_entropy(asked, labels[labels >= 0])
    parameters = {name: parameter for name, parameter in model.named_parameters() if learns(name)}
    assert parameters
    for parameter in parameters.values():
        parameter.requires_grad_(True)
    gradients = torch.autograd.grad(loss, parameters.values())
    recorded = {
        "recordedWith": {each.__name__: each.__version__ for each in (torch, transformers, adapters, peft)},
        "tolerances": {"logits": 1e-5, "gradients": 2e-5},
        "head": head,
        **more,
        "loss": loss.item(),
        "logits": encode(asked),
        "gradients": {name: encode(gradient) for name, gradient in zip(parameters, gradients)},
    }
    (folder / "recorded.json").write_text(json.dumps(recorded, indent=1) + "\n")
    print(folder.name, loss.item(), len(parameters), tuple(asked.shape))


def fresh(name):
    folder = FIXTURES / "adapters" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def task(case, family, config, safetensors=False):
    """A task adapter with a tagging head."""
    model, reference = model_of(family, "AdapterModel")
    model.add_adapter("ner", config=config)
    model.add_tagging_head("ner", num_labels=len(LABELS), id2label=dict(enumerate(LABELS)))
    model.train_adapter("ner")
    stir(model, lambda name: "ner." in name)
    folder = fresh(case)
    model.save_adapter(str(folder / "ner"), "ner", with_head=True, use_safetensors=safetensors)
    record(folder, model, reference, "TokenClassification", lambda name: "ner." in name, {"family": family, "stack": ["ner"]})


def stacked(case, family, language, learner):
    """A task adapter on a language adapter."""
    model, reference = model_of(family, "AdapterModel")
    model.add_adapter("swa", config=language)
    model.add_adapter("ner", config=learner)
    model.add_tagging_head("ner", num_labels=len(LABELS), id2label=dict(enumerate(LABELS)))
    model.active_adapters = composition.Stack("swa", "ner")
    stir(model, lambda name: "ner." in name or ".swa." in name)
    folder = fresh(case)
    model.save_adapter(str(folder / "swa"), "swa", with_head=False)
    model.save_adapter(str(folder / "ner"), "ner", with_head=True)
    chosen = lambda name: "ner." in name or ".swa." in name
    record(folder, model, reference, "TokenClassification", chosen, {"family": family, "stack": ["swa", "ner"]})


MASKED_HEADS = {
    "xlm_roberta": ["lm_head.dense", "lm_head.layer_norm", "lm_head"],
    "bert": ["cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm", "cls.predictions"],
    "distilbert": ["vocab_transform", "vocab_layer_norm", "vocab_projector"],
}


def masked_model(family):
    """A model of the library that guesses masked words.

    Around transformers' models (adapters.init) the library leaves out the inverse of the invertible part.
    """
    model, reference = model_of(family, "AdapterModel")
    model.add_masked_lm_head("mlm")
    dense, norm, bias = MASKED_HEADS[family]
    recorded = {name: decode(each) for name, each in reference["heads"]["MaskedLM"].items()}
    head = model.heads["mlm"]
    with torch.no_grad():
        for place, module in [(0, dense), (2, norm)]:
            head[place].weight.copy_(recorded[f"{module}.weight"])
            head[place].bias.copy_(recorded[f"{module}.bias"])
        head[3].bias.copy_(recorded[f"{bias}.bias"])
        head[3].weight.copy_(decode(reference["encoder"][f"{model.base_model_prefix}.embeddings.word_embeddings.weight"]))
    return model, reference


def masked(case, family, language):
    """A language adapter, trained by masked words."""
    model, reference = masked_model(family)
    model.add_adapter("swa", config=language)
    model.active_adapters = "swa"
    stir(model, lambda name: ".swa." in name)
    folder = fresh(case)
    model.save_adapter(str(folder / "swa"), "swa", with_head=False)
    record(folder, model, reference, "MaskedLM", lambda name: ".swa." in name, {"family": family, "stack": ["swa"]})


OLD_NAMES = [("output.adapters.swa.", "output.layer_text_lang_adapters.swa."), ("output.adapters.ner.", "output.layer_text_task_adapters.ner."), ("invertible_adapters.", "invertible_lang_adapters.")]


def legacy(case, family):
    """The files of a language and a task adapter as they were written before adapters had versions."""
    language = adapters.SeqBnInvConfig(reduction_factor=2, non_linearity="gelu_new")
    stacked(case, family, language, adapters.SeqBnConfig(reduction_factor=4, non_linearity="gelu"))
    for name, activation in [("swa", "gelu"), ("ner", "gelu_orig")]:
        folder = FIXTURES / "adapters" / case / name
        weights = torch.load(folder / "pytorch_adapter.bin", weights_only=True)
        renamed = type(weights)()
        for key, tensor in weights.items():
            for new, old in OLD_NAMES:
                key = key.replace(new, old)
            renamed[key] = tensor
        torch.save(renamed, folder / "pytorch_adapter.bin", _use_new_zipfile_serialization=name == "swa")
        file = folder / "adapter_config.json"
        full = json.loads(file.read_text())
        config = full["config"]
        old = {key: config[key] for key in ["ln_after", "ln_before", "mh_adapter", "output_adapter", "original_ln_after", "original_ln_before", "reduction_factor", "residual_before_ln", "adapter_residual_before_ln"]}
        old |= {"attention_type": "sent-lvl-dynamic", "new_attention_norm": False, "non_linearity": activation}
        # Task adapters had an invertible part in their config, and no weights of it.
        old["invertible_adapter"] = {"block_type": "nice", "reduction_factor": 2}
        kept = {key: full[key] for key in ["hidden_size", "model_type", "model_name", "name", "model_class"]}
        file.write_text(json.dumps(kept | {"config": old, "type": "text_lang" if name == "swa" else "text_task"}, indent=2, sort_keys=True))
    # The library reads them, and says the same.
    recorded = json.loads((FIXTURES / "adapters" / case / "recorded.json").read_text())
    model, reference = model_of(family, "AdapterModel")
    folder = FIXTURES / "adapters" / case
    for name, type_ in [("swa", "text_lang"), ("ner", "text_task")]:
        AdapterLoader(model, adapter_type=type_).load(str(folder / name), load_as=name)
    model.load_head(str(folder / "ner"), load_as="ner")
    model.active_adapters = composition.Stack("swa", "ner")
    model.active_head = "ner"
    model.eval()
    ids = torch.tensor(reference["inputIds"])
    labels = torch.tensor(case_of(reference, "TokenClassification")["labels"])
    mask = (ids != reference["config"]["pad_token_id"]).long()
    logits = model(input_ids=ids, attention_mask=mask).logits[labels >= 0]
    wanted = torch.frombuffer(bytearray(base64.b64decode(recorded["logits"])), dtype=torch.float32).reshape(logits.shape)
    print(case, "as the library reads it:", (logits - wanted).abs().max().item())
    assert torch.allclose(logits, wanted, atol=1e-6)


def lora(case, family, **options):
    """PEFT's LoRA on a token classifier."""
    model, reference = model_of(family, "ForTokenClassification", "TokenClassification")
    config = peft.LoraConfig(task_type="TOKEN_CLS", **options)
    model = peft.get_peft_model(model, config)
    chosen = lambda name: "lora_" in name or "modules_to_save" in name
    stir(model, chosen)
    folder = fresh(case)
    model.save_pretrained(folder / "lora")
    (folder / "lora/README.md").unlink(missing_ok=True)
    record(folder, model, reference, "TokenClassification", chosen, {"family": family})


def main():
    bn, inv = adapters.SeqBnConfig, adapters.SeqBnInvConfig
    task("task", "xlm_roberta", bn(reduction_factor=4))
    task("task_safetensors", "bert", bn(reduction_factor=3, leave_out=[1], non_linearity="swish", scaling=0.5), safetensors=True)
    task("task_distilbert", "distilbert", bn(reduction_factor=4, non_linearity="leakyrelu"))
    task("task_layers", "roberta", bn(reduction_factor={"default": 4, "1": 6}, non_linearity="tanh"))
    stacked("stack", "xlm_roberta", inv(reduction_factor=2, leave_out=[1]), bn(reduction_factor=4))
    stacked("stack_odd", "distilbert", inv(reduction_factor=2, non_linearity="gelu"), bn(reduction_factor=4, leave_out=[0]))
    masked("masked", "xlm_roberta", inv(reduction_factor=2))
    masked("masked_bert", "bert", inv(reduction_factor=2))
    masked("masked_distilbert", "distilbert", inv(reduction_factor=2))
    legacy("legacy", "xlm_roberta")
    lora("lora", "xlm_roberta", r=2, lora_alpha=4)
    lora("lora_stabilised", "bert", r=3, lora_alpha=2, use_rslora=True, target_modules=["query", "key", "value", "attention.output.dense"])
    lora("lora_distilbert", "distilbert", r=2, lora_alpha=3, target_modules=["q_lin", "lin1", "lin2"])


if __name__ == "__main__":
    main()
