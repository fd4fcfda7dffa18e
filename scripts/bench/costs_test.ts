import { strict as assert } from "node:assert";
import { costs, costsSection, summarize, type Taken } from "./costs.ts";

const taken = (wallMs: number, cpuMs = 2 * wallMs): ReadonlyMap<string, Taken> =>
  new Map([["tokenizer", { wallMs, cpuMs }]]);

Deno.test("sides compare within rounds, and times are medians", () => {
  const result = summarize(costs[0], [
    { ours: taken(100), python: taken(400) },
    { ours: taken(300), python: taken(200) },
    { ours: taken(200), python: taken(400) },
  ]);
  assert.deepEqual(result.ratio, { median: 0.5, least: 0.25, greatest: 1.5 });
  assert.deepEqual(result.ours, { wallMs: 200, cpuMs: 400 });
  assert.deepEqual(result.python, { wallMs: 400, cpuMs: 800 });
  const { columns, rows } = costsSection([result], "an-encoder");
  assert.deepEqual(rows[0].map((cell, i) => `${columns[i]}: ${cell}`), [
    "cost: read tokenizer.json",
    "time ÷ Python's: 0.50",
    "least … greatest: 0.25 … 1.50",
    "s: 0.20",
    "Python, s: 0.40",
    "processor s: 0.40",
    "Python's: 0.80",
  ]);
});
