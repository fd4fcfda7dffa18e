import { strict as assert } from "node:assert";
import { existsSync, readFileSync } from "node:fs";
import { spansOf } from "../core/spans.ts";
import { bootstrapInterval } from "./bootstrap.ts";
import { type CountTable, countTable, f1, sumsOf } from "./metric.ts";
import { assertClose } from "./testdata/toy_counts.ts";

const folder = new URL("../../../shared/oracles/bilstm-crf/", import.meta.url);

/** (correct, predicted, gold) of the sentences of a file of `word gold predicted`. */
function countsIn(language: string): CountTable {
  const text = readFileSync(new URL(`${language}.pred.txt`, folder), "utf8");
  const sentences = text.split(/\n\s*\n/).map((block) =>
    block.split("\n").filter((line) => line.trim() !== "").map((line) => line.trim().split(" "))
  ).filter((lines) => lines.length > 0);
  return countTable(sentences.map((lines) => {
    const [gold, predicted] = [-2, -1].map((at) =>
      spansOf(lines.map((line) => line.at(at)!)).map(({ type, start, end }) =>
        `${start}:${end}:${type}`
      )
    );
    const correct = predicted.filter((span) => gold.includes(span)).length;
    return [correct, predicted.length, gold.length];
  }));
}

/** A published training: sentences, sums, F1 in % and its interval of 10,000 resamples. */
const published: [string, number, number[], number, number, number][] = [
  ["hau", 552, [972, 1135, 1148], 85.151, 83.0, 87.2],
  ["swa", 604, [900, 1099, 1179], 79.017, 76.6, 81.4],
  ["yor", 645, [701, 969, 1133], 66.698, 63.4, 69.9],
  ["wol", 539, [252, 379, 512], 56.566, 51.3, 61.8],
  ["luo", 186, [241, 354, 405], 63.505, 58.6, 68.2],
];
for (const [language, sentences, sums, score, low, high] of published) {
  Deno.test({
    name: `bootstrap: the published tagger on ${language} (needs ../shared/oracles)`,
    ignore: !existsSync(folder),
    fn() {
      const table = countsIn(language);
      assert.equal(table.values.length / 3, sentences);
      assert.deepEqual([...sumsOf(table)], sums);
      const found = bootstrapInterval(table, f1, { key: [language], resamples: 10_000 });
      assert.equal((100 * found.value).toFixed(3), score.toFixed(3));
      // A rounded digit, and three standard errors of the difference of two drawn 2.5 % quantiles:
      // √(2 · .025 · .975 / R) / φ(1.96) deviations each.
      const deviation = (high - low) / 3.92;
      const error = Math.sqrt(2 * .025 * .975 / 10_000) / .0584 * deviation;
      const most = (.05 + 3 * error) / 100;
      assertClose(found.low, low / 100, most);
      assertClose(found.high, high / 100, most);
    },
  });
}
