import { strict as assert } from "node:assert";
import { scoreMasked } from "./masked_scores.ts";

Deno.test("accuracy and perplexity are of all pieces, not means over sentences", () => {
  const { scores, counts } = scoreMasked([
    { gold: ["a", "b", "c"], predicted: ["a", "x", "c"], losses: [1, 2, 3] },
    { gold: ["d"], predicted: ["x"], losses: [6] },
    { gold: [], predicted: [], losses: [] },
  ]);
  assert.deepEqual(scores, [
    { metric: "accuracy", of: "micro", value: 50, support: 4 },
    { metric: "perplexity", of: "micro", value: Math.exp(3), support: 4 },
  ]);
  assert.deepEqual(counts, [
    [{ counting: "pieces", of: "micro", gold: 3, predicted: 3, correct: 2 }],
    [{ counting: "pieces", of: "micro", gold: 1, predicted: 1, correct: 0 }],
    [{ counting: "pieces", of: "micro", gold: 0, predicted: 0, correct: 0 }],
  ]);
});

Deno.test("what has no losses has no perplexity, and nothing asked is nothing right", () => {
  assert.deepEqual(scoreMasked([{ gold: ["a"], predicted: ["a"], losses: [null] }]).scores, [
    { metric: "accuracy", of: "micro", value: 100, support: 1 },
  ]);
  assert.deepEqual(scoreMasked([]).scores, [
    { metric: "accuracy", of: "micro", value: 0, support: 0 },
  ]);
});
