import { strict as assert } from "node:assert";
import { stages as registry } from "../pipeline/testdata/registry.ts";
import { makePlan } from "./plan.ts";

/** Stages, and what is warned of, each with its line and column. `p` has the params a and b. */
const warned: [about: string, stages: string, expected: string[]][] = [
  ["nothing", "s: { use: write, with: { text: $a, sleepMs: $b } }", []],
  [
    "an unused param, where it is and where it is overridden",
    "s: { use: write, with: { text: $a } }",
    [
      '2:18 Param "b" is not used by any stage',
      '3:20 Profile "big" overrides "b", which no stage uses',
    ],
  ],
  [
    "an unused axis",
    "s: { use: write, matrix: { x: [1, 2], y: [1, 2] }, with: { text: $a, sleepMs: $x, copies: $b } }",
    [
      '5:41 Axis "y" changes nothing: stage "s" does the same for each value',
    ],
  ],
  [
    "an axis of one value, which labels rows",
    "s: { use: write, matrix: { x: [1, 2], way: [own] }, with: { text: $a, sleepMs: $x, copies: $b } }",
    [],
  ],
  [
    "an axis that inputs share, one that filters, and one that resources use",
    "s: { use: write, matrix: { x: [1, 2] }, with: { text: $a, sleepMs: $x, copies: $b } }\n" +
    "  t: { use: concat, matrix: { x: [1, 2], c: [1, 2] }, inputs: { texts: s }, resources: { cores: $c } }\n" +
    "  u: { use: concat, matrix: { z: [1, 2] }, inputs: { texts: { stage: s, where: { x: $z } } } }",
    [],
  ],
  [
    "axes that tables cannot show: a column has the name, or another axis but for its case",
    "s: { use: write, matrix: { LINE: [p, q], x: [1, 2] }, with: { text: $LINE, sleepMs: $x, copies: $b } }\n" +
    "  t: { use: write, matrix: { X: [1, 2], language: [1, 2] }, with: { text: $a, sleepMs: $X, copies: $language } }",
    [
      '5:30 Axis "LINE" is not in table "lines", which has a column of that name',
      '6:30 Axis "X" is the same as "x" in tables: SQL ignores case',
    ],
  ],
  [
    "an exclude that leaves nothing out",
    "s: { use: write, matrix: { x: [1, 2], exclude: [{ x: 3 }] }, with: { text: $a, sleepMs: $x, copies: $b } }",
    ["5:51 This exclude matches no instance"],
  ],
];

for (const [about, stages, expected] of warned) {
  Deno.test(`warnings: ${about}`, async () => {
    const file = await Deno.makeTempFile({ suffix: ".yaml" });
    await Deno.writeTextFile(
      file,
      `name: p\nparams: { a: 1x, b: 1 }\nprofiles: { big: { b: 2 } }\nstages:\n  ${stages}\n`,
    );
    const { warnings } = await makePlan({ file }, registry);
    await Deno.remove(file);
    assert.deepEqual(
      warnings.map(({ message, range }) => `${range?.line}:${range?.column} ${message}`),
      expected,
    );
  });
}
