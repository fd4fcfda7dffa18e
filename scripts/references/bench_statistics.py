"""Times numpy, in seconds of a core, on what scripts/bench_statistics.ts times, and prints them as JSON.

Run: python scripts/references/bench_statistics.py SYSTEMS SENTENCES RESAMPLES WORDS
"""
import json
import sys
import time

import numpy as np

systems, sentences, resamples, words = map(int, sys.argv[1:5])
random = np.random.default_rng(1)
counts = random.integers(0, 5, size=(sentences, systems * 3)).astype(np.float64)


def timed(work):
    start = time.process_time()
    work()
    return time.process_time() - start


def f1_of(sums):
    sums = sums.reshape(resamples, systems, 3)
    return 2 * sums[..., 0] / (sums[..., 1] + sums[..., 2])


def by_product():
    draws = random.integers(0, sentences, size=(resamples, sentences))
    times = np.empty((resamples, sentences))
    for r in range(resamples):
        times[r] = np.bincount(draws[r], minlength=sentences)
    f1_of(times @ counts)


def by_index():
    sums = np.empty((resamples, systems * 3))
    for r in range(resamples):
        sums[r] = counts[random.integers(0, sentences, size=sentences)].sum(axis=0)
    f1_of(sums)


# Tags as numbers: 0 is O, odd B-, even I- of the same type. Sentences of 20 words.
gold = np.where(random.random(words) < .15, random.integers(1, 7, size=words), 0)
predicted = np.where(random.random(words) < .15, random.integers(1, 7, size=words), 0)
gold, predicted = (each.reshape(-1, 20) for each in (gold, predicted))


def spans(tags, strict):
    """Starts, ends and types of entities, one row a sentence."""
    kind = (tags + 1) // 2
    before = np.pad(kind, ((0, 0), (1, 0)))[:, :-1]
    begins = (kind > 0) & ((tags % 2 == 1) | ((kind != before) & (not strict)))
    after_begins = np.pad(begins, ((0, 0), (0, 1)))[:, 1:]
    after = np.pad(kind, ((0, 0), (0, 1)))[:, 1:]
    ends = (kind > 0) & (after_begins | (after != kind))
    return begins, ends, kind


def count():
    for strict in (False, True):
        of = [spans(tags, strict) for tags in (gold, predicted)]
        for kind in (1, 2, 3):
            starts = [begins & (kinds == kind) for begins, _, kinds in of]
            both = starts[0] & starts[1]
            # An entity is right where both begin, and both end at the same word.
            lengths = []
            for _, ends, _ in of:
                places = np.where(ends, np.arange(20), 99)
                lengths.append(np.minimum.accumulate(places[:, ::-1], axis=1)[:, ::-1])
            right = both & (lengths[0] == lengths[1])
            right.sum(axis=1), starts[0].sum(axis=1), starts[1].sum(axis=1)


print(json.dumps({
    "resamples": min(timed(by_product), timed(by_index)),
    "counts": timed(count),
}))
