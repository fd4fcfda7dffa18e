import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { deriveCode, type StageCode } from "./code.ts";

/** A project of small modules. */
async function project(files: Record<string, string>) {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  const write = async (path: string, text: string): Promise<void> => {
    await Deno.writeTextFile(`${folder}/${path}`, text);
  };
  for (const [path, text] of Object.entries(files)) await write(path, text);
  const derive = async (...names: string[]): Promise<StageCode[]> => {
    const modules = Object.fromEntries(names.map((name) => [name, `file://${folder}/${name}.ts`]));
    const code = await deriveCode(modules, folder, `${folder}/store`);
    return names.map((name) => code.get(name)!);
  };
  return {
    folder,
    write,
    derive,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

const lock = JSON.stringify({
  specifiers: { "npm:@scope/a@^1": "1.2.3_peer@5.0.0", "npm:b@2": "2.0.0" },
  npm: {
    "@scope/a@1.2.3_peer@5.0.0": { dependencies: ["c", "d@1.0.0"] },
    "b@2.0.0": {},
    "c@3.0.0": { optionalDependencies: ["e"] },
    "d@1.0.0": {},
    "d@2.0.0": {},
    "e@4.0.0": { dependencies: ["c"] },
  },
});

Deno.test("the code of a worker module counts, also of what it imports", async () => {
  await using lab = await project({
    "stage.ts":
      `export const run = () => new Worker(new URL("./work.ts", import.meta.url), { type: "module" });`,
    "work.ts": `import { part } from "./part.ts"; self.onmessage = () => self.postMessage(part());`,
    "part.ts": `export const part = () => 1;`,
  });
  const [before] = await lab.derive("stage");
  assert.deepEqual(Object.keys(before.files), ["part.ts", "stage.ts", "work.ts"]);
  await lab.write("part.ts", `/** A comment. */ export const part = () => 1;`);
  assert.equal((await lab.derive("stage"))[0].digest, before.digest);
  await lab.write("part.ts", `export const part = () => 2;`);
  assert.notEqual((await lab.derive("stage"))[0].digest, before.digest);
});

Deno.test("a dynamic import counts", async () => {
  await using lab = await project({
    "stage.ts": `export const run = async () => (await import("./part.ts")).part();`,
    "part.ts": `export const part = () => 1;`,
  });
  const [before] = await lab.derive("stage");
  await lab.write("part.ts", `export const part = () => 2;`);
  assert.notEqual((await lab.derive("stage"))[0].digest, before.digest);
});

Deno.test("a file that adds nothing today is watched all the same", async () => {
  await using lab = await project({
    "stage.ts": `import { a } from "./all.ts"; export const run = () => a;`,
    "all.ts": `export * from "./a.ts"; export * from "./b.ts";`,
    "a.ts": `export const a = 1;`,
    "b.ts": `export const b = 1;`,
  });
  const [before] = await lab.derive("stage");
  await lab.write("b.ts", `export const b = 1; globalThis.name = "changed";`);
  assert.notEqual((await lab.derive("stage"))[0].digest, before.digest);
});

Deno.test("a digest depends neither on the folder nor on what is bundled with it", async () => {
  const files = {
    "one.ts": `import { shared } from "./shared.ts"; export const run = () => shared(1);`,
    "two.ts": `import { shared } from "./shared.ts"; export const run = () => shared(2);`,
    "shared.ts": `export const shared = (x: number) => x + 1;`,
  };
  await using here = await project(files);
  await using there = await project(files);
  const [one] = await here.derive("one");
  assert.equal((await there.derive("two", "one"))[1].digest, one.digest);
});

Deno.test("packages count by the locked versions of all they depend on", async () => {
  await using lab = await project({
    "stage.ts":
      `import a from "@scope/a/sub"; import fs from "node:fs"; export const run = () => [a, fs];`,
    "plain.ts": `export const run = () => 1;`,
    "deno.json": JSON.stringify({ imports: { "@scope/a": "npm:@scope/a@^1", b: "npm:b@2" } }),
    "deno.lock": lock,
  });
  const [stage, plain] = await lab.derive("stage", "plain");
  assert.deepEqual(stage.packages, ["@scope/a@1.2.3_peer@5.0.0", "c@3.0.0", "d@1.0.0", "e@4.0.0"]);
  assert.deepEqual(plain.packages, []);
});

Deno.test("digests are kept, and a change of time alone gives the same again", async () => {
  await using lab = await project({ "stage.ts": `export const run = () => 1;` });
  const past = new Date(Date.now() - 60_000);
  await Deno.utime(`${lab.folder}/stage.ts`, past, past);
  const [first] = await lab.derive("stage");
  const [cacheFile] = [...Deno.readDirSync(`${lab.folder}/store/code`)];
  const cache = `${lab.folder}/store/code/${cacheFile.name}`;
  assert.deepEqual(Object.keys(JSON.parse(await Deno.readTextFile(cache))), ["stage.ts"]);
  await Deno.utime(`${lab.folder}/stage.ts`, new Date(1e12), new Date(1e12));
  assert.deepEqual((await lab.derive("stage"))[0], first);
  await Deno.writeTextFile(cache, "{ broken");
  assert.deepEqual((await lab.derive("stage"))[0], first);
});

Deno.test("a stage that cannot be bundled is an error a person can act on", async () => {
  await using lab = await project({ "stage.ts": `import "./gone.ts";` });
  await assert.rejects(lab.derive("stage"), (error) => {
    assert.ok(error instanceof UserError);
    assert.match(error.message, /stage\.ts:1:7: ERROR: Could not resolve "\.\/gone\.ts"/);
    return true;
  });
});
