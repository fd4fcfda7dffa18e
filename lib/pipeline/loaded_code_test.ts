import { strict as assert } from "node:assert";
import { canonicalJson } from "../core/canonical_json.ts";
import type { StageEntry, StageKind } from "../plan/stage.ts";
import { Store } from "../store/store.ts";
import { deriveCode } from "../code/code.ts";
import { checkLate, loadKind } from "./loaded_code.ts";
import type { WorkRequest } from "./work.ts";

/** A stage that reads files early, late, and both ways. */
const files = {
  "stage.ts": `
import { early } from "./early.ts";
import { both } from "./both.ts";
const run = async () => {
  new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  return [early, both, (await import("./late.ts")).late];
};
export const stage = { kind: "stage", run };`,
  "early.ts": `export const early = 1;`,
  "both.ts": `export const both = 11;`,
  "late.ts": `export const late = 1;`,
  "worker.ts": `import { both } from "./both.ts"; self.onmessage = () => both + 1;`,
};

/** A worker's view of a project with that stage, when a run has begun. */
async function project(
  first = "",
  more: Record<string, string> = {},
  afterLoad: (folder: string) => Promise<void> = () => Promise.resolve(),
  device?: string,
) {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  const write = async (path: string, text: string): Promise<void> => {
    await Deno.writeTextFile(`${folder}/${path}`, text);
  };
  for (const [path, text] of Object.entries({ ...files, ...more })) await write(path, text);
  await write("stage.ts", first + files["stage.ts"]);
  const module = `file://${folder}/stage.ts`;
  const store = new Store(`${folder}/store`);
  const deviceModule = `file://${folder}/${device}`;
  const devices = device === undefined
    ? undefined
    : { cpu: deviceModule, webgpu: "file:///none", cuda: "file:///none" };
  const modules = { stage: devices ? [module, deviceModule] : [module] };
  const code = (await deriveCode(modules, folder, store.folder)).get("stage")!;
  const request = {
    instance: "stage[n=1]",
    kind: "stage",
    device: "cpu",
    components: { code: code.digest, packages: code.packages, reads: null },
    projectFolder: folder,
    storeFolder: store.folder,
    codeFiles: store.putText(canonicalJson(code.files)),
  } as unknown as WorkRequest; // the rest is not looked at
  const entry: StageEntry = {
    module,
    devices,
    load: async () => {
      const { stage } = await import(module);
      await afterLoad(folder);
      return stage as StageKind;
    },
  };
  return {
    code,
    write,
    load: () => loadKind(request, entry, store),
    check: async () => checkLate(request, entry, (await loadKind(request, entry, store)).kind),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

const edited = (what: string) => ({
  name: "UserError",
  message: `Cannot run stage[n=1]: ${what} edited after this run began\n  run again`,
});

Deno.test("late files are those of Workers and dynamic imports, also where they are early too", async () => {
  await using lab = await project();
  assert.deepEqual(lab.code.late, ["both.ts", "late.ts", "worker.ts"]);
});

for (const [path, text] of Object.entries(files)) {
  const other = text.replace("1;", "2;").replace("[early,", "[both,");
  const isLate = !["stage.ts", "early.ts"].includes(path);

  Deno.test(`an edit of ${path} is noticed when the module is loaded, and once loaded stays wrong`, async () => {
    await using lab = await project();
    await lab.write(path, other);
    await assert.rejects(lab.load(), edited(`${path} was`));
    await lab.write(path, text);
    await assert.rejects(lab.load(), edited(`${path} was`));
  });

  Deno.test(`an edit of ${path} after that ${isLate ? "counts" : "is left alone"}`, async () => {
    await using lab = await project();
    assert.equal((await lab.load()).kind.kind, "stage");
    await lab.check();
    await lab.write(path, other);
    assert.equal((await lab.load()).kind.kind, "stage");
    if (!isLate) return await lab.check();
    await assert.rejects(lab.check(), edited(`${path} was`));
    await lab.write(path, text);
    await lab.check();
  });

  Deno.test(`a comment in ${path} never counts`, async () => {
    await using lab = await project();
    await lab.write(path, `// first\n${text}`);
    await lab.load();
    await lab.check();
    await lab.write(path, `// second\n${text}`);
    await lab.check();
  });
}

Deno.test("a late file that is gone or broken is named, also beside an early one that changes nothing late", async () => {
  await using lab = await project();
  await lab.load();
  await lab.write("early.ts", "export const early = ((");
  await lab.check();
  await lab.write("late.ts", "export const late = ((");
  await lab.write("worker.ts", "");
  await assert.rejects(lab.check(), edited("late.ts and 1 more were"));
});

Deno.test("an edit of a device's module is noticed when it is loaded, and once loaded left alone", async () => {
  const engine = { "engine.ts": "export const steps = 1;" };
  const other = "export const steps = 2;";
  {
    await using lab = await project("", engine, undefined, "engine.ts");
    assert.equal(((await lab.load()).deviceModule as { steps: number }).steps, 1);
    await lab.write("engine.ts", other);
    await lab.check();
  }
  await using lab = await project("", engine, undefined, "engine.ts");
  await lab.write("engine.ts", other);
  await assert.rejects(lab.load(), edited("engine.ts was"));
});

Deno.test("half an edit does not load, and stays wrong", async () => {
  await using lab = await project();
  await lab.write("early.ts", "export const early = ((");
  await assert.rejects(lab.load(), edited("early.ts was"));
  await lab.write("early.ts", files["early.ts"]);
  await assert.rejects(lab.load(), edited("early.ts was"));
});

Deno.test("an edit that is taken back while the module is loaded is noticed", async () => {
  await using lab = await project("", {}, async (folder) => {
    await Deno.writeTextFile(`${folder}/early.ts`, "export const early = 2;");
    await Deno.writeTextFile(`${folder}/early.ts`, files["early.ts"]);
  });
  await assert.rejects(lab.load(), edited("early.ts was"));
});

Deno.test("a module that never loaded fails by what it throws", async () => {
  await using lab = await project(`throw new Error("no library");`);
  await assert.rejects(lab.load(), { message: "no library" });
});

Deno.test("other versions of packages are noticed when the module is loaded", async () => {
  const lock = (version: string) =>
    JSON.stringify({
      specifiers: { "npm:yaml@2": version },
      npm: { [`yaml@${version}`]: {} },
    });
  await using lab = await project(`import "node:fs"; import "yaml";`, {
    "deno.json": JSON.stringify({ imports: { yaml: "npm:yaml@2" } }),
    "deno.lock": lock("2.9.8"),
  });
  await lab.write("deno.lock", lock("2.9.9"));
  await assert.rejects(lab.load(), edited("deno.json or deno.lock was"));
});
