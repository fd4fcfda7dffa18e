"""Records seqeval's scores of random tag sequences, well-formed and not, for lib/metrics.

Run: python scripts/references/seqeval_scores.py > tests/fixtures/seqeval/scores.json
Needs: seqeval 1.2.2 (pip install seqeval).
"""
import json
import random
import warnings
from importlib.metadata import version

from seqeval.metrics import f1_score, precision_score, recall_score
from seqeval.scheme import IOB2

warnings.filterwarnings("ignore")
random.seed(20221)
TAGS = ["O", "O", "O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]


def sentence(length):
    return [random.choice(TAGS) for _ in range(length)]


cases = []
for case in range(40):
    gold = [sentence(random.randint(1, 9)) for _ in range(random.randint(1, 12))]
    keep = random.random()
    predicted = [[t if random.random() < keep else random.choice(TAGS) for t in s] for s in gold]
    if case == 0:
        predicted = [["O"] * len(s) for s in gold]
    if case == 1:
        gold = [["O"] * len(s) for s in predicted]
    scores = {}
    for mode, options in (("default", {}), ("strict", {"mode": "strict", "scheme": IOB2})):
        for average in ("micro", "macro"):
            scores[f"{mode}.{average}"] = [
                float(score(gold, predicted, average=average, zero_division=0, **options))
                for score in (precision_score, recall_score, f1_score)
            ]
    cases.append({"gold": gold, "predicted": predicted, "scores": scores})
print(json.dumps({"seqeval": version("seqeval"), "tolerance": 1e-12, "cases": cases}))
