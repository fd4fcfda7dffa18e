"""Records scipy's and statsmodels' answers for lib/statistics.

Run: python scripts/references/significance.py tests/fixtures/statistics
Needs: numpy 2.4.6, scipy 1.17.1, statsmodels 0.15.0 (pip install numpy scipy statsmodels).
"""
import itertools
import json
import sys
import warnings
from pathlib import Path

import numpy as np
import scipy
import statsmodels
from scipy import stats
from scipy.stats._resampling import _bca_interval
from statsmodels.stats.multitest import multipletests

warnings.filterwarnings("ignore")
OUT = Path(sys.argv[1])
VERSIONS = {
    "numpy": np.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__,
}
rng = np.random.default_rng(20260)


def record(name, tolerance, **content):
    text = json.dumps({**VERSIONS, "tolerance": tolerance, **content}, default=lambda x: x.tolist())
    (OUT / f"{name}.json").write_text(text + "\n")


def f1(rows):
    tp, predicted, gold = rows.sum(0)
    return 2 * tp / (predicted + gold)


def counts(n):
    gold = rng.poisson(1.5, n)
    tp = rng.binomial(gold, 0.7)
    return np.stack([tp, tp + rng.poisson(0.4, n), gold], 1)


def distributions():
    z = [-12, -8.5, -6, -4.01, -4, -3, -1.96, -1e-3, 0, 0.3, 1, 2.5, 3.99, 4.5, 8]
    p = [1e-300, 1e-20, 1e-9, 1e-4, 0.0249, 0.05, 0.074, 0.076, 0.3, 0.5, 0.9, 0.975, 1 - 1e-9]
    t = [[x, v] for v in (1, 2, 3.7, 4, 9, 30, 551.5, 1e5) for x in (-40, -3, -0.8, 0, 0.01, 1.7, 6)]
    quantiles = [[x, v] for v in (1, 2, 3.7, 4, 9, 30, 1e5) for x in (1e-6, 0.025, 0.3, 0.5, 0.975)]
    record(
        "distributions", 1e-11,
        normalCdf=[[x, stats.norm.cdf(x)] for x in z],
        normalQuantile=[[x, stats.norm.ppf(x)] for x in p],
        studentCdf=[[x, v, stats.t.cdf(x, v)] for x, v in t],
        studentQuantile=[[x, v, stats.t.ppf(x, v)] for x, v in quantiles],
    )


def corrections():
    cases = [[1e-4, .01, .03, .04, .05, .2], [.01, .04, .03, .005], [.5], [1, 1], [.02, .02, .02],
             *(list(rng.random(n) ** 3) for n in (2, 7, 20, 40))]
    record("corrections", 1e-12, cases=[{
        "p": p,
        "holm": multipletests(p, method="holm")[1],
        "benjamini-hochberg": multipletests(p, method="fdr_bh")[1],
    } for p in cases])


def pairs():
    """Sign, Wilcoxon and t tests, effect sizes, randomization of pairs of scores."""
    cases = [([.70, .72, .74, .69, .71], [.68, .73, .70, .69, .66])]
    for n in (1, 2, 3, 5, 8, 12):
        cases.append((rng.normal(.1, 1, n), rng.normal(0, 1, n)))
    for n in (4, 6, 9, 11):  # tied sizes, tied pairs; eighths are exact in binary
        cases.append((rng.integers(0, 6, n) / 8, rng.integers(0, 6, n) / 8))
    recorded = []
    for a, b in cases:
        a, b = np.asarray(a), np.asarray(b)
        d = np.round(a - b, 12)
        kept = d[d != 0]
        wins = int((d > 0).sum())
        case = {"a": a, "b": b}
        every = {"permutation_type": "samples", "n_resamples": np.inf}
        if len(kept) >= 2:
            exact = stats.PermutationMethod(n_resamples=np.inf)
            case["wilcoxon"] = [stats.wilcoxon(kept, method=exact, alternative=x).pvalue
                                for x in ("two-sided", "greater")]
            case["positive"] = float(stats.rankdata(abs(kept))[kept > 0].sum())
            case["sign"] = [stats.binomtest(wins, len(kept), alternative=x).pvalue
                            for x in ("two-sided", "greater")]
        if len(kept) == len(d) == len(set(abs(d))):
            case["wilcoxonExact"] = stats.wilcoxon(a, b, method="exact").pvalue
        if len(a) > 1:
            test = stats.ttest_rel(a, b)
            interval = stats.t.interval(.95, len(a) - 1, a.mean(), stats.sem(a))
            case["t"] = [test.statistic, test.pvalue]
            case["tInterval"] = interval
            case["cohensD"] = (a.mean() - b.mean()) / np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / 2)
            case["randomization"] = [
                stats.permutation_test((a, b), lambda x, y: x.mean() - y.mean(), alternative=x,
                                       **every).pvalue for x in ("two-sided", "greater")]
        case["superiority"] = stats.mannwhitneyu(a, b).statistic / (len(a) * len(b))
        recorded.append(case)
    large = []
    for n, step in ((50, 0), (51, 0), (80, 1 / 4)):
        d = rng.normal(.2, 1, n)
        d = np.round(d / step) * step if step else d
        large.append({"d": d, "p": stats.wilcoxon(
            d, method="exact" if n <= 50 else "asymptotic", correction=False,
            zero_method="wilcox").pvalue})
    record("pairs", 1e-11, cases=recorded, largeWilcoxon=large)


def randomization():
    cases = []
    for n in (4, 7, 10):
        a, b = counts(n), counts(n)
        b[:, 2] = a[:, 2]
        rows = np.concatenate([a, b])
        p = [stats.permutation_test(
            (np.arange(n), np.arange(n, 2 * n)), lambda x, y: f1(rows[x]) - f1(rows[y]),
            permutation_type="samples", n_resamples=np.inf, vectorized=False, alternative=side,
        ).pvalue for side in ("two-sided", "greater")]
        cases.append({"a": a, "b": b, "twoSided": p[0], "better": p[1]})
    record("randomization", 1e-12, cases=cases)


def bca():
    cases = []
    for n in (8, 30, 120):
        rows = counts(n)
        data = (np.arange(n),)

        def statistic(indices, axis=-1):
            picked = rows[indices].sum(-2)
            return 2 * picked[..., 0] / (picked[..., 1] + picked[..., 2])

        result = stats.bootstrap(data, statistic, n_resamples=499, method="BCa", rng=rng, axis=-1)
        values = result.bootstrap_distribution
        low, high, acceleration = _bca_interval(data, statistic, -1, .025, values, None, np)
        cases.append({"counts": rows, "values": values, "shares": [low, high]})
    record("bca", 1e-10, cases=cases)


def violation(a, b):
    a, b = np.sort(a), np.sort(b)
    n, m = len(a), len(b)
    t = np.arange(n * m)  # the quantile functions are steps of 1/nm at most
    gap = a[t // m] - b[t // n]
    return .5 if not gap.any() else float((gap[gap < 0] ** 2).sum() / (gap ** 2).sum())


def aso():
    """Every ordered resample, with no multisets."""
    cases = []
    for n, m, step in ((1, 1, 0), (2, 3, 0), (4, 4, 0), (4, 3, 1 / 4), (3, 4, 1 / 2), (2, 2, 1)):
        a, b = rng.normal(.5, 1, n), rng.normal(0, 1, m)
        if step:
            a, b = np.round(a / step) * step, np.round(b / step) * step
        ratios = [violation(x, y) for x in itertools.product(a, repeat=n)
                  for y in itertools.product(b, repeat=m)]
        bound = violation(a, b) + stats.norm.ppf(.95) * np.std(ratios)
        cases.append({"a": a, "b": b, "violation": violation(a, b), "mean": np.mean(ratios),
                      "deviation": np.std(ratios), "epsilonMin": min(1, max(0, bound))})
    record("aso", 1e-12, cases=cases)


def trimmed():
    cases = [[rng.normal(0, 1, rng.integers(1, 6)) for _ in range(n)] for n in (1, 2, 5, 19)]
    record("trimmed", 1e-12, cases=[
        {"scores": x, "mean": stats.trim_mean(np.concatenate(x), .25)} for x in cases])


for each in (distributions, corrections, pairs, randomization, bca, aso, trimmed):
    each()
