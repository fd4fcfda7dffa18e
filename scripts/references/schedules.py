"""Records the learning rates of transformers' schedules with warm-up.

Run: python scripts/references/schedules.py > tests/fixtures/schedules/rates.json
Needs: torch 2.13.0 (CPU), transformers.
"""
import json

import torch
import transformers
from transformers import get_scheduler

PEAK, STEPS = 3e-4, 40
runs = []
for schedule, name in [
    ("linear", "linear"), ("cosine", "cosine"), ("constant", "constant_with_warmup"),
]:
    for warmup in [0, 1, 10, STEPS]:
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=PEAK)
        scheduler = get_scheduler(name, optimizer, warmup, STEPS)
        rates = []
        for _ in range(STEPS):
            rates.append(scheduler.get_last_lr()[0])
            optimizer.step()
            scheduler.step()
        runs.append({"schedule": schedule, "warmupShare": warmup / STEPS, "rates": rates})
print(json.dumps({
    "torch": torch.__version__, "transformers": transformers.__version__, "tolerance": 1e-12,
    "peak": PEAK, "totalSteps": STEPS, "runs": runs,
}))
