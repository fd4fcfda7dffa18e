import { strict as assert } from "node:assert";
import { Memorizer } from "./memorizer.ts";

const memorizer = new Memorizer([
  { tokens: ["Dar", "es", "Salaam"], tags: ["B-LOC", "I-LOC", "I-LOC"] },
  { tokens: ["Dar", "sleeps"], tags: ["B-PER", "O"] },
  { tokens: ["Paris"], tags: ["B-PER"] },
  { tokens: ["Paris", "Paris"], tags: ["B-LOC", "B-LOC"] },
  { tokens: ["Even", "Even"], tags: ["B-PER", "B-LOC"] },
]);

const cases: [string, string, string][] = [
  ["the longest match wins", "in Dar es Salaam .", "O B-LOC I-LOC I-LOC O"],
  ["a shorter one when the longer does not match", "Dar es Nairobi", "B-PER O O"],
  ["the most frequent type", "Paris", "B-LOC"],
  ["a tie takes the first type by name", "Even", "B-LOC"],
  ["what was not seen is O", "Nairobi is far", "O O O"],
  ["no words", "", "O"],
];

for (const [name, words, tags] of cases) {
  Deno.test(`memorizer: ${name}`, () => {
    assert.equal(memorizer.tag(words.split(" ")).join(" "), tags);
  });
}

Deno.test("memorizer: without training sentences everything is O", () => {
  assert.deepEqual(new Memorizer([]).tag(["a", "b"]), ["O", "O"]);
});
