"""Records 20 steps of PyTorch's AdamW with a rate per layer and a frozen parameter.

Run: python scripts/references/layer_rates.py > tests/fixtures/layer_rates/steps.json
Needs: torch 2.13.0 (CPU).
"""
import json

import torch

torch.manual_seed(11)
STEPS, PEAK, DECAY = 20, 2e-2, 0.8
# Name -> shape, factor of the learning rate (the head learns at the full rate), weight decay.
specs = {
    "roberta.embeddings.word_embeddings.weight": ((4, 3), DECAY**3, 0.1),
    "roberta.encoder.layer.0.output.dense.weight": ((3, 3), DECAY**2, 0.1),
    "roberta.encoder.layer.0.output.dense.bias": ((3,), 0, 0.0),
    "roberta.encoder.layer.1.output.dense.weight": ((3, 3), DECAY, 0.1),
    "roberta.encoder.layer.1.output.LayerNorm.bias": ((3,), DECAY, 0.0),
    "classifier.weight": ((2, 3), 1, 0.1),
}
frozen = "roberta.encoder.layer.0.output.dense.bias"
params = {name: torch.nn.Parameter(torch.randn(*shape)) for name, (shape, _, _) in specs.items()}
params[frozen].requires_grad_(False)
start = {n: p.detach().flatten().tolist() for n, p in params.items()}
trained = {n: p for n, p in params.items() if n != frozen}
optimizer = torch.optim.AdamW(
    [
        {"params": [p], "lr": PEAK * specs[n][1], "weight_decay": specs[n][2]}
        for n, p in trained.items()
    ],
    betas=(0.9, 0.98), eps=1e-8,
)
gradients, norms = [], []
for _ in range(STEPS):
    for p in trained.values():
        p.grad = torch.randn_like(p)
    gradients.append({n: p.grad.flatten().tolist() for n, p in trained.items()})
    norms.append(float(torch.nn.utils.clip_grad_norm_(trained.values(), 1.0)))
    optimizer.step()
print(json.dumps({
    "torch": torch.__version__, "tolerance": 1e-6, "peak": PEAK, "layerDecay": DECAY,
    "frozen": [frozen], "weightDecay": 0.1, "beta1": 0.9, "beta2": 0.98, "eps": 1e-8,
    "clipNorm": 1.0,
    "parameters": [
        {"name": n, "shape": shape, "decay": n.endswith("weight")} for n, (shape, _, decay) in specs.items()
    ],
    "start": start, "gradients": gradients, "norms": norms,
    "end": {n: p.detach().flatten().tolist() for n, p in params.items()},
}))
