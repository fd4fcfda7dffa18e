import { strict as assert } from "node:assert";
import type { LockDifference } from "./locking.ts";
import { Laboratory } from "./testdata/laboratory.ts";

/** A study of some words, whose stages have the names of every other study's. */
const study = (name: string, words: string, more = "") => `
name: ${name}
params: { words: ${words} }
stages:
  words: { use: write, matrix: { word: $words }, with: { text: $word } }
  louder: { use: upper, matrix: { word: $words }, inputs: { text: words } }
  all: { use: label, inputs: { texts: louder } }
${more}`;

async function twoStudies(): Promise<Laboratory> {
  const lab = await Laboratory.create("");
  await lab.write("one.yaml", study("one", "[ape, bee]"));
  await lab.write("two.yaml", study("two", "[bee, cat]"));
  return lab;
}

const both = (lab: Laboratory) => ["one", "two"].map((name) => `${lab.folder}/${name}.yaml`);

Deno.test("what several files share is made once, whatever it is called", async () => {
  await using lab = await twoStudies();
  const files = both(lab);
  const { ran, summary, errors } = await lab.run({ files });
  assert.equal(errors, "");
  // Two words and their louder ones, one of each shared, and an end of each study.
  const shared = ["words[word=bee]", "louder[word=bee]"];
  for (const name of shared) {
    assert.equal(ran.filter((id) => id.endsWith(`:${name}`)).length, 1, name);
  }
  assert.deepEqual([ran.length, summary!.fresh, summary!.failed], [8, 2, 0]);
  for (const states of [await lab.states({ files }), await lab.states({ files: [files[1]] })]) {
    assert.deepEqual([...new Set(Object.values(states))], ["fresh"]);
  }
});

Deno.test("results, locks and names are those of each file by itself", async () => {
  await using together = await twoStudies();
  await using apart = await twoStudies();
  await together.run({ files: both(together) });
  for (const file of both(apart)) assert.equal((await apart.run({ files: [file] })).errors, "");
  for (const name of ["one", "two"]) {
    assert.equal(await together.read(`${name}.lock`), await apart.read(`${name}.lock`));
    const manifest = `results/${name}/default/manifest.json`;
    assert.equal(await together.read(manifest), await apart.read(manifest));
  }
  const again = await together.run({ files: both(together) });
  assert.deepEqual([again.ran, again.summary!.fresh], [[], 10]);
});

Deno.test("a second study finds fresh what the first has made", async () => {
  await using lab = await twoStudies();
  const [one, two] = both(lab);
  await lab.run({ files: [one] });
  const states = await lab.states({ files: [two] });
  assert.deepEqual(states, {
    "words[word=bee]": "fresh",
    "words[word=cat]": "neverRan",
    "louder[word=bee]": "fresh",
    "louder[word=cat]": "waiting",
    all: "waiting",
  });
});

Deno.test("locks are compared file by file", async () => {
  await using lab = await twoStudies();
  const files = both(lab);
  await lab.run({ files });
  const compare = () => lab.ask<LockDifference>({ files, ask: "compare" });
  assert.deepEqual(await compare(), []);
  await lab.edit("two.yaml", "cat", "cow");
  const found = await compare();
  assert.deepEqual(found.map(({ instance, kind }) => [instance, kind]).sort(), [
    ["two:all", "notHere"],
    ["two:louder[word=cat]", "notPlanned"],
    ["two:louder[word=cow]", "notLocked"],
    ["two:words[word=cat]", "notPlanned"],
    ["two:words[word=cow]", "notLocked"],
  ]);
});

Deno.test("a part of one file leaves the other's results and lock alone", async () => {
  await using lab = await twoStudies();
  const files = both(lab);
  await lab.run({ files });
  const before = await lab.read("one.lock");
  await lab.edit("two.yaml", "cat", "cow");
  const { ran } = await lab.run({ files, targets: ["two:words"] });
  assert.deepEqual(ran, ["two:words[word=cow]"]);
  assert.equal(await lab.read("one.lock"), before);
  assert.match(await lab.read("two.lock"), /"words\[word=cow\]"/);
});

Deno.test("a failure is told of its file, and with --keep-going the other goes on", async () => {
  await using lab = await twoStudies();
  await lab.write(
    "bad.yaml",
    study("bad", "[dog]").replace("text: $word", "text: $word, fail: throw"),
  );
  const files = [`${lab.folder}/bad.yaml`, both(lab)[0]];
  const { events, summary } = await lab.run({ files, keepGoing: true });
  const failed = events.flatMap((each) => each.event === "instanceFailed" ? [each.instance] : []);
  assert.deepEqual(failed, ["bad:words[word=dog]"]);
  assert.deepEqual([summary!.ran, summary!.failed, summary!.skipped], [5, 1, 2]);
});
