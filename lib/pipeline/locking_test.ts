import { strict as assert } from "node:assert";
import type { LockDifference } from "./locking.ts";
import { Laboratory } from "./testdata/laboratory.ts";

const pipeline = `
name: locked
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
`;

async function differences(lab: Laboratory): Promise<string[]> {
  const found = await lab.ask<LockDifference>({ ask: "compare" });
  return found.map(({ instance, output = "", kind, why }) =>
    `${instance} ${output} ${kind}: ${why}`
  );
}

async function objectOf(lab: Laboratory, text: string): Promise<string> {
  for (const path of await lab.files("store/objects")) {
    if (await lab.read(path) === text) return path;
  }
  throw new Error(`Cannot find a content "${text}"`);
}

Deno.test("a whole run writes the lock; a part updates its own lines; a warm run changes nothing", async () => {
  await using lab = await Laboratory.create(pipeline);
  await lab.run({ targets: ["words"] });
  await assert.rejects(lab.read("pipeline.lock"));
  await lab.run();
  const lock = await lab.read("pipeline.lock");
  assert.deepEqual(Object.keys(JSON.parse(lock).profiles.default), [
    "all",
    "first[word=ape]",
    "first[word=bee]",
    "words[word=ape]",
    "words[word=bee]",
  ]);
  const before = await Deno.stat(`${lab.folder}/pipeline.lock`);
  await lab.run();
  assert.equal((await Deno.stat(`${lab.folder}/pipeline.lock`)).ino, before.ino);
  assert.deepEqual(await differences(lab), []);

  await lab.edit("pipeline.yaml", "times: 1", "times: 2");
  await lab.run({ targets: ["words[word=bee]"] });
  const part = await lab.read("pipeline.lock");
  const lines = lock.split("\n");
  const changed = part.split("\n").filter((line, at) => line !== lines[at]);
  assert.equal(changed.length, 3); // fingerprint, madeOf, one output
  await lab.edit("pipeline.yaml", "times: 2", "times: 1");
  await lab.run();
  assert.equal(await lab.read("pipeline.lock"), lock);
});

Deno.test("another folder that runs anew gives the lock's bytes; what differs is named and explained", async () => {
  await using lab = await Laboratory.create(pipeline);
  await lab.run();
  const lock = await lab.read("pipeline.lock");
  await using other = await Laboratory.create(pipeline);
  await other.write("pipeline.lock", lock);
  assert.deepEqual((await differences(other)).slice(0, 3), [
    "words[word=ape]  notHere: it has not run here",
    "words[word=bee]  notHere: it has not run here",
    "first[word=ape]  notHere: waits on words[word=ape]",
  ]);
  assert.equal((await other.run({ locked: true })).summary?.ran, 5);
  assert.deepEqual(await differences(other), []);

  // Bytes that changed without anyone's doing are found, however they look from outside.
  const object = `${other.folder}/${await objectOf(other, "ape")}`;
  const { mtime } = await Deno.stat(object);
  await Deno.chmod(object, 0o644);
  await Deno.writeTextFile(object, "apf");
  await Deno.utime(object, mtime!, mtime!);
  assert.deepEqual(
    (await differences(other))[0],
    "words[word=ape] text.txt notHere: its bytes are not what they were (verify --heal)",
  );
  assert.deepEqual((await other.run({ locked: true })).summary?.failed, 0);
  await other.run({ targets: ["words[word=ape]"], force: true, locked: true });

  await other.edit("pipeline.yaml", "copies: $times", "copies: 3");
  await other.edit("pipeline.yaml", "use: concat", "use: concat\n    with: { separator: '-' }");
  await other.edit("pipeline.yaml", "  all:", "  everything:");
  assert.equal((await other.run({ locked: true })).summary?.failed, 0);
  assert.deepEqual(
    await differences(other),
    [
      "words[word=ape] text.txt otherBytes: other params",
      "words[word=bee] text.txt otherBytes: other params",
      "everything  notLocked: the lock does not name it",
      "all  notPlanned: the pipeline does not have it",
    ],
  );
  assert.equal(await other.read("pipeline.lock"), lock);
});

Deno.test("a lock of another shape ends a run in words, before anything runs", async () => {
  await using lab = await Laboratory.create(pipeline);
  await lab.write("pipeline.lock", "<<<<<<< ours\n");
  const { errors, code, ran } = await lab.run();
  assert.match(errors, /Cannot read .*pipeline\.lock: it holds the conflict of a merge/);
  assert.deepEqual([code, ran], [1, []]);
  await Deno.remove(`${lab.folder}/pipeline.lock`);
  assert.equal((await lab.run()).ran.length, 5);
  await lab.write("pipeline.lock", "<<<<<<< ours\n");
  assert.match((await lab.run()).errors, /it holds the conflict of a merge/);
});

Deno.test("a comparison with a lock that is not there ends before anything runs", async () => {
  await using lab = await Laboratory.create(pipeline);
  const { errors, ran } = await lab.run({ locked: true });
  assert.match(errors, /Cannot compare with .*pipeline\.lock: profile "default" is not in it/);
  assert.deepEqual(ran, []);
});

Deno.test("numbers of another processor are explained by it, and by nothing else where it is the same", async () => {
  await using lab = await Laboratory.create(pipeline);
  await lab.run();
  const lock = JSON.parse(await lab.read("pipeline.lock"));
  const entry = lock.profiles.default["first[word=ape]"];
  const { cpu } = entry.runtime;
  entry.outputs["text.txt"].digest = "f".repeat(64);
  await lab.write("pipeline.lock", JSON.stringify(lock));
  const same = "made of the same: the stage does not give the same bytes every time";
  assert.deepEqual(await differences(lab), [`first[word=ape] text.txt otherBytes: ${same}`]);
  entry.runtime.cpu = "an Abacus";
  await lab.write("pipeline.lock", JSON.stringify(lock));
  const why = `made of the same, on an Abacus by the lock and on ${cpu} here`;
  assert.deepEqual(await differences(lab), [`first[word=ape] text.txt otherBytes: ${why}`]);
  entry.runtime.cores = 64;
  await lab.write("pipeline.lock", JSON.stringify(lock));
  assert.deepEqual(await differences(lab), [
    "first[word=ape] text.txt otherBytes: other cores (64 → 1)",
  ]);
});

Deno.test("a source that has changed since it was locked is named by its address", async () => {
  await using lab = await Laboratory.create(pipeline);
  await lab.run();
  const url = "https://host/train.txt", [one, other] = ["a".repeat(64), "b".repeat(64)];
  const lock = JSON.parse(await lab.read("pipeline.lock"));
  const entry = lock.profiles.default["words[word=ape]"];
  entry.sources = { [url]: one };
  entry.outputs["text.txt"].digest = "c".repeat(64);
  await lab.write("pipeline.lock", JSON.stringify(lock));
  const path = `store/records/${entry.fingerprint.slice(0, 2)}/${entry.fingerprint}.json`;
  const record = JSON.parse(await lab.read(path));
  await lab.write(path, JSON.stringify({ ...record, sources: { [url]: other } }));
  assert.deepEqual(await differences(lab), [
    `words[word=ape] text.txt otherBytes: ${url} has changed: SHA-256 ${one.slice(0, 16)}… ` +
    `by the lock, ${other.slice(0, 16)}… here`,
  ]);
  await lab.run();
  const written = JSON.parse(await lab.read("pipeline.lock"));
  assert.deepEqual(written.profiles.default["words[word=ape]"].sources, { [url]: other });
});
