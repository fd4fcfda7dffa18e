import { strict as assert } from "node:assert";
import { signTest } from "./signs.ts";
import { recordedPairs, tolerance } from "./testdata/recorded_pairs.ts";
import { assertClose } from "./testdata/toy_counts.ts";

Deno.test("sign test: scipy's answers", () => {
  for (const { a, b, sign } of recordedPairs) {
    if (!sign) continue;
    const { p, pBetter } = signTest(a, b);
    assertClose(p, sign[0], tolerance);
    assertClose(pBetter, sign[1], tolerance);
  }
});

const cases: [string, number[], number[], [number, number, number, number], number, number][] = [
  [
    "nine of ten",
    [1, 1, 1, 1, 1, 1, 1, 1, 1, 0],
    Array(10).fill(.5),
    [9, 1, 0, 0],
    22 / 1024,
    11 / 1024,
  ],
  ["ties say nothing", [1, 1, 1, 0], [0, 0, 1, 0], [2, 0, 2, 0], .5, .25],
  ["a tie but for rounding", [.3, 1], [.1 + .2, 0], [1, 0, 1, 0], 1, .5],
  ["as many wins as losses", [1, 0], [0, 1], [1, 1, 0, 0], 1, .75],
  ["identical systems", [1, 2], [1, 2], [0, 0, 2, 0], 1, 1],
  ["a score is NaN", [1, NaN, 2], [0, 1, NaN], [1, 0, 0, 2], 1, .5],
  ["no languages", [], [], [0, 0, 0, 0], 1, 1],
];
for (const [name, a, b, counts, p, pBetter] of cases) {
  Deno.test(`sign test: ${name}`, () => {
    const found = signTest(a, b);
    const { wins, losses, ties, undefinedPairs } = found;
    assert.deepEqual([wins, losses, ties, undefinedPairs], counts);
    assertClose(found.p, p, 1e-12);
    assertClose(found.pBetter, pBetter, 1e-12);
  });
}

Deno.test("sign test: two thousand pairs do not underflow", () => {
  const signs = Array.from({ length: 2000 }, (_, i) => i < 1060 ? 1 : -1);
  // scipy.stats.binomtest(1060, 2000).pvalue
  assertClose(signTest(signs, signs.map(() => 0)).p, .007777118901978743, 1e-12);
});

Deno.test("sign test: scores that are no pairs", () => {
  assert.throws(() => signTest([1], [1, 2]), { message: "Cannot pair 1 scores with 2" });
});
