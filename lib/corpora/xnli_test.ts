import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { findSource, standardCatalogue, trackedFile } from "./catalogue.ts";
import { loadTexts } from "./load_corpus.ts";
import { splitNames } from "./tagged.ts";

const mirror = trackedFile("../shared/mirror");

async function load(language: string, limit = {}) {
  const folder = await Deno.makeTempDir();
  try {
    const lines: string[] = [];
    const source = findSource(await standardCatalogue(), "xnli", language);
    const options = { limit, limitSeed: 1, fetch: { folder: join(folder, "d"), mirror } };
    return { ...await loadTexts(source, { ...options, log: (line) => lines.push(line) }), lines };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name: "xnli: what is tested in German is no translation of what is learnt in English " +
    "(needs ../shared/mirror)",
  ignore: !existsSync(mirror),
  async fn() {
    const [en, de] = [await load("en"), await load("de")];
    for (const { texts, oddities, lines } of [en, de]) {
      assert.deepEqual(splitNames.map((split) => texts[split].length), [3006, 501, 1503]);
      for (const split of splitNames) {
        const counts = Map.groupBy(texts[split], ({ label }) => label);
        assert.deepEqual(
          [...counts].map(([label, rows]) => [label, rows.length]).sort(),
          ["contradiction", "entailment", "neutral"]
            .map((label) => [label, texts[split].length / 3]),
        );
      }
      const known = new Set(texts.train.map(({ text }) => text));
      assert.ok(!texts.test.some(({ text }) => known.has(text)), "a text has all its hypotheses");
      assert.deepEqual(
        oddities.filter(({ oddity }) => oddity === "cutSplit").map(({ detail }) => detail),
        [6, 1, 3].map((share) =>
          `${501 * share} of the 5010 rows of test: ${share} of every 10 groups of 3`
        ),
      );
      assert.ok(!oddities.some(({ oddity }) => /InTrain|unpinned|emptySplit/.test(oddity)));
      assert.match(
        lines.join("\n"),
        /train: cutSplit × 3006 \(kept\): the split is a fixed part of another one/,
      );
    }
    for (const split of splitNames) {
      assert.deepEqual(
        en.texts[split].map(({ label }) => label),
        de.texts[split].map(({ label }) => label),
      );
    }
    const [first] = en.texts.train;
    assert.match(first.text, /^Well , I wasn ' t even thinking about that/);
    assert.deepEqual([first.second, first.label], [
      "I havent spoken to him again .",
      "contradiction", // as annotators say; a system said entailment of its translation
    ]);
    assert.equal(de.texts.train[0].label, "contradiction");
    // A smaller part is drawn of what is left after the cut.
    const few = await load("en", { train: 10, test: 0 });
    const train = new Set(en.texts.train.map(({ text, second }) => `${text}\n${second}`));
    assert.equal(few.texts.train.length, 10);
    assert.ok(few.texts.train.every(({ text, second }) => train.has(`${text}\n${second}`)));
    assert.equal(few.texts.test.length, 0);
  },
});
