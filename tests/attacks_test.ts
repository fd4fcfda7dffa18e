/** Attacks that once got through, by the command line. */
import { strict as assert } from "node:assert";
import { dirname, join } from "node:path";
import { type Outcome, ProjectCopy } from "./project_copy.ts";

const tiny = `name: tiny
params: { languages: [eng, swa] }
stages:
  corpus:
    use: download
    matrix: { language: $languages }
    with: { corpus: sample, language: $language, limit: { train: 40, validation: 10, test: 20 } }
  tokens:
    use: ner.tokenize
    matrix: { language: $languages }
    inputs: { corpus: corpus }
  memorize:
    use: ner.memorize
    matrix: { source: $languages }
    inputs: { train: { stage: tokens, where: { language: $source } }, examples: tokens }
  floor:
    use: ner.evaluate
    matrix: { source: $languages }
    inputs: { predictions: memorize }
`;
const results = "results/tiny/default";
const scored = `${results}/scores/floor[source=eng].parquet`;

/** A project in which the tiny pipeline has run. */
async function ran(): Promise<ProjectCopy> {
  const project = await ProjectCopy.create();
  await Deno.writeTextFile(join(project.folder, "pipeline.yaml"), tiny);
  const { code, stdout, stderr } = await project.crosstie(["run"]);
  assert.equal(code, 0, stdout + stderr);
  return project;
}

function assertRefused({ code, stdout, stderr }: Outcome, message: RegExp): void {
  assert.deepEqual([code, stdout], [2, ""], stderr);
  assert.match(stderr, message);
  assert.doesNotMatch(stderr, /^ {4}at |Uncaught/m);
}

Deno.test("sql reads, writes and runs nothing else, printing or exporting", async () => {
  await using project = await ran();
  const before = await project.digests(".crosstie/objects");
  const output = join(project.folder, "x.csv"), place = join(project.folder, scored);
  const secret = join(project.folder, "deno.json");
  const attacks: [query: string, message: RegExp][] = [
    [
      `FROM query(if(current_setting('enable_external_access'), 'FROM read_text(''${secret}'')', 'SELECT 1 AS x'))`,
      /^Cannot call "query" here/,
    ],
    [`FROM read_text('${secret}')`, /^Cannot /],
    [`FROM '${secret}'`, /^Cannot |^Catalog Error|^Permission Error/],
    [`EXPLAIN ANALYZE COPY (SELECT 666 AS evil) TO '${place}' (FORMAT csv)`, /^Cannot run /],
    ["EXPLAIN ANALYZE CREATE OR REPLACE VIEW scores AS SELECT 100.0 AS value", /^Cannot run /],
    [`/**/ EXPLAIN /* ; */ ANALYZE COPY (SELECT 1) TO '${place}'`, /^Cannot run /],
    ["SELECT 1; CREATE VIEW scores AS SELECT 100.0 AS value", /^Cannot /],
  ];
  for (const [query, message] of attacks) {
    assertRefused(await project.crosstie(["sql", query]), message);
    assertRefused(await project.crosstie(["sql", "--output", output, query]), message);
    await assert.rejects(Deno.stat(output), Deno.errors.NotFound, query);
  }
  const elsewhere = ["sql", "--output", "s3://127.0.0.1/x.csv", "SELECT 1"];
  assertRefused(
    await project.crosstie(elsewhere),
    /^Cannot export to "s3:\/\/127\.0\.0\.1\/x\.csv"/,
  );
  const own = ["sql", "--output", scored, "SELECT 100.0 AS value"];
  assertRefused(await project.crosstie(own), /^Cannot export to "\S+": it is a table of results/);
  assert.deepEqual(await project.digests(".crosstie/objects"), before);
  const verified = await project.crosstie(["verify"]);
  assert.match(verified.stdout, /: all whole\n$/);
});

Deno.test("a manifest from a stranger runs nothing, and leads to no other file", async () => {
  await using project = await ran();
  const path = join(project.folder, results, "manifest.json");
  const manifest = JSON.parse(await Deno.readTextFile(path));
  const written = join(project.folder, "written.csv");
  const code = `INTEGER AS x; COPY (SELECT 1) TO '${written}'; SELECT 1`;
  const [file] = manifest.tables.scores.files;
  const withFile = (given: unknown) => ({
    ...manifest,
    tables: { scores: { ...manifest.tables.scores, files: [given] } },
  });
  const forged: [content: unknown, message: RegExp][] = [
    [null, /manifest\.json: Invalid input: expected object/],
    [[], /manifest\.json: Invalid input: expected object/],
    [{}, /manifest\.json: "format"/],
    [
      { ...manifest, tables: { x: { files: [], columns: { a: { type: code } } } } },
      /manifest\.json: "tables\.x\./,
    ],
    [withFile(7), /"tables\.scores\.files\.0"/],
    [withFile({ ...file, path: 7 }), /"tables\.scores\.files\.0\.path"/],
    [withFile({ ...file, path: "../../../deno.json" }), /a path leads out of the folder/],
    [withFile({ ...file, path: "/etc/passwd" }), /"tables\.scores\.files\.0\.path"/],
  ];
  for (const [content, message] of forged) {
    await Deno.remove(path);
    await Deno.writeTextFile(path, JSON.stringify(content));
    const answer = await project.crosstie(["sql", "SELECT 1"]);
    assertRefused(answer, message);
    assert.match(
      answer.stderr,
      /\n {2}move \S+default elsewhere, and a run lays the results out: /,
    );
  }
  await Deno.rename(dirname(path), join(project.folder, "moved"));
  assert.match((await project.crosstie(["run"])).stdout, /^0 ran, 8 fresh, 0 failed/);
  assert.equal((await project.crosstie(["sql", "FROM scores"])).code, 0);
  await assert.rejects(Deno.stat(written), Deno.errors.NotFound);
});

Deno.test("what a person put among results stays, and a link is not followed", async () => {
  await using project = await ran();
  const at = (...parts: string[]) => join(project.folder, ...parts);
  const named = async (name: string, text = tiny) => {
    await Deno.writeTextFile(at(`${name}.yaml`), text.replace("name: tiny", `name: ${name}`));
    return await project.crosstie(["run", "-f", `${name}.yaml`]);
  };
  await Deno.writeTextFile(at(results, "notes.txt"), "mine");
  await Deno.mkdir(at(results, "scores/plots"));
  await Deno.writeTextFile(at(results, "scores/plots/a.svg"), "<svg/>");
  await project.edit("pipeline.yaml", "train: 40", "train: 41");
  assert.equal((await project.crosstie(["run"])).code, 0);
  assert.equal(await Deno.readTextFile(at(results, "notes.txt")), "mine");
  assert.equal(await Deno.readTextFile(at(results, "scores/plots/a.svg")), "<svg/>");

  await Deno.mkdir(at("results/thesis/default"), { recursive: true });
  await Deno.writeTextFile(at("results/thesis/default/thesis.md"), "years");
  assertRefused(
    await named("thesis"),
    /has no manifest\.json of a pipeline, and holds .*thesis\.md/,
  );
  assert.equal(await Deno.readTextFile(at("results/thesis/default/thesis.md")), "years");

  const elsewhere = await Deno.makeTempDir();
  await Deno.mkdir(join(elsewhere, "default"), { recursive: true });
  await Deno.writeTextFile(join(elsewhere, "default/x.txt"), "x");
  await Deno.symlink(elsewhere, at("results/linked"));
  assertRefused(await named("linked"), /results\/linked is a link to /);
  assert.deepEqual([...Deno.readDirSync(join(elsewhere, "default"))].map(({ name }) => name), [
    "x.txt",
  ]);

  await Deno.copyFile(at("pipeline.yaml"), at("twin.yaml"));
  const twin = await project.crosstie(["run", "-f", "twin.yaml"]);
  assert.match(
    twin.stderr,
    /warning: a run replaces the results of pipeline\.yaml, which has the same name/,
  );
});

Deno.test("sql prints 300,000 rows", async () => {
  await using project = await ran();
  const { code, stdout } = await project.crosstie(["sql", "SELECT i FROM range(300000) t(i)"]);
  assert.equal(code, 0);
  const lines = stdout.trimEnd().split("\n");
  assert.deepEqual([lines.length, lines.at(-1)], [300_002, "299999"]);
});
