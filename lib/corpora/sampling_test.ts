import { strict as assert } from "node:assert";
import { limitSentences } from "./sampling.ts";

const all = Array.from({ length: 100 }, (_, i) => i);
const key = { corpus: "c", language: "l", split: "train", seed: 1 };

Deno.test("a limit takes different sentences in the order of the corpus", () => {
  const taken = limitSentences(all, 10, key);
  assert.equal(new Set(taken).size, 10);
  assert.deepEqual(taken, taken.toSorted((a, b) => a - b));
  assert.deepEqual(limitSentences(all, 10, key), taken);
});

Deno.test("draws of one key are nested", () => {
  for (let n = 1; n < 100; n++) {
    const larger = new Set(limitSentences(all, n + 1, key));
    assert.ok(limitSentences(all, n, key).every((i) => larger.has(i)));
  }
});

Deno.test("another seed, split, language or corpus gives another draw", () => {
  const taken = limitSentences(all, 10, key);
  for (const other of [{ seed: 2 }, { split: "test" }, { language: "m" }, { corpus: "d" }]) {
    assert.notDeepEqual(limitSentences(all, 10, { ...key, ...other }), taken);
  }
});

Deno.test("no limit, or one beyond the end, takes everything; 0 takes nothing", () => {
  assert.deepEqual(limitSentences(all, undefined, key), all);
  assert.deepEqual(limitSentences(all, 100, key), all);
  assert.deepEqual(limitSentences(all, 101, key), all);
  assert.deepEqual(limitSentences(all, 0, key), []);
  assert.throws(() => limitSentences(all, -1, key), RangeError);
  assert.throws(() => limitSentences(all, 1.5, key), RangeError);
});

Deno.test("every sentence is as likely as any other", () => {
  const counts = new Array<number>(10).fill(0);
  for (let seed = 0; seed < 2000; seed++) {
    for (const i of limitSentences(all.slice(0, 10), 3, { ...key, seed })) counts[i]++;
  }
  // Each count is binomial(2000, 0.3): mean 600, standard deviation 20.5.
  for (const count of counts) assert.ok(Math.abs(count - 600) < 4 * 20.5, String(counts));
});
