import { strict as assert } from "node:assert";
import { cutSplit, cutTexts, splitsOutOf } from "./cut_splits.ts";

const cut = { split: "test", together: 3, shares: { train: 2, validation: 1, test: 1 } } as const;

Deno.test("a row's place alone says where it goes; groups stay together, and nothing is twice", () => {
  const rows = Array.from({ length: 26 }, (_, i) => i);
  const { train, validation, test } = cutSplit(rows, cut);
  assert.deepEqual(train, [0, 1, 2, 3, 4, 5, 12, 13, 14, 15, 16, 17, 24, 25]);
  assert.deepEqual(validation, [6, 7, 8, 18, 19, 20]);
  assert.deepEqual(test, [9, 10, 11, 21, 22, 23]);
  assert.deepEqual([...train!, ...validation!, ...test!].sort((a, b) => a - b), rows);
  // Another file with as many rows is cut alike, whatever is in it.
  assert.deepEqual(cutSplit(rows.map((i) => `${i}`), cut).test, test!.map((i) => `${i}`));
});

Deno.test("a cut split tells of what it is a part; others stay as they are", () => {
  const text = (i: number) => ({ text: `${i}`, second: null, label: "a" });
  const odd = { oddity: "emptyText", action: "kept", line: 2, count: 1, detail: "" } as const;
  const whole = { texts: Array.from({ length: 4 }, (_, i) => text(i)), oddities: [odd] };
  const halves = { split: "test", together: 1, shares: { train: 1, test: 1 } } as const;
  const splits = cutTexts({ test: whole }, halves);
  assert.deepEqual(splits.train!.texts, [text(0), text(2)]);
  assert.deepEqual(splits.test!.texts, [text(1), text(3)]);
  assert.equal(splits.validation, undefined);
  assert.deepEqual(splits.test!.oddities.map(({ oddity }) => oddity), ["emptyText", "cutSplit"]);
  const [{ oddity, count, detail }] = splits.train!.oddities;
  assert.deepEqual([oddity, count, detail], [
    "cutSplit",
    2,
    "2 of the 4 rows of test: 1 of every 2 groups of 1",
  ]);
  assert.deepEqual(cutTexts({ test: whole }, undefined), { test: whole });
  assert.deepEqual(cutTexts({}, halves), {});
});

Deno.test("a file is needed for every split that is cut out of it", () => {
  assert.deepEqual(splitsOutOf("test", cut), ["train", "validation", "test"]);
  assert.deepEqual(splitsOutOf("train", cut), ["train"]);
  assert.deepEqual(splitsOutOf("test", undefined), ["test"]);
});
