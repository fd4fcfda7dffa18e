import { strict as assert } from "node:assert";
import type { RowResult } from "./comparison.ts";
import {
  comparisonSection,
  memorySection,
  partsSection,
  profileSection,
  reportMarkdown,
  sectionText,
} from "./report.ts";
import { rows } from "./rows.ts";

const mib = 2 ** 20;

const result: RowResult = {
  row: rows.find(({ name }) => name === "wikiann-768")!,
  ours: { tokensPerSecond: 1234.4, peakBytes: 600 * mib },
  torch: { tokensPerSecond: 411.5, peakBytes: 800 * mib },
  ratio: { median: 3, least: 2.75, greatest: 3.125 },
  bfloat16Ratio: { median: 2.5, least: 2, greatest: 2.75 },
  tokens: 400,
  rows: 500,
  achieved: 150e9,
  products: 200e9,
  stepMs: 200,
  parts: { runtime: 160, optimizer: 30, batch: 1, masks: 2, feeds: 3, rows: 3 },
  attention: "sdpa",
  lossDifference: 1.3e-6,
  versions: { python: "3.11", torch: "2.13.0", transformers: "5.23.0" },
};

Deno.test("the comparison names ratios first, and what they are of", () => {
  const { columns, rows: lines, notes } = comparisonSection([result]);
  assert.deepEqual(lines.map((line) => line.map((cell, i) => `${columns[i]}: ${cell}`)), [[
    "row: wikiann-768",
    "tokens/s ÷ PyTorch's: 3.00",
    "least … greatest: 2.75 … 3.13",
    "÷ PyTorch's in bfloat16: 2.50",
    "peak memory ÷ PyTorch's: 0.75",
    "tokens/s: 1234",
    "PyTorch: 412",
    "peak MiB: 600",
    "PyTorch's: 800",
    "products, GFLOP/s: 150",
    "plain Gemm: 200",
    "share: 75 %",
  ]]);
  assert.equal(
    notes.at(-1),
    "wikiann-768: 6 × 768, vocabulary 119,547; 32 WikiANN sentences in random order; 400 tokens a " +
      "step; 20 % of our rows are padding; PyTorch with sdpa attention; from equal weights without " +
      "dropout, the losses of 5 steps differ by at most 1.3e-6.",
  );
});

Deno.test("overhead is what is neither runtime nor optimizer, listed or not", () => {
  assert.equal(
    sectionText({ ...partsSection([result]), notes: [] }).trimEnd(),
    `Our step by parts

row          step, ms  runtime  optimizer  batch  masks  feeds   rows  overhead
───────────  ────────  ───────  ─────────  ─────  ─────  ─────  ─────  ────────
wikiann-768     200.0   80.0 %     15.0 %  0.5 %  1.0 %  1.5 %  1.5 %     5.0 %`,
  );
});

Deno.test("a profile has twelve operators at most, and the time of all", () => {
  const times = Array.from({ length: 20 }, (_, i) => ({
    opType: `Op${i}`,
    ms: 5,
    share: 0.05,
    count: 2,
  }));
  const section = profileSection("small", times);
  assert.equal(section.rows.length, 12);
  assert.deepEqual(section.rows[11], ["Op11", "5.0 %", "5.0", "2"]);
  assert.match(section.notes[0], /^All kernels take 100 ms a step/);
});

Deno.test("the document has the command, the facts and every section", () => {
  const sections = [memorySection([
    { steps: 500, residentBytes: 100 * mib },
    { steps: 1000, residentBytes: 102 * mib },
    { steps: 1500, residentBytes: 102.5 * mib },
  ])];
  const command = "deno task bench:train --memory-steps 5000";
  assert.equal(
    reportMarkdown({
      title: "Training on a CPU",
      command,
      facts: ["2026-01-02", "a machine"],
      sections,
    }),
    `# Training on a CPU

Printed by \`deno task bench:train --memory-steps 5000\`. Ratios compare within this run only.

- 2026-01-02
- a machine

## Memory of a long training

| steps | resident MiB |
| --- | --- |
| 500 | 100.0 |
| 1000 | 102.0 |
| 1500 | 102.5 |

- 2 layers × 64, sentences of 3 to 60 pieces: at the end, 2.5 MiB more than at step 500, and 0.5 MiB more than at step 1000.
`,
  );
});
