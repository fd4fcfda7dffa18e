import { strict as assert } from "node:assert";
import { Laboratory } from "./testdata/laboratory.ts";

const pipeline = `
name: constructor
params: { toString: [constructor, __proto__, toString], hasOwnProperty: 7 }
profile: valueOf
profiles: { valueOf: { hasOwnProperty: 1 } }
stages:
  constructor:
    use: write
    matrix: { valueOf: $toString }
    with: { text: $valueOf, copies: $hasOwnProperty }
  toString:
    use: concat
    matrix: { hasOwnProperty: [{ __proto__: [constructor, toString] }] }
    inputs:
      texts: { stage: constructor, where: { valueOf: $hasOwnProperty } }
`;
const words = ["__proto__", "constructor", "toString"].map((word) =>
  `constructor[valueOf=${word}]`
);
const joined = "toString[hasOwnProperty=__proto__]";

Deno.test("a pipeline runs, is fresh and is locked whatever its names are", async () => {
  await using lab = await Laboratory.create(pipeline);
  const run = await lab.run();
  assert.equal(run.errors, "");
  assert.deepEqual(run.ran, [...words, joined]);
  const started = run.events.find((each) => each.event === "runStarted")!;
  assert.deepEqual(Object.entries(started.stages), [["constructor", 3], ["toString", 1]]);
  assert.deepEqual(
    await lab.states(),
    Object.fromEntries([...run.ran].map((instance) => [instance, "fresh"])),
  );
  assert.deepEqual(
    (await lab.files("results")).map((path) => path.replace(/.*\//, "")),
    ["catalog.sql", ...words.map((word) => `${word}.parquet`), "manifest.json"],
  );
  assert.deepEqual(await lab.ask({ ask: "compare" }), []);
  const again = await lab.run();
  assert.deepEqual([again.ran, again.summary?.fresh], [[], 4]);

  await lab.edit("pipeline.yaml", "{ hasOwnProperty: 1 }", "{ hasOwnProperty: 2 }");
  const states = await lab.states();
  assert.deepEqual(words.map((word) => states[word]), words.map(() => "paramChanged"));
});

Deno.test("a profile that the lock does not name is not found in it", async () => {
  await using lab = await Laboratory.create(
    "name: p\nprofile: a\nprofiles: { a: {}, constructor: {} }\n" +
      "stages: { s: { use: write, with: { text: x } } }\n",
  );
  await lab.run();
  assert.deepEqual(await lab.ask({ ask: "compare" }), []);
  await assert.rejects(
    lab.ask({ ask: "compare", profile: "constructor" }),
    /profile "constructor" is not in it/,
  );
});
