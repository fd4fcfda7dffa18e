import { strict as assert } from "node:assert";
import { publishStudy } from "../lib/report/published_study.ts";
import { resultViews } from "../lib/table/result_manifest.ts";
import { workbench } from "./testdata/workbench.ts";

/** What knowing few or many sentences by heart says, from each of two languages. */
const pipeline = `
name: by_heart
params: { sources: [eng, deu], train: 10 }
profile: few
profiles: { few: {}, many: { train: 300 } }
stages:
  corpus:
    use: download
    matrix: { language: $sources }
    with: { corpus: sample, language: $language, limit: { train: $train, test: 60 } }
  tokens:
    use: ner.tokenize
    matrix: { language: $sources }
    inputs: { corpus: corpus }
  memorize:
    use: ner.memorize
    matrix: { source: $sources }
    inputs: { train: { stage: tokens, where: { language: $source } }, examples: tokens }
  evaluate:
    use: ner.evaluate
    matrix: { source: $sources }
    inputs: { predictions: memorize }
`;

Deno.test("every sort of side is compared with another", async (t) => {
  await using bench = await workbench();
  await Deno.writeTextFile(bench.file, pipeline);
  const results = `${bench.folder}/results/by_heart`, lock = `${bench.folder}/pipeline.lock`;
  const published = `${bench.folder}/published/by_heart`;
  for (const profile of ["few", "many"]) {
    assert.equal((await bench.crosstie("run", "--profile", profile)).code, 0);
  }
  await publishStudy(
    published,
    { study: "by_heart", about: "by heart", file: "pipeline.yaml", profile: "few", params: {} },
    await resultViews(`${results}/few`),
    await Deno.readTextFile(lock),
  );
  const compare = async (a: string, b: string, ...args: string[]) => {
    const { code, out } = await bench.crosstie("compare", a, b, ...args);
    assert.equal(code, 0, out);
    return out;
  };

  await t.step("a stage with a stage", async () => {
    const out = await compare("evaluate[source=eng]", "evaluate[source=deu]");
    assert.match(out, /^A is evaluate\[source=eng\]\nB is evaluate\[source=deu\]\n/);
    // Each knows the entities of its own language.
    assert.match(out, /^sample eng .* \+\d/m);
    assert.match(out, /^sample deu .* −\d/m);
    assert.match(out, /inputs\.train: "tokens\[language=eng\]" → "tokens\[language=deu\]"/);
  });

  let ofRuns = "";
  await t.step("a run with a run, and what differed in what made them", async () => {
    ofRuns = await compare(`${results}/few`, `${results}/many`);
    assert.match(ofRuns, /limit\.train.* 10 → 300/);
  });

  await t.step("a lock with a stage", async () => {
    const out = await compare(lock, "evaluate", "--profile", "few");
    assert.match(out, /all \d+ scores are the same\n\nmade of the same params/);
  });

  await t.step("committed tables with a run, as the run that they are of", async () => {
    const out = await compare(published, `${results}/many`);
    // Their files come in another order.
    const lines = (text: string) => text.split("\n").slice(2).toSorted();
    assert.deepEqual(lines(out), lines(ofRuns));
  });

  await t.step("committed tables without counts are told, with those that have them", async () => {
    const without = `${bench.folder}/published/without`;
    await Deno.mkdir(without);
    await Deno.writeTextFile(
      `${without}/study.json`,
      JSON.stringify({ study: "without", about: "", file: "f.yaml", profile: "cpu", params: {} }),
    );
    const { stderr } = await bench.spawn("compare", without, published).output();
    assert.equal(
      new TextDecoder().decode(stderr),
      `Cannot compare "${without}": no counts of sentences were published of without, as it ` +
        "evaluates nothing, or they are too long\n  compare a run of it, results/without/<profile>, " +
        "or its lock, with deno task pull; published with counts: by_heart\n",
    );
  });
});
