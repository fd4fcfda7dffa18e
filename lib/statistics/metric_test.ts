import { strict as assert } from "node:assert";
import { countTable, f1, pairedSentences, precision, ratio, recall, sumsOf } from "./metric.ts";
import { assertClose, toyA, toyB } from "./testdata/toy_counts.ts";

Deno.test("metric: F1 of the toy systems", () => {
  assertClose(f1(sumsOf(toyA)), .736842105263158, 1e-9);
  assertClose(f1(sumsOf(toyB)), .526315789473684, 1e-9);
});

const cases: [string, number[], { f1: number; precision: number; recall: number }][] = [
  ["plain", [6, 8, 12], { f1: .6, precision: .75, recall: .5 }],
  ["no entity, none predicted", [0, 0, 0], { f1: NaN, precision: NaN, recall: NaN }],
  ["no entity, some predicted", [0, 3, 0], { f1: 0, precision: 0, recall: NaN }],
  ["entities, none predicted", [0, 0, 3], { f1: 0, precision: NaN, recall: 0 }],
];
for (const [name, sums, expected] of cases) {
  Deno.test(`metric: ${name}`, () => {
    const of = Float64Array.from(sums);
    assert.deepEqual({ f1: f1(of), precision: precision(of), recall: recall(of) }, expected);
  });
}

Deno.test("metric: ratio is accuracy, or a mean", () => {
  assert.equal(ratio(sumsOf(countTable([[3, 4], [1, 4]]))), .5);
  assert.ok(Number.isNaN(ratio(new Float64Array(2))));
});

Deno.test("metric: tables that cannot be summed or paired", () => {
  assert.throws(() => countTable([[1, 2], [1]]), {
    name: "RangeError",
    message: "Cannot make a table of counts as rows must have one width: row 1 has 2, row 2 has 1",
  });
  assert.throws(() => countTable([[1, 2], [1, NaN]]), {
    message: "Cannot sum counts that are no numbers: statistic 2 of sentence 2 is NaN",
  });
  assert.throws(() => pairedSentences([toyA, countTable([[1, 1, 1]])]), {
    message: "Cannot pair systems as their test sets differ: " +
      "system 1 has 6 sentences, system 2 has 1",
  });
  assert.throws(() => pairedSentences([{ width: 3, values: new Float64Array(4) }]), {
    message: "Cannot read 4 counts as rows of width 3",
  });
});
