import { strict as assert } from "node:assert";
import { join } from "node:path";
import { modelFiles } from "../lib/experiment/model_files.ts";
import type { Manifest } from "../lib/pipeline/results.ts";
import { missing } from "./opened_page.ts";
import { ProjectCopy } from "./project_copy.ts";
import { pageOf, watchedRun } from "./watched_run.ts";

const small = ["--set", "languages=[eng, swa]", "--set", "seeds=[1]", "--set", "epochs=1"];
const results = "results/sample/sample+epochs=1+languages=[eng,swa]+seeds=[1]";

async function modelDigests(project: ProjectCopy, store: string): Promise<Map<string, string>> {
  return new Map(
    (await project.records(store)).flatMap(({ instance, outputs }) => {
      const model = outputs["model.safetensors"];
      return model ? [[instance, model.digest]] : [];
    }),
  );
}

Deno.test("two runs from empty stores, of any name, give the same bytes: every model, every table", async () => {
  await using project = await ProjectCopy.create();
  const stores = ["one", "source=zz/f1=9/a*b [c]\nd/ü"].map((name) => join(project.folder, name));
  const seen: { models: Map<string, string>; tables: Map<string, string> }[] = [];
  for (const store of stores) {
    const { code, stdout, stderr } = await project.crosstie(["run", ...small], {
      CROSSTIE_CACHE: store,
    });
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /Micro F1 of entity spans/);
    seen.push({
      models: await modelDigests(project, store),
      tables: await project.digests(results),
    });
    await Deno.remove(join(project.folder, "results"), { recursive: true });
  }
  assert.equal(seen[0].models.size, 3);
  assert.ok(seen[0].tables.size > 25, `${seen[0].tables.size} files`);
  assert.deepEqual(seen[1], seen[0]);
});

Deno.test("one run: seen while it goes on, edited after it, seen with its failures", async (t) => {
  await using project = await ProjectCopy.create();
  const ignore = missing !== undefined, inChromium = `in Chromium (${missing ?? "real"})`;
  await t.step(`its page ${inChromium} changes while it goes on, without a reload`, async () => {
    const run = ignore ? project.crosstie(["run", ...small]) : watchedRun(project, small);
    assert.equal((await run).code, 0);
  });
  await t.step({
    name: `its page ${inChromium} has every chart, and at most 1 MB`,
    ignore,
    fn: async () => {
      const { charts, warning, bytes } = await pageOf(project, small);
      assert.ok(charts > 8, `${charts} charts`);
      assert.deepEqual([warning, bytes <= 1_000_000], ["", true]);
    },
  });
  await t.step(
    "a comment makes nothing stale; lib/metrics makes the evaluations stale, never a model",
    () => editMetrics(project),
  );
  await t.step({
    name: `the page ${inChromium} of a run with failures says so`,
    ignore,
    fn: async () => {
      await project.edit(
        "stages/ner/evaluate.ts",
        "score: scoreEntities,",
        'score: () => { throw new Error("no scores"); },',
      );
      assert.equal((await project.crosstie(["run", ...small])).code, 1);
      const { charts, warning } = await pageOf(project, small);
      assert.match(
        warning,
        /^In the newest run, \d+ instances? failed .*: there are no rows of them/,
      );
      assert.ok(charts > 0);
    },
  });
});

async function editMetrics(project: ProjectCopy): Promise<void> {
  const status = async () => (await project.crosstie(["status", ...small])).stdout;
  const first = await status();
  assert.doesNotMatch(first, /stale\n|waiting\n {2}/, first);

  await project.edit(
    "stages/encoder/train.ts",
    "/** Trains from random weights, a published encoder, or another training's model. */",
    "/* other words */",
  );
  await project.edit(
    "lib/metrics/spans.ts",
    "countSpans(spansOf(gold[i], mode), spansOf(predicted[i], mode), counts);",
    "countSpans( spansOf(gold[i], mode), spansOf(predicted[i], mode), counts ); // a comment",
  );
  assert.equal(await status(), first);

  await project.edit("lib/metrics/spans.ts", "precision + recall > 0", "precision + recall > 1e-9");
  const after = await status();
  const lineOf = (stage: string) => after.match(new RegExp(`^${stage} +\\d.*$`, "m"))?.[0];
  assert.match(lineOf("train") ?? "", /^train +3 +0 +0$/);
  assert.match(lineOf("predict") ?? "", /^predict +3 +0 +0$/);
  assert.match(lineOf("evaluate") ?? "", /^evaluate +0 +3 +0$/);
  assert.match(lineOf("transfer") ?? "", /^transfer +0 +0 +1$/);
  const why = await project.crosstie(["explain", "evaluate", ...small]);
  assert.match(why.stdout, /codeChanged/);
  assert.match(why.stdout, /lib\/metrics\/spans\.ts/);
  const model = await project.crosstie(["explain", "train", ...small]);
  assert.match(model.stdout, /fresh/);
  assert.doesNotMatch(model.stdout, /codeChanged/);

  // The scores come out as they were, so that what follows them stays fresh: early cut-off.
  const rerun = await project.crosstie(["run", ...small]);
  assert.equal(rerun.code, 0);
  assert.match(rerun.stdout, /6 ran, 14 fresh, 0 failed/);

  // What is fresh can be handed on: models with their cards, and the tables and figures of a paper.
  const exported = await project.crosstie(["export", ...small, "--to", "out", "--latex"]);
  assert.equal(exported.code, 0, exported.stdout + exported.stderr);
  const folder = (path: string) => join(project.folder, "out", path);
  const models = [...Deno.readDirSync(folder("models"))].map(({ name }) => name).sort();
  assert.equal(models.length, 3);
  const card = await Deno.readTextFile(folder(`models/${models[1]}/README.md`));
  assert.match(card, /^language: \["eng"\]\nlibrary_name: "transformers"$/m);
  assert.match(card, /"dataset":\{"name":"sample, swa"/);
  const files = [...Deno.readDirSync(folder(`models/${models[1]}`))].map(({ name }) => name).sort();
  assert.deepEqual(files, [...Object.keys(modelFiles), "README.md"].sort());
  const appendix = await Deno.readTextFile(folder("paper/appendix.tex"));
  for (const [, name] of appendix.matchAll(/\\input\{(.*)\}/g)) {
    Deno.statSync(folder(`paper/${name}.tex`));
  }
  for (const [, name] of appendix.matchAll(/\\sbox0\{\\includegraphics\{(.*)\}\}/g)) {
    Deno.statSync(folder(`paper/${name}`));
  }
  assert.match(appendix, /heat-1\.pdf/);
}

Deno.test("sql answers on a fresh result, and refuses to write or to read elsewhere", async () => {
  await using project = await ProjectCopy.create();
  const early = await project.crosstie(["sql", ...small, "FROM scores"]);
  assert.equal(early.code, 2);
  assert.match(early.stderr, /there are none yet/);
  assert.equal((await project.crosstie(["run", "floor", ...small])).code, 0);
  const query =
    "SELECT source, language AS target, value AS f1 FROM scores WHERE metric = 'f1' AND of = 'micro' ORDER BY ALL";
  const { code, stdout } = await project.crosstie(["sql", ...small, "--format", "json", query]);
  assert.equal(code, 0);
  const rows: { source: string; target: string; f1: number }[] = JSON.parse(stdout);
  assert.deepEqual(rows.map((row) => `${row.source}>${row.target}`), [
    "all>eng",
    "all>swa",
    "eng>eng",
    "eng>swa",
    "swa>eng",
    "swa>swa",
  ]);
  assert.ok(rows.every((row) => row.f1 > 0 && row.f1 < 100));
  const before = await project.digests("results");
  const manifest: Manifest = JSON.parse(
    await Deno.readTextFile(join(project.folder, results, "manifest.json")),
  );
  assert.ok(manifest.tables.scores.files.length > 0);
  for (
    const refused of [
      "DROP VIEW scores",
      "COPY scores TO 'out.csv'",
      "FROM read_text('deno.json')",
      "FROM '.crosstie/**/*.parquet'",
    ]
  ) {
    const outcome = await project.crosstie(["sql", ...small, refused]);
    assert.equal(outcome.code, 2, refused);
    assert.doesNotMatch(outcome.stderr, /^ +at /m);
  }
  assert.deepEqual(await project.digests("results"), before);
});
