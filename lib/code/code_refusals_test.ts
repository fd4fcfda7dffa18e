import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { Modules } from "./testdata/modules.ts";

const files = {
  "deno.lock": JSON.stringify({ specifiers: { "npm:known@1": "1.0.0" }, npm: {} }),
  "parts/one.ts": "export const part = 1;",
  "parts/one.cjs": "exports.part = __dirname;",
  "parts/one.wasm": "",
  "notes/one.md": "text",
};

const oneByOne = '  name the module in quotes; to choose among several, write import("…") for each';
const inQuotes = '  write new URL("./file", import.meta.url), with the name in quotes';
const noCode = (name: string): string =>
  `Cannot follow "${name}": only npm packages and files of the project count as code`;
const fileOrPackage = '  import a file, or name an npm package in "imports" of deno.json';

/** What a stage may not hold, and what is said, without the line and its squiggle. */
const refused: [source: string, ...message: string[]][] = [
  [
    `export const run = (it: string) => import(it);`,
    "stage.ts:1:36: Cannot follow this import: its module is known only when it runs",
    oneByOne,
  ],
  [
    `export const run = async (it: string) => { try { await import(it); } catch { /* none */ } };`,
    "stage.ts:1:56: Cannot follow this import: its module is known only when it runs",
    oneByOne,
  ],
  [
    "/* é */ export const run = (it: string) => import(`./parts/${it}.ts`);",
    "stage.ts:1:44: Cannot follow this import: its module is known only when it runs",
    oneByOne,
  ],
  [
    `export const run = (it: string) =>\n  import("./parts/" + it);`,
    "stage.ts:2:10: Cannot follow this import: its module is known only when it runs",
    oneByOne,
  ],
  [
    `export const run = () => import("./parts/one.ts");\nexport const all = (it: string) => import("./" + it);`,
    "stage.ts:2:43: Cannot follow this import: its module is known only when it runs",
    oneByOne,
  ],
  [
    `import { createRequire } from "node:module"; export const run = createRequire("/");`,
    `stage.ts:1:31: ${noCode("node:module")}`,
    fileOrPackage,
  ],
  [
    `export { part } from "https://example.org/part.ts";`,
    `stage.ts:1:22: ${noCode("https://example.org/part.ts")}`,
    fileOrPackage,
  ],
  [
    `export const run = () => import("jsr:@std/path");`,
    `stage.ts:1:33: ${noCode("jsr:@std/path")}`,
    fileOrPackage,
  ],
  [`export { part } from "nowhere";`, `stage.ts:1:22: ${noCode("nowhere")}`, fileOrPackage],
  [
    `export { part } from "file:///nowhere.ts";`,
    `stage.ts:1:22: ${noCode("file:///nowhere.ts")}`,
    fileOrPackage,
  ],
  [
    `export { part } from "npm:unknown@^1/part";`,
    'stage.ts:1:22: Cannot tell the version of "npm:unknown@^1/part": deno.lock does not name it',
    "  run deno install --entrypoint with this file",
  ],
  [
    `export { part } from "./gone.ts";`,
    'stage.ts:1:22: Cannot bundle the code of a stage: Could not resolve "./gone.ts"',
  ],
  [
    `export { part } from "./parts/";`,
    'stage.ts:1:22: Cannot bundle the code of a stage: Could not resolve "./parts/"',
  ],
  ...["./parts", "./parts/one"].map((path): [string, string] => [
    `export { part } from "${path}";`,
    `stage.ts:1:22: Cannot bundle the code of a stage: Could not resolve "${path}"`,
  ]),
  [
    `export { add } from "./parts/one.wasm";`,
    "stage.ts:1:21: Cannot bundle the code of a stage: No loader is configured for " +
    '".wasm" files: parts/one.wasm',
    '  read it from new URL("./file", import.meta.url)',
  ],
  [
    `import defer * as part from "./parts/one.ts"; export const run = () => part;`,
    "stage.ts:1:29: Cannot bundle the code of a stage: Bundling with deferred imports is not " +
    "supported unless they are external",
  ],
  [
    `export const run = new URL("./gone.json", import.meta.url);`,
    'stage.ts:1:43: Cannot find "./gone.json", which counts as code of a stage',
  ],
  ...[
    "export const run = (it: string) => new URL(it, import.meta.url);",
    "export const run = (it: string) => new URL(`./${it}`, import.meta.url);",
    `export const run = (it: string) => new URL("./" + it, import.meta.url);`,
    `export const run = (it: string) => import.meta.resolve(it);`,
    `export const run = () => new Worker(import.meta.resolve("npm:known@1"));`,
    `export const run = () => new Worker(new URL("https://example.org/", import.meta.url));`,
    `export const run = Deno.readTextFileSync(import.meta.dirname + "/parts/one.ts");`,
    `export const run = import.meta.filename;`,
    `const here = import.meta.url; export const run = new URL("./parts/one.ts", here);`,
    `const { url } = import.meta; export const run = new URL("./parts/one.ts", url);`,
    `export const run = import.meta["url"];`,
  ].map((source): [string, string, string] => [
    source,
    `stage.ts:1:${source.indexOf("import.meta") + 1}: Cannot follow this use of import.meta: ` +
    "what it leads to does not count as code",
    inQuotes,
  ]),
];

/** What `deno.json` may not say, and what is said. */
const configs: [config: string, message: string][] = [
  ...[
    `{"importMap":"./map.json"}`,
    `{"scopes":{}}`,
    `{"workspace":[]}`,
    `{"links":[]}`,
    `{"unstable":["sloppy-imports"]}`,
    `{"imports":{"./":"./"}}`,
    `{"imports":{"/":"./"}}`,
    `{"imports":{"./lib/a.ts":"./lib/b.ts"}}`,
  ].map((config): [string, string] => {
    const [, key] = /"(?:imports":{"|unstable":\["|)([^"]+)"/.exec(config)!;
    return [
      config,
      `Cannot follow "${key}" of deno.json: what it leads to does not count as code\n` +
      '  give each module a name of its own in "imports"',
    ];
  }),
  [
    "{} // comment",
    "Cannot read deno.json: Unexpected non-whitespace character after JSON at position 3 " +
    "(line 1 column 4)\n  write it as plain JSON, without comments",
  ],
];

Deno.test("what cannot be followed is refused, with its place and what to do", async (t) => {
  for (const [source, ...message] of refused) {
    await t.step(source, async () => {
      await using lab = await Modules.create({ ...files, "stage.ts": source });
      await assert.rejects(lab.derive("stage"), (error) => {
        assert.ok(error instanceof UserError);
        const lines = error.message.split("\n");
        assert.deepEqual([lines[0], ...lines.slice(3)], message);
        assert.ok(source.split("\n").includes(lines[1].slice(2)));
        return true;
      });
    });
  }
});

Deno.test("an import map that cannot be followed is refused", async (t) => {
  for (const [config, message] of configs) {
    await t.step(config, async () => {
      await using lab = await Modules.create({ "stage.ts": "export {};", "deno.json": config });
      await assert.rejects(lab.derive("stage"), { name: "UserError", message });
    });
  }
});

Deno.test("a CommonJS module is refused", async () => {
  await using lab = await Modules.create({
    ...files,
    "stage.ts": `export * from "./parts/one.cjs";`,
  });
  await assert.rejects(lab.derive("stage"), {
    name: "UserError",
    message: "Cannot follow parts/one.cjs: a CommonJS module loads what it likes\n" +
      "  write it with import and export",
  });
});

Deno.test("everything that cannot be followed is told at once", async () => {
  await using lab = await Modules.create({
    "stage.ts": `export { part } from "./part.ts"; export const run = (it: string) => import(it);`,
    "part.ts": `export const part = import.meta.dirname;`,
  });
  await assert.rejects(lab.derive("stage"), (error) => {
    assert.ok(error instanceof UserError);
    assert.deepEqual(error.problems.map(({ range }) => range?.file).sort(), [
      "part.ts",
      "stage.ts",
    ]);
    return true;
  });
});
