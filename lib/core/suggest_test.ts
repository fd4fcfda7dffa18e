import { strict as assert } from "node:assert";
import { suggest } from "./suggest.ts";

const stages = ["train", "tokens", "evaluate", "transfer"];
const suggestions: [about: string, word: string, known: string[], hint: string | undefined][] = [
  ["a swap of neighbours", "trian", stages, 'did you mean "train"?'],
  ["a letter too many", "traain", stages, 'did you mean "train"?'],
  ["a letter too few", "evalute", stages, 'did you mean "evaluate"?'],
  ["another case", "TRAIN", stages, 'did you mean "train"?'],
  ["a short word, one letter off", "ab", ["ax", "cd"], 'did you mean "ax"?'],
  [
    "nothing near",
    "report",
    stages,
    'known here: "train", "tokens", "evaluate", "transfer"',
  ],
  ["nothing known", "train", [], undefined],
];

for (const [about, word, known, hint] of suggestions) {
  Deno.test(`suggest: ${about}`, () => assert.equal(suggest(word, known), hint));
}

Deno.test("suggest: of many known words the first twelve are listed", () => {
  const known = Array.from({ length: 13 }, (_, i) => `language-${i}`);
  const hint = suggest("x", known);
  assert.match(hint!, /^known here: "language-0", .*"language-11", …$/);
});
