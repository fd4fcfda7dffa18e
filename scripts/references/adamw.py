"""Records 60 steps of PyTorch's AdamW with decay groups, clipping, warm-up and linear decay.

Run: python scripts/references/adamw.py > tests/fixtures/adamw/steps.json
Needs: torch 2.13.0 (CPU), transformers.
"""
import json

import torch
import transformers
from transformers import get_linear_schedule_with_warmup

torch.manual_seed(7)
STEPS = 60
shapes = {"a.weight": (5, 7), "a.bias": (5,), "LayerNorm.weight": (3,)}
start = {name: torch.randn(*shape) for name, shape in shapes.items()}
params = {name: torch.nn.Parameter(value.clone()) for name, value in start.items()}
decays = [p for n, p in params.items() if n == "a.weight"]
others = [p for n, p in params.items() if n != "a.weight"]
optimizer = torch.optim.AdamW(
    [{"params": decays, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}],
    lr=2e-2, betas=(0.9, 0.98), eps=1e-8,
)
schedule = get_linear_schedule_with_warmup(optimizer, 6, STEPS)
gradients, norms, rates = [], [], []
for step in range(STEPS):
    for p in params.values():
        # Every third step is small enough not to be clipped.
        p.grad = torch.randn_like(p) * (0.05 if step % 3 == 0 else 2.0)
    gradients.append({n: p.grad.flatten().tolist() for n, p in params.items()})
    norms.append(float(torch.nn.utils.clip_grad_norm_(params.values(), 1.0)))
    rates.append(schedule.get_last_lr()[0])
    optimizer.step()
    schedule.step()
print(json.dumps({
    "torch": torch.__version__, "transformers": transformers.__version__, "tolerance": 1e-6,
    "peak": 2e-2, "warmupShare": 0.1, "weightDecay": 0.1, "beta1": 0.9, "beta2": 0.98, "eps": 1e-8,
    "clipNorm": 1.0, "shapes": shapes,
    "start": {n: v.flatten().tolist() for n, v in start.items()},
    "gradients": gradients, "norms": norms, "rates": rates,
    "end": {n: p.detach().flatten().tolist() for n, p in params.items()},
}))
