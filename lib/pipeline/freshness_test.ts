import { strict as assert } from "node:assert";
import { Laboratory } from "./testdata/laboratory.ts";

const pipeline = `
name: fresh
params: { words: [ape, bee], times: 1 }
stages:
  words:
    use: write
    matrix: { word: $words }
    with: { text: $word, copies: $times }
  first:
    use: upper
    matrix: { word: $words }
    inputs: { text: words }
  all:
    use: concat
    inputs: { texts: first }
  counts:
    use: take
    matrix: { word: $words }
    inputs: { rows: words }
`;

const first = ["first[word=ape]", "first[word=bee]"];
const folder = "lib/pipeline/testdata";

Deno.test("a state has a name, and downstream waits until it is known", async () => {
  await using lab = await Laboratory.create(pipeline);
  assert.deepEqual(await lab.states({ targets: ["all"] }), {
    "words[word=ape]": "neverRan",
    "words[word=bee]": "neverRan",
    "first[word=ape]": "waiting",
    "first[word=bee]": "waiting",
    all: "waiting",
  });
  await lab.run();
  await lab.edit("pipeline.yaml", "bee]", "wasp]");
  await lab.edit(`${folder}/upper.ts`, "toUpperCase()", "toUpperCase() + 1");
  assert.deepEqual(await lab.states(), {
    "words[word=ape]": "fresh",
    "words[word=wasp]": "neverRan",
    "first[word=ape]": "codeChanged",
    "first[word=wasp]": "waiting",
    all: "waiting",
    "counts[word=ape]": "fresh",
    "counts[word=wasp]": "waiting",
  });
});

Deno.test("an output that is gone or cut short is noticed and made again", async () => {
  await using lab = await Laboratory.create(pipeline);
  await lab.run();
  const target = { targets: ["words[word=ape]"] };
  const contents = await Promise.all(
    (await lab.files("store/objects")).map(async (path) => [path, await lab.read(path)]),
  );
  const object = `${lab.folder}/${contents.find(([, text]) => text === "ape")![0]}`;
  await Deno.remove(object);
  assert.deepEqual(await lab.states(target), { "words[word=ape]": "outputMissing" });
  assert.deepEqual((await lab.run()).ran, ["words[word=ape]"]);
  await Deno.remove(object);
  await Deno.writeTextFile(object, "ap");
  assert.deepEqual(await lab.states(target), { "words[word=ape]": "outputCorrupt" });
  assert.deepEqual((await lab.run()).ran, ["words[word=ape]"]);
  assert.deepEqual(await lab.states(target), { "words[word=ape]": "fresh" });
});

Deno.test("force runs the targets alone, fresh or not", async () => {
  await using lab = await Laboratory.create(pipeline);
  await lab.run();
  const { ran, events } = await lab.run({ targets: ["first"], force: true });
  assert.deepEqual(ran, first);
  const started = events.find((each) => each.event === "instanceStarted");
  assert.deepEqual(started?.event === "instanceStarted" && started.verdicts, [{ name: "forced" }]);
});

Deno.test("a result whose record is gone has run all the same", async () => {
  await using lab = await Laboratory.create(pipeline);
  const target = { targets: ["words[word=ape]"] };
  await lab.run(target);
  for (const path of await lab.files("store/records")) await Deno.remove(`${lab.folder}/${path}`);
  assert.deepEqual(await lab.states(target), { "words[word=ape]": "outputMissing" });
  await lab.edit("pipeline.yaml", "times: 1", "times: 2");
  assert.deepEqual(await lab.states(target), { "words[word=ape]": "neverRan" });
});
