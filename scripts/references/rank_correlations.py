"""Records scipy's rank correlations and their p-values, and scikit-learn's rule for NDCG with ties.

Run: python scripts/references/rank_correlations.py
Needs: scipy 1.17.1, numpy.
"""
import itertools
import json
from pathlib import Path

import numpy as np
import scipy
from scipy import stats

FIXTURE = Path(__file__).parents[2] / "tests/fixtures/statistics/rank_correlations.json"

random = np.random.default_rng(7)
CASES = [
    ("scipy's example of spearmanr", [1, 2, 3, 4, 5], [5, 6, 7, 8, 7]),
    ("scipy's example of kendalltau", [12, 2, 1, 12, 2], [1, 4, 7, 1, 0]),
    ("two pairs", [1, 2], [3, 5]),
    ("three pairs, reversed", [1, 2, 3], [9, 5, 1]),
    ("four pairs in one order", [1, 2, 3, 4], [1, 10, 100, 1000]),
    ("ties in both", [1, 1, 2, 2, 3, 3], [2, 1, 2, 3, 3, 3]),
    ("all but one tied", [0, 0, 0, 0, 1], [3, 1, 4, 1, 5]),
    ("no ties, 12", random.permutation(12).tolist(), random.permutation(12).tolist()),
    ("no ties, 33", random.permutation(33).tolist(), random.permutation(33).tolist()),
    ("no ties, 34", random.permutation(34).tolist(), random.permutation(34).tolist()),
    ("no ties, 60", random.normal(size=60).tolist(), random.normal(size=60).tolist()),
    ("many ties, 41", random.integers(0, 3, 41).tolist(), random.permutation(41).tolist()),
]


def ndcg(relevance, scores, k):
    """The mean over all orders of what the scores tie: by enumeration."""
    gain = np.array([2.0**r - 1 for r in relevance])
    discount = 1 / np.log2(np.arange(2, len(gain) + 2))
    discount[k:] = 0
    groups = [list(g) for _, g in itertools.groupby(
        sorted(range(len(scores)), key=lambda i: -scores[i]), key=lambda i: scores[i])]
    orders = itertools.product(*[itertools.permutations(g) for g in groups])
    found = [sum(gain[i] * d for i, d in zip(itertools.chain(*order), discount)) for order in orders]
    return float(np.mean(found) / np.sum(np.sort(gain)[::-1] * discount))


RANKED = [
    ("in order", [10, 9, 8, 7, 6], [5, 4, 3, 2, 1]),
    ("reversed", [10, 9, 8, 7, 6], [1, 2, 3, 4, 5]),
    ("all tied", [10, 9, 8, 7, 6], [0, 0, 0, 0, 0]),
    ("tied over the third place", [10, 9.5, 9.5, 0, 3, 2], [3, 1, 1, 1, 2, 0]),
    ("only two", [10, 9], [1, 2]),
]

FIXTURE.write_text(json.dumps({
    "versions": {"scipy": scipy.__version__, "numpy": np.__version__},
    "tolerance": 1e-12,
    "cases": [
        {
            "name": name,
            "a": a,
            "b": b,
            "spearman": [float(x) for x in stats.spearmanr(a, b)] if len(a) > 2 else [1.0, None],
            "kendall": [float(x) for x in stats.kendalltau(a, b)],
            "ranks": stats.rankdata(a).tolist(),
        }
        for name, a, b in CASES
    ],
    "ndcg": [
        {"name": name, "relevance": r, "scores": s, "at3": ndcg(r, s, 3)} for name, r, s in RANKED
    ],
}, indent=1) + "\n")
