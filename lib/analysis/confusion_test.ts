import { strict as assert } from "node:assert";
import { spansOf } from "../core/spans.ts";
import { matchEntities } from "./confusion.ts";
import { capitalisationOf } from "./word_case.ts";

const cases: [string, string, string, [string, string, string | null][]][] = [
  ["all right", "B-PER I-PER O B-LOC", "B-PER I-PER O B-LOC", [
    ["PER", "PER", "same"],
    ["LOC", "LOC", "same"],
  ]],
  ["another type", "B-PER I-PER", "B-ORG I-ORG", [["PER", "ORG", "same"]]],
  ["too short", "B-PER I-PER", "B-PER O", [["PER", "PER", "overlapping"]]],
  ["missed", "B-PER O", "O O", [["PER", "O", null]]],
  ["one that is none", "O O", "O B-LOC", [["O", "LOC", null]]],
  ["one found as two: the first of equal overlaps", "B-PER I-PER", "B-LOC B-ORG", [
    ["PER", "LOC", "overlapping"],
    ["O", "ORG", null],
  ]],
  ["one found as two: the one that overlaps more", "B-PER I-PER I-PER", "B-LOC B-ORG I-ORG", [
    ["PER", "ORG", "overlapping"],
    ["O", "LOC", null],
  ]],
  ["two found as one", "B-PER B-LOC", "B-ORG I-ORG", [
    ["PER", "ORG", "overlapping"],
    ["LOC", "O", null],
  ]],
  ["the same bounds go before an overlap", "B-PER B-LOC I-LOC", "O B-ORG I-ORG", [
    ["PER", "O", null],
    ["LOC", "ORG", "same"],
  ]],
  ["an orphan I- begins an entity, as the scorer has it", "O I-PER", "O B-PER", [
    ["PER", "PER", "same"],
  ]],
  ["nothing", "", "", []],
];
for (const [name, gold, predicted, expected] of cases) {
  Deno.test(`confusion of entities: ${name}`, () => {
    const spans = (tags: string) => spansOf(tags.split(" ").filter(Boolean));
    const pairs = matchEntities(spans(gold), spans(predicted));
    assert.deepEqual(
      pairs.map(({ gold, predicted, bounds }) => [gold, predicted, bounds]),
      expected,
    );
    assert.equal(pairs.filter(({ gold }) => gold !== "O").length, spans(gold).length);
    assert.equal(
      pairs.filter(({ predicted }) => predicted !== "O").length,
      spans(predicted).length,
    );
  });
}

for (
  const [text, expected] of [
    ["USA", "upper"],
    ["U.S.", "upper"],
    ["A", "upper"],
    ["Ǆ", "upper"],
    ["Abeba", "capitalised"],
    ["Dar es Salaam", "capitalised"],
    ["Éire", "capitalised"],
    ["von Weizsäcker", "mixed"],
    ["iPhone", "mixed"],
    ["москва", "lower"],
    ["አዲስ አበባ", "uncased"],
    ["1962", "uncased"],
    ["", "uncased"],
    ["አዲስ Ababa", "capitalised"],
  ]
) {
  Deno.test(`"${text}" is ${expected}`, () => assert.equal(capitalisationOf(text), expected));
}
