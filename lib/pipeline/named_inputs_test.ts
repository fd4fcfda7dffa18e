import { strict as assert } from "node:assert";
import type { DriveResult } from "./testdata/laboratory.ts";
import { Laboratory } from "./testdata/laboratory.ts";

const pipeline = `
name: named
stages:
  words:
    use: write
    matrix: { word: [ape, bee], n: [1] }
    with: { text: $word, copies: $n }
  joined: { use: concat, inputs: { texts: words } }
  labels: { use: label, inputs: { texts: words, more: joined } }
`;

async function labelsOf(lab: Laboratory, { events }: DriveResult): Promise<string> {
  const done = events.findLast((each) =>
    each.event === "instanceDone" && each.instance === "labels"
  );
  assert.ok(done?.event === "instanceDone");
  const { fingerprint } = done;
  const record = await lab.read(`store/records/${fingerprint.slice(0, 2)}/${fingerprint}.json`);
  const { digest } = JSON.parse(record).outputs["text.txt"];
  return await lab.read(`store/objects/${digest.slice(0, 2)}/${digest}`);
}

function verdictsOf({ events }: DriveResult): unknown[] {
  return events.flatMap((each) => each.event === "instanceStarted" ? each.verdicts : []);
}

Deno.test("names count for an input that is named, and for no other", async () => {
  await using lab = await Laboratory.create(pipeline);
  const cold = await lab.run();
  assert.deepEqual(cold.summary?.failed, 0);
  assert.equal(
    await labelsOf(lab, cold),
    'words[word=ape,n=1] {"word":"ape","n":1} ape\nwords[word=bee,n=1] {"word":"bee","n":1} bee\n',
  );
  assert.deepEqual((await lab.run()).ran, []);

  await lab.edit("pipeline.yaml", "n: [1]", "n: [true]");
  await lab.edit("pipeline.yaml", "copies: $n", "copies: 1");
  const typed = await lab.run();
  assert.deepEqual(typed.ran, ["labels"]);
  assert.deepEqual(verdictsOf(typed).slice(0, 2), [
    {
      name: "inputChanged",
      about: "inputs.texts.0.instance",
      before: "words[word=ape,n=1]",
      after: "words[word=ape,n=true]",
    },
    { name: "inputChanged", about: "inputs.texts.0.axes.1.1", before: 1, after: true },
  ]);
  assert.match(await labelsOf(lab, typed), /^words\[word=ape,n=true\] \{"word":"ape","n":true\} /);

  await lab.edit("pipeline.yaml", "word: [ape, bee], n: [true]", "n: [true], word: [ape, bee]");
  const ordered = await lab.run();
  assert.deepEqual(ordered.ran, ["labels"]);
  assert.match(
    await labelsOf(lab, ordered),
    /^words\[n=true,word=ape\] \{"n":true,"word":"ape"\} /,
  );

  await lab.edit("pipeline.yaml", "joined:", "glued:");
  await lab.edit("pipeline.yaml", "more: joined", "more: glued");
  assert.deepEqual((await lab.run()).ran, []);
});

Deno.test("a value of another type with the same name makes another label", async () => {
  await using lab = await Laboratory.create(pipeline);
  await lab.run();
  await lab.edit("pipeline.yaml", "n: [1]", 'n: ["1"]');
  await lab.edit("pipeline.yaml", "copies: $n", "copies: 1");
  assert.deepEqual((await lab.run()).ran, ["labels"]);
});

Deno.test("the axes of an input that is not named cannot be read", async () => {
  await using lab = await Laboratory.create(pipeline);
  await lab.edit("pipeline.yaml", "use: label,", "use: label, with: { asks: more },");
  const { events } = await lab.run();
  const failed = events.find((each) => each.event === "instanceFailed");
  assert.equal(
    failed?.event === "instanceFailed" && failed.message,
    'Cannot read the axes of input "more" of labels: stage kind "label" does not declare it ' +
      "named: true",
  );
});
