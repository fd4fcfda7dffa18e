/**
 * Published predictions with their published scores: ours must be the same to 1e-9.
 *
 * @module
 */
import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { scoreSpans } from "../lib/metrics/spans.ts";

const shared = new URL("../../shared/", import.meta.url);
const oracle = new URL("oracles/span-f1/", shared);
const gold = new URL(
  "mirror/raw.githubusercontent.com/masakhane-io/masakhane-ner/main/data/",
  shared,
);
const absent = !existsSync(oracle);

type Words = { token: string; tag: string }[];

function sentencesOf(text: string): Words[] {
  return text.replace(/^\uFEFF/, "").split(/\n\s*\n/).map((block) =>
    block.split("\n").filter((line) => line.trim() !== "").map((line) => {
      const at = line.lastIndexOf(" ");
      return { token: line.slice(0, at), tag: line.slice(at + 1).trim() };
    })
  ).filter((words) => words.length > 0);
}

for (const language of ["hau", "kin", "luo", "swa"]) {
  Deno.test({
    name: `published span scores of ${language} are reproduced (needs ../shared/oracles)`,
    ignore: absent,
    fn: async () => {
      const goldSentences = sentencesOf(
        await Deno.readTextFile(new URL(`${language}/test.txt`, gold)),
      );
      const predictions = sentencesOf(
        await Deno.readTextFile(new URL(`${language}.pred.txt`, oracle)),
      );
      const result = await Deno.readTextFile(new URL(`${language}.result.txt`, oracle));
      assert.equal(predictions.length, goldSentences.length);
      // The authors scored the words that their model saw: a truncated tail counts on neither side.
      const seen = goldSentences.map((words, i) => {
        assert.deepEqual(
          predictions[i].map((word) => word.token),
          words.slice(0, predictions[i].length).map((word) => word.token),
        );
        return words.slice(0, predictions[i].length);
      });
      const { micro } = scoreSpans(
        seen.map((words) => words.map((word) => word.tag)),
        predictions.map((words) => words.map((word) => word.tag)),
      );
      for (const name of ["f1", "precision", "recall"] as const) {
        const published = Number(result.match(new RegExp(`^${name} = (.+)$`, "m"))?.[1]);
        assert.ok(
          Math.abs(micro[name] - published) <= 1e-9,
          `${name}: got ${micro[name]}, published ${published}`,
        );
      }
    },
  });
}
