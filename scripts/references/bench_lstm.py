"""Times torch.nn.LSTM on one thread for scripts/bench_lstm.ts.

Arguments: width, lengths as JSON, repetitions. Prints least and median processor time in ms, padded and packed.
"""

import json
import sys
import time

import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

width, lengths, repetitions = int(sys.argv[1]), json.loads(sys.argv[2]), int(sys.argv[3])
torch.set_num_threads(1)
torch.set_flush_denormal(True)
module = torch.nn.LSTM(width, width, 1, bidirectional=True)
longest = max(lengths)
x = torch.randn(longest, len(lengths), width, requires_grad=True)
cotangent = torch.randn(longest, len(lengths), 2 * width)
sizes = torch.tensor(lengths)


def padded():
    return module(x)[0]


def packed():
    outputs, _ = module(pack_padded_sequence(x, sizes, enforce_sorted=False))
    return pad_packed_sequence(outputs, total_length=longest)[0]


def times(run):
    found = []
    for _ in range(repetitions):
        start = time.process_time()
        run().backward(cotangent)
        found.append(1000 * (time.process_time() - start))
    found.sort()
    return [found[0], found[repetitions // 2]]


print(json.dumps({"padded": times(padded), "packed": times(packed)}))
