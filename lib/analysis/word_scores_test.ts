import { strict as assert } from "node:assert";
import { type JudgedSentence, predictionRows, scoreRows } from "./word_scores.ts";

const trial = { model: "encoder", source: "eng", target: "swa", seed: 42 };

/** The second entity was cut off, and the third sentence lost two words without one. */
const judged: JudgedSentence[] = [
  {
    sentence: 0,
    tokens: ["a", "b", "c"],
    gold: ["B-PER", "O", "B-LOC"],
    predicted: ["B-PER", "O", "O"],
    loss: [0.5, 0.25],
    lostWords: 1,
  },
  {
    sentence: 1,
    tokens: ["d", "e", "f"],
    gold: ["O", "O", "O"],
    predicted: ["O", "O", "O"],
    loss: [0.125],
    lostWords: 2,
  },
];

Deno.test("words that were cut off are counted, and an entity among them is missed", () => {
  const rows = scoreRows(trial, judged);
  assert.deepEqual([...new Set(rows.map(({ lostWords }) => lostWords))], [3]);
  const micro = rows.find(({ mode, type }) => mode === "default" && type === "micro");
  assert.deepEqual([micro?.precision, micro?.recall, micro?.support], [100, 50, 2]);
});

Deno.test("every word has a row, and no loss where the model did not see it", () => {
  const rows = predictionRows(trial, judged);
  assert.deepEqual(rows.map(({ token }) => token).join(""), "abcdef");
  assert.deepEqual(rows.map(({ loss }) => loss), [0.5, 0.25, null, 0.125, null, null]);
});
