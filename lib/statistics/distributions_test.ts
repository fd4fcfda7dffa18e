import { normalCdf, normalQuantile } from "./normal.ts";
import { studentCdf, studentQuantile } from "./student_t.ts";
import { strict as assert } from "node:assert";
import { assertClose } from "./testdata/toy_counts.ts";
import reference from "../../tests/fixtures/statistics/distributions.json" with { type: "json" };

const { tolerance } = reference;

Deno.test("normal: probabilities and quantiles are scipy's", () => {
  for (const [x, p] of reference.normalCdf) assertClose(normalCdf(x), p, tolerance, `Φ(${x})`);
  for (const [p, x] of reference.normalQuantile) {
    assertClose(normalQuantile(p), x, tolerance, `${p}`);
  }
  assertClose(normalQuantile(.95), 1.6448536269514722, 1e-14);
});

Deno.test("normal: tails keep their relative precision", () => {
  for (const [x, p] of reference.normalCdf) if (x <= -4) assertClose(normalCdf(x) / p, 1, 1e-10);
});

Deno.test("student: probabilities and quantiles are scipy's", () => {
  for (const [t, v, p] of reference.studentCdf) {
    assertClose(studentCdf(t, v), p, tolerance, `t ${t}, ${v} degrees`);
  }
  for (const [p, v, t] of reference.studentQuantile) {
    assertClose(studentQuantile(p, v), t, 1e-8, `p ${p}, ${v} degrees`);
  }
});

Deno.test("distributions: ends, and what is no probability", () => {
  assert.deepEqual([0, 1, -.1, 1.1, NaN].map(normalQuantile), [-Infinity, Infinity, NaN, NaN, NaN]);
  assert.deepEqual([-Infinity, Infinity, NaN].map(normalCdf), [0, 1, NaN]);
  assert.deepEqual([-Infinity, Infinity, NaN].map((t) => studentCdf(t, 3)), [0, 1, NaN]);
  assert.deepEqual([0, 1, .5, 2].map((p) => studentQuantile(p, 3)), [-Infinity, Infinity, 0, NaN]);
  assert.deepEqual([studentCdf(1, 0), studentQuantile(.9, 0)], [NaN, NaN]);
});
