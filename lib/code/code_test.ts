import { strict as assert } from "node:assert";
import { deriveCode } from "./code.ts";
import { Modules } from "./testdata/modules.ts";

/** What a store is left with by others, and by a disk that went bad. */
const misunderstood = [
  "",
  "{ broken",
  "null",
  "[]",
  '"text"',
  "{}",
  '{"stage.ts":{"code":null}}',
  '{"stage.ts":{"code":{"digest":"0","packages":[],"files":{}},"stats":{"stage.ts":[1,2]}}}',
  '{"derivation":3,"stages":null}',
  '{"derivation":3,"stages":{"stage.ts":null}}',
  '{"derivation":3,"stages":{"stage.ts":{"code":null,"states":{}}}}',
  '{"derivation":3,"stages":{"stage.ts":{"code":{"digest":"0"},"states":{}}}}',
  '{"derivation":2,"stages":{"stage.ts":{"code":{"digest":"0","packages":[],"files":{},"late":[]},"states":{}}}}',
];

Deno.test("a digest depends neither on the folder nor on what is bundled with it", async () => {
  const files = {
    "one.ts": `import { shared } from "./shared.ts"; export const run = () => shared(1);`,
    "two.ts": `import { shared } from "./shared.ts"; export const run = () => shared(2);`,
    "shared.ts": `export const shared = (x: number) => x + 1;`,
  };
  await using here = await Modules.create(files);
  await using there = await Modules.create(files);
  const [one] = await here.derive("one");
  assert.equal((await there.derive("two", "one"))[1].digest, one.digest);
});

Deno.test("a digest is kept, and a change of time alone gives the same again", async () => {
  await using lab = await Modules.create({ "stage.ts": `export const run = () => 1;` });
  const first = await lab.deriveAndKeep("stage");
  const kept = await Deno.readTextFile(lab.cacheFile);
  await Deno.writeTextFile(lab.cacheFile, kept.replace(first.digest, "kept"));
  assert.equal((await lab.derive("stage"))[0].digest, "kept");
  await Deno.utime(`${lab.folder}/stage.ts`, new Date(1e12), new Date(1e12));
  assert.deepEqual((await lab.derive("stage"))[0], first);
});

Deno.test("an edit of the same size, with the file's time set back, is seen", async () => {
  await using lab = await Modules.create({
    "stage.ts": `import { part } from "./part.ts"; export const run = () => part;`,
    "part.ts": `export const part = 1;`,
  });
  const path = `${lab.folder}/part.ts`;
  const before = await lab.deriveAndKeep("stage");
  const { mtime } = await Deno.stat(path);
  await lab.write("part.ts", `export const part = 2;`);
  await Deno.utime(path, mtime!, mtime!);
  assert.equal((await Deno.stat(path)).mtime!.getTime(), mtime!.getTime());
  assert.notEqual((await lab.derive("stage"))[0].digest, before.digest);
});

Deno.test("a file that takes the place of another, with its size and time, is seen", async () => {
  await using lab = await Modules.create({
    "stage.ts": `import { part } from "./part.ts"; export const run = () => part;`,
    "part.ts": `export const part = 1;`,
    "other.ts": `export const part = 2;`,
  });
  const { mtime } = await Deno.stat(`${lab.folder}/part.ts`);
  await Deno.utime(`${lab.folder}/other.ts`, mtime!, mtime!);
  const before = await lab.deriveAndKeep("stage");
  await Deno.rename(`${lab.folder}/other.ts`, `${lab.folder}/part.ts`);
  assert.notEqual((await lab.derive("stage"))[0].digest, before.digest);
});

Deno.test("a link that leads to another file is seen", async () => {
  await using lab = await Modules.create({
    "stage.ts": `import { part } from "./part.ts"; export const run = () => part;`,
    "one.ts": `export const part = 1;`,
    "two.ts": `export const part = 2;`,
  });
  await Deno.symlink("one.ts", `${lab.folder}/part.ts`);
  const before = await lab.deriveAndKeep("stage");
  assert.deepEqual(Object.keys(before.files), ["part.ts", "stage.ts"]);
  await Deno.remove(`${lab.folder}/part.ts`);
  await Deno.symlink("two.ts", `${lab.folder}/part.ts`);
  assert.notEqual((await lab.derive("stage"))[0].digest, before.digest);
});

Deno.test("what is kept in another shape is derived anew", async (t) => {
  await using lab = await Modules.create({ "stage.ts": `export const run = () => 1;` });
  const [first] = await lab.derive("stage");
  for (const text of misunderstood) {
    await t.step(text || "nothing", async () => {
      await Deno.writeTextFile(lab.cacheFile, text);
      assert.deepEqual((await lab.derive("stage"))[0], first);
    });
  }
});

Deno.test("packages count by the locked versions of all they depend on", async () => {
  const lock = (version: string): string =>
    JSON.stringify({
      specifiers: { "npm:@scope/a@1": "1.2.3", "npm:b@2": "2.0.0" },
      npm: {
        "@scope/a@1.2.3": { dependencies: ["c"] },
        "b@2.0.0": {},
        [`c@${version}`]: {},
      },
    });
  await using lab = await Modules.create({
    "stage.ts":
      `import a from "@scope/a/sub"; import b from "npm:b@^2/sub"; import fs from "node:fs";
      export const run = () => [a, b, fs];`,
    "plain.ts": `export const run = () => 1;`,
    "deno.json": `{"imports":{"@scope/a":"npm:@scope/a@^1"}}`,
    "deno.lock": lock("3.0.0"),
  });
  const [stage, plain] = await lab.derive("stage", "plain");
  assert.deepEqual(stage.packages, ["@scope/a@1.2.3", "b@2.0.0", "c@3.0.0"]);
  assert.deepEqual(plain.packages, []);
  await lab.write("deno.lock", lock("3.0.1"));
  const [after] = await lab.derive("stage");
  assert.deepEqual(after.packages, ["@scope/a@1.2.3", "b@2.0.0", "c@3.0.1"]);
  assert.equal(after.digest, stage.digest);
});

Deno.test("the files that are read after a module is loaded are known", async () => {
  await using lab = await Modules.create({
    "stage.ts": `import { shared } from "./shared.ts"; import { always } from "./always.ts";
      const weights = new URL("./weights.json", import.meta.url);
      export const run = async () => {
        new Worker(new URL("./work.ts", import.meta.url), { type: "module" });
        return [shared, always, weights, await import("./lazy.ts")];
      };`,
    "work.ts": `import { shared } from "./shared.ts"; self.postMessage(shared);`,
    "lazy.ts": `export const lazy = 1;`,
    "shared.ts": `export const shared = 1;`,
    "always.ts": `export const always = 1;`,
    "weights.json": "[1]",
  });
  const [{ late }] = await lab.derive("stage");
  assert.deepEqual(late, ["lazy.ts", "shared.ts", "weights.json", "work.ts"]);
});

Deno.test("a project that is reached by a link has the same code", async () => {
  await using lab = await Modules.create({
    "stage.ts": `import { part } from "./part.ts"; export const run = () => part;`,
    "part.ts": `export const part = 1;`,
  });
  const [code] = await lab.derive("stage");
  const linked = `${lab.folder}.link`;
  await Deno.symlink(lab.folder, linked);
  try {
    const modules = { stage: [`file://${linked}/stage.ts`] };
    const found = await deriveCode(modules, linked, `${lab.folder}/another_store`);
    assert.deepEqual(found.get("stage"), code);
  } finally {
    await Deno.remove(linked);
  }
});
