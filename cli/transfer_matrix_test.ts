import { strict as assert } from "node:assert";
import type { TransferRow } from "../lib/table/schemas/transfer.ts";
import { formatTransferMatrix } from "./transfer_matrix.ts";

const row: Omit<TransferRow, "metric" | "of"> = {
  model: "encoder",
  source: "eng",
  target: "swa",
  seeds: 1,
  mean: 61.25,
  std: null,
  gap: null,
};

for (
  const [metric, of, title] of [
    ["f1", "micro", "Micro F1 of entity spans on the test split, %"],
    ["accuracy", "micro", "Accuracy on the test split, %"],
    ["precision", "PER", "precision of PER on the test split, %"],
    ["perplexity", "micro", "Perplexity of masked pieces on the test split"],
    ["loss", "micro", "loss of micro on the test split, nats"],
    ["lost", "micro", "lost of micro on the test split"],
  ]
) {
  Deno.test(`a matrix of ${metric} of ${of} says its unit`, () => {
    const [first, , model, , , last] = formatTransferMatrix([{ ...row, metric, of }]).split("\n");
    assert.equal(first, title);
    assert.equal(model, "encoder");
    assert.match(last, /^eng +61\.3 +61\.3$/);
  });
}

Deno.test("scores of two metrics are matrices of their own", () => {
  const text = formatTransferMatrix([
    { ...row, metric: "f1", of: "micro" },
    { ...row, metric: "accuracy", of: "micro", mean: 90 },
  ]);
  const lines = text.split("\n");
  assert.deepEqual(lines.filter((line) => /%$/.test(line)), [
    "Micro F1 of entity spans on the test split, %",
    "Accuracy on the test split, %",
  ]);
  assert.deepEqual(lines.filter((line) => line.startsWith("eng")).map((line) => line.slice(-4)), [
    "61.3",
    "90.0",
  ]);
});
