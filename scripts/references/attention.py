"""Records how much of its attention every piece of tiny encoders puts on itself and on its word, in transformers.

Usage: python scripts/references/attention.py && deno fmt tests/fixtures  (torch 2.13.0, transformers 5.23.0)
To be run after encoders.py, whose encoders and sentences it reads. Writes tests/fixtures/attention/<family>.json: means
over heads for each layer, sentence and piece, in the order of a batch without padding.
"""

import json
import pathlib

import torch
import transformers

from encoders import FAMILIES, LENGTHS
from training_runs import model_of, read

FIXTURES = pathlib.Path(__file__).parents[2] / "tests/fixtures"
# The word of each piece: the first and the last are special where there are three or more.
WORDS = [0, 0, 1, 2, 2, 2, 3]


def words_of(length):
    return [0] * length if length < 3 else [-1, *WORDS[: length - 2], -1]


def shares_of(attentions, words):
    """[layers][pieces] of the diagonal, and of all pieces of the same word."""
    count = len(words)
    same = torch.tensor([[i == j or (words[i] >= 0 and words[i] == words[j]) for j in range(count)] for i in range(count)])
    return {
        "words": words,
        "onItself": [layer[0, :, :count, :count].diagonal(dim1=1, dim2=2).mean(0).tolist() for layer in attentions],
        "onItsWord": [(layer[0, :, :count, :count] * same).sum(2).mean(0).tolist() for layer in attentions],
    }


def main():
    (FIXTURES / "attention").mkdir(parents=True, exist_ok=True)
    for family, (class_name, _) in FAMILIES.items():
        reference = read(family)
        model = model_of(reference, class_name, "TokenClassification").eval()
        pad = reference["config"]["pad_token_id"]
        sentences = []
        for ids, length in zip(torch.tensor(reference["inputIds"]), LENGTHS):
            # With the padding that the whole batch has, which must change nothing.
            mask = (torch.arange(len(ids)) < length).long()[None]
            with torch.no_grad():
                output = model(input_ids=ids[None], attention_mask=mask, output_attentions=True)
            assert (ids[length:] == pad).all()
            sentences.append(shares_of(output.attentions, words_of(length)))
        recorded = {
            "recordedWith": {"torch": torch.__version__, "transformers": transformers.__version__},
            "tolerance": 1e-6,
            "encoder": family,
            "sentences": sentences,
        }
        (FIXTURES / f"attention/{family}.json").write_text(json.dumps(recorded) + "\n")


if __name__ == "__main__":
    main()
