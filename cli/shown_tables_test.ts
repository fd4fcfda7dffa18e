import { strict as assert } from "node:assert";
import type { ComparisonRow } from "../lib/table/schemas/comparisons.ts";
import type { IntervalRow } from "../lib/table/schemas/intervals.ts";
import { formatClaims } from "./claims_text.ts";
import {
  comparisonTables,
  intervalTables,
  signed,
  starsOf,
} from "../lib/report/interval_matrices.ts";
import { transferTables } from "../lib/report/transfer_matrix.ts";
import type { TransferRow } from "../lib/table/schemas/transfer.ts";
import { shownText } from "./headline.ts";

Deno.test("headlines: stars and signs", () => {
  assert.deepEqual([.2, .05, .01, .001, null].map(starsOf), ["", "*", "**", "***", ""]);
  assert.deepEqual([4.71, -1.24, -0.04, 0].map((each) => signed(each)), [
    "+4.7",
    "−1.2",
    "0.0",
    "0.0",
  ]);
});

const shared = { split: "test", metric: "f1", of: "micro", confidence: .95, corpus: "c" };

Deno.test("headlines: intervals as a matrix, the mean last, and what is undefined", () => {
  const row = (language: string | null, value: number | null) =>
    ({
      ...shared,
      model: "encoder",
      axes: '{"source":"eng"}',
      language,
      over: language === null ? "mean" : "sentences",
      seeds: 3,
      value,
      low: value && value - 1,
      high: value && value + 2,
    }) as IntervalRow;
  assert.deepEqual(
    shownText(intervalTables([row(null, 50), row("swa", 50), row("amh", null)])).split("\n"),
    [
      "f1 of micro on the test split, %, with 95 % intervals over sentences and 3 seeds",
      "",
      "system ↓ target →                 swa  amh               mean",
      "──────────────────  ─────────────────  ───  ─────────────────",
      "encoder source=eng  50.0 [49.0, 52.0]    –  50.0 [49.0, 52.0]",
    ],
  );
});

Deno.test("headlines: a model's language that is the target again is no system of its own", () => {
  const row = (language: string | null, regime: string, own?: string) =>
    ({
      ...shared,
      model: "encoder",
      axes: JSON.stringify({ regime, ...own && { language: own } }),
      language,
      seeds: 1,
      value: 50,
      low: 49,
      high: 51,
    }) as IntervalRow;
  const alone = [row("swa", "alone", "swa"), row("amh", "alone", "amh"), row(null, "alone")];
  const labels = (rows: IntervalRow[]) =>
    intervalTables(rows)[0].matrices[0].rows.map(([label]) => label);
  assert.deepEqual(labels([...alone, row("swa", "all"), row(null, "all")]), [
    "encoder regime=alone",
    "encoder regime=all",
  ]);
  assert.deepEqual(labels([...alone, row("swa", "alone", "amh")]), [
    "encoder language=swa",
    "encoder language=amh",
    "encoder",
  ]);
});

Deno.test("headlines: comparisons with stars, and the correction named", () => {
  const row = {
    ...shared,
    modelA: "encoder",
    axesA: "{}",
    modelB: "memorizer",
    axesB: "{}",
    language: "swa",
    difference: 4.71,
    low: 2.9,
    high: 6.5,
    holm: .004,
    tests: 9,
  } as ComparisonRow;
  const text = shownText(comparisonTables([row]));
  assert.ok(text.includes("encoder − memorizer  +4.7 [+2.9, +6.5]**"), text);
  assert.ok(text.endsWith(
    "* p ≤ .05, ** p ≤ .01, *** p ≤ .001 after Holm's correction for 9 tests; the mean is a test of its own",
  ));
});

Deno.test("headlines: claims are counted by verdict", () => {
  const text = formatClaims([{
    id: "beats",
    says: "it is better",
    source: "table 1",
    verdict: "undecided",
    effect: 1,
    low: -1,
    high: 3,
    confirmed: "low > 0",
    refuted: "high < 0",
    query: "",
  }]);
  assert.ok(text.startsWith(
    "Claims of the sources, held against these results: 0 confirmed, 0 refuted, 1 undecided",
  ));
  assert.match(text, /undecided {2}beats +1 +\[-1, 3\] {2}it is better \(table 1\)$/);
});

const pair: Omit<TransferRow, "metric" | "of"> = {
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
    const [first, , model, , , last] = shownText(transferTables([{ ...pair, metric, of }])).split(
      "\n",
    );
    assert.equal(first, title);
    assert.equal(model, "encoder");
    assert.match(last, /^eng +61\.3 +61\.3$/);
  });
}

Deno.test("scores of two metrics are matrices of their own", () => {
  const text = shownText(transferTables([
    { ...pair, metric: "f1", of: "micro" },
    { ...pair, metric: "accuracy", of: "micro", mean: 90 },
  ]));
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
