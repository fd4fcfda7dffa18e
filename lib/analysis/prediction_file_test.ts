import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { parsePredictions } from "./prediction_file.ts";

Deno.test("predictions: words, right and predicted answers, with any line ends", () => {
  for (const end of ["\n", "\r\n", "\r"]) {
    const text = [
      "\uFEFF-DOCSTART- O O",
      "",
      "Ada B-PER B-PER",
      "eats\tO\tO",
      "",
      "",
      "\u00a0 O I-LOC",
      "",
    ]
      .join(end);
    assert.deepEqual(parsePredictions(text, "f"), {
      file: "f",
      tagsEntities: true,
      hasGold: true,
      sentences: [
        { line: 3, words: ["Ada", "eats"], gold: ["B-PER", "O"], predicted: ["B-PER", "O"] },
        { line: 7, words: ["\u00a0"], gold: ["O"], predicted: ["I-LOC"] },
      ],
    });
  }
});

Deno.test("predictions: more columns, two columns, and classes of words", () => {
  const wide = parsePredictions("a DET x O B-X\nb N y O O\n", "f");
  assert.deepEqual(wide.sentences[0].gold, ["O", "O"]);
  const two = parsePredictions("# O\nb B-X\n", "f");
  assert.deepEqual([two.hasGold, two.sentences[0].words, two.sentences[0].gold], [
    false,
    ["#", "b"],
    undefined,
  ]);
  assert.equal(parsePredictions("a DET NOUN\n", "f").tagsEntities, false);
  assert.equal(parsePredictions("a O O\n", "f").tagsEntities, true);
});

for (
  const [text, message, line, column] of [
    ["\n \n", 'Cannot read predictions from "f": it has no words', undefined, undefined],
    ["a O O\nb O\n", "Cannot read a line of 2 columns, where the first has 3", 2, 3],
    ["word\n", "Cannot read a line of 1 columns, where the first has 1", 1, 1],
    ["a O B-X\nb  S-PER O\n", 'Cannot read the tag "S-PER"', 2, 4],
    ["a O B-X\nb O PER\n", 'Cannot read the tag "PER"', 2, 5],
  ] as const
) {
  Deno.test(`predictions: ${message}`, () => {
    assert.throws(() => parsePredictions(text, "f"), (error) => {
      assert.ok(error instanceof UserError);
      const [{ message: said, range }] = error.problems;
      assert.deepEqual([said, range?.line, range?.column], [message, line, column]);
      return true;
    });
  });
}
