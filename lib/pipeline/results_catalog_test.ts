import { strict as assert } from "node:assert";
import { Laboratory } from "./testdata/laboratory.ts";

const pipeline = `
name: first
stages:
  words:
    use: write
    with: { text: ape }
`;

Deno.test("a run writes one script over the results of all pipelines, its own last", async () => {
  await using lab = await Laboratory.create(pipeline);
  await lab.run();
  await lab.edit("pipeline.yaml", "name: first", "name: second");
  await lab.run();
  const script = await lab.read("results/catalog.sql");
  assert.deepEqual(script.match(/^(USE|CREATE SCHEMA).*$/gm), [
    'CREATE SCHEMA IF NOT EXISTS "first/default";',
    'USE "first/default";',
    'CREATE SCHEMA IF NOT EXISTS "second/default";',
    'USE "second/default";',
    'USE "second/default";',
  ]);
  assert.match(script, /first\/default\/lines\/words\.parquet/);
});

Deno.test("results that are damaged are left out of the script", async () => {
  await using lab = await Laboratory.create(pipeline);
  await lab.run();
  await Deno.remove(`${lab.folder}/results/first/default/lines/words.parquet`);
  await lab.edit("pipeline.yaml", "name: first", "name: second");
  await lab.run();
  assert.doesNotMatch(await lab.read("results/catalog.sql"), /first\/default/);
});

Deno.test("what a killed run left of the script goes after an hour, and no other file", async () => {
  await using lab = await Laboratory.create(pipeline);
  await lab.run();
  const names = [
    `catalog.sql.${crypto.randomUUID()}.tmp`,
    `catalog.sql.${crypto.randomUUID()}.tmp`,
    "catalog.sql.mine.tmp",
  ];
  for (const name of names) await lab.write(`results/${name}`, "SELECT 1;");
  const old = new Date(Date.now() - 7_200_000);
  for (const name of [names[0], names[2]]) {
    await Deno.utime(`${lab.folder}/results/${name}`, old, old);
  }
  await lab.edit("pipeline.yaml", "name: first", "name: second");
  await lab.run();
  const left = (await lab.files("results")).filter((path) => path.endsWith(".tmp"));
  assert.deepEqual(left, names.slice(1).map((name) => `results/${name}`).sort());
});

Deno.test("a person's catalog.sql stays as it is", async () => {
  await using lab = await Laboratory.create(pipeline);
  await lab.run();
  await lab.write("results/catalog.sql", "SELECT 1;");
  await lab.edit("pipeline.yaml", "name: first", "name: second");
  await lab.run();
  assert.equal(await lab.read("results/catalog.sql"), "SELECT 1;");
});
