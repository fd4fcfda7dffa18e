import { strict as assert } from "node:assert";
import { Laboratory } from "./testdata/laboratory.ts";

const pipeline = `
name: results
params: { words: [ape, a/b, "*"] }
headline: lines
stages:
  words:
    use: write
    matrix: { word: $words }
    with: { text: $word }
  again:
    use: write
    with: { text: again, fail: no }
`;

Deno.test("results hold the tables of the fresh instances, and what a person put there", async () => {
  await using lab = await Laboratory.create(pipeline);
  await lab.run({ targets: ["words"] });
  const folder = "results/results/default";
  assert.deepEqual(await lab.files("results"), [
    "results/catalog.sql",
    `${folder}/lines/words[word=%2A].parquet`,
    `${folder}/lines/words[word=a%2Fb].parquet`,
    `${folder}/lines/words[word=ape].parquet`,
    `${folder}/manifest.json`,
  ]);
  assert.equal(await lab.read(`${folder}/lines/words[word=a%2Fb].parquet`), "PAR1a/bPAR1");
  const manifest = JSON.parse(await lab.read(`${folder}/manifest.json`));
  assert.equal(manifest.headline, "lines");
  assert.deepEqual(manifest.tables.lines.key, ["line"]);
  assert.deepEqual(manifest.tables.lines.files[1].path, "lines/words[word=a%2Fb].parquet");
  assert.deepEqual(manifest.tables.lines.files[1].axes, { word: "a/b" });

  await lab.edit("pipeline.yaml", "[ape, a/b", "[ape, bee");
  await lab.write(`${folder}/lines/stray.parquet`, "stray");
  await lab.run();
  assert.deepEqual(await lab.files("results"), [
    "results/catalog.sql",
    `${folder}/lines/again.parquet`,
    `${folder}/lines/stray.parquet`,
    `${folder}/lines/words[word=%2A].parquet`,
    `${folder}/lines/words[word=ape].parquet`,
    `${folder}/lines/words[word=bee].parquet`,
    `${folder}/manifest.json`,
  ]);
});

Deno.test("a table that nothing wrote yet is in the manifest, without files", async () => {
  await using lab = await Laboratory.create(pipeline.replace("fail: no", "fail: throw"));
  await lab.run({ targets: ["again"] });
  const manifest = JSON.parse(await lab.read("results/results/default/manifest.json"));
  assert.deepEqual(manifest.tables.lines.files, []);
  assert.deepEqual(manifest.tables.lines.columns, { line: { type: "VARCHAR", about: "a line" } });
});

Deno.test("results that a person removed or replaced, or a power cut left half, come back", async () => {
  await using lab = await Laboratory.create(pipeline);
  await lab.run();
  const folder = "results/results/default";
  const before = await lab.files("results");
  await Deno.remove(`${lab.folder}/${folder}/lines/again.parquet`);
  await lab.run();
  assert.deepEqual(await lab.files("results"), before);
  await Deno.remove(`${lab.folder}/${folder}`, { recursive: true });
  await lab.run();
  assert.deepEqual(await lab.files("results"), before);
  await Deno.remove(`${lab.folder}/${folder}/lines/again.parquet`);
  await lab.write(`${folder}/lines/again.parquet`, "something else");
  await lab.run();
  assert.equal(await lab.read(`${folder}/lines/again.parquet`), "PAR1againPAR1");
});

Deno.test("a results file that somebody wrote over is laid out again", async () => {
  await using lab = await Laboratory.create(pipeline);
  await lab.run();
  const file = "results/results/default/lines/words[word=ape].parquet";
  await Deno.remove(`${lab.folder}/${file}`);
  await lab.write(file, "APE"); // as long as what was there
  await lab.run();
  assert.equal(await lab.read(file), "PAR1apePAR1");
});

Deno.test("where results cannot be laid out, what has run is told and kept", async () => {
  await using lab = await Laboratory.create(pipeline);
  await lab.write("results", "a file");
  const { errors, summary, code } = await lab.run();
  assert.match(errors, /Cannot lay out the results: .*\n {2}what has run is in the store/);
  assert.equal(code, 1);
  assert.ok(summary!.ran > 0);
  await Deno.remove(`${lab.folder}/results`);
  const again = await lab.run();
  assert.deepEqual([again.errors, again.ran], ["", []]);
  assert.ok((await lab.files("results")).length > 0);
});
