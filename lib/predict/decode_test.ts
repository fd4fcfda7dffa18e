import { strict as assert } from "node:assert";
import { CounterRandom } from "../core/random.ts";
import { decode } from "./decode.ts";

const labels = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"];

function isIob2(path: readonly number[]): boolean {
  return path.every((label, i) =>
    !labels[label].startsWith("I-") ||
    (i > 0 && labels[path[i - 1]] !== "O" &&
      labels[path[i - 1]].slice(2) === labels[label].slice(2))
  );
}

function everyPath(words: number): number[][] {
  return words === 0
    ? [[]]
    : everyPath(words - 1).flatMap((path) => labels.map((_, label) => [...path, label]));
}

Deno.test("iob2 decoding finds the likeliest well-formed sequence of all", () => {
  const random = new CounterRandom("decode");
  for (let round = 0; round < 40; round++) {
    const words = 1 + round % 4;
    const rows = Array.from({ length: words }, () => labels.map(() => 3 * random.normal()));
    const scoreOf = (path: readonly number[]) => path.reduce((sum, l, i) => sum + rows[i][l], 0);
    const best = everyPath(words).filter(isIob2).sort((a, b) => scoreOf(b) - scoreOf(a))[0];
    assert.deepEqual(decode(rows, labels, "wellFormed"), best);
  }
});

Deno.test("argmax takes each word on its own; no words give no labels", () => {
  const rows = [[0, 0, 5, 0, 0], [1, 0, 0, 0, 2]];
  assert.deepEqual(decode(rows, labels, "argmax"), [2, 4]);
  assert.deepEqual(decode([], labels, "wellFormed"), []);
});
