import { type Edit, testEdits, work } from "./testdata/edits.ts";

const aliased = (imports: Record<string, string>): string => JSON.stringify({ imports });

/** What a project has, and the file whose edit must count. */
const counted: Edit[] = [
  [
    "a module",
    {
      "stage.ts": `export { part as run } from "./part.ts";`,
      "part.ts": "export const part = () => 1;",
    },
    "part.ts",
    "1",
    "2",
  ],
  [
    "a module that is imported when it is needed",
    {
      "stage.ts": `export const run = async () => (await import("./part.ts")).part();`,
      "part.ts": `export const part = () => 1;`,
    },
    "part.ts",
    "1",
    "2",
  ],
  [
    "what a module does that adds nothing today",
    {
      "stage.ts": `import { a } from "./all.ts"; export const run = () => a;`,
      "all.ts": `export * from "./a.ts"; export * from "./b.ts";`,
      "a.ts": `export const a = 1;`,
      "b.ts": `export const b = 1;`,
    },
    "b.ts",
    "= 1;",
    `= 1; globalThis.name = "changed";`,
  ],
  [
    "what a module does that a comment calls harmless",
    {
      "stage.ts":
        `import { effect } from "./part.ts"; /* @__PURE__ */ effect(); export const run = 1;`,
      "part.ts": `export const effect = () => globalThis.name = "one";`,
    },
    "part.ts",
    "one",
    "two",
  ],
  [
    "the same in a package that calls itself harmless",
    {
      "package.json": `{"sideEffects":false}`,
      "stage.ts": `import "./part.ts"; export const run = 1;`,
      "part.ts": `globalThis.name = "one";`,
    },
    "part.ts",
    "one",
    "two",
  ],
  [
    "a module that is imported with a query",
    {
      "stage.ts": `import { part } from "./part.ts?fresh"; export const run = () => part;`,
      "part.ts": `export const part = 1;`,
    },
    "part.ts",
    "1",
    "2",
  ],
  [
    "JSON",
    {
      "stage.ts": `import part from "./part.json" with { type: "json" }; export const run = part;`,
      "part.json": `{"layers":12}`,
    },
    "part.json",
    "12",
    "13",
  ],
  [
    "text",
    {
      "stage.ts": `import part from "./part.md" with { type: "text" }; export const run = part;`,
      "part.md": "one",
    },
    "part.md",
    "one",
    "two",
  ],
  [
    "bytes",
    {
      "stage.ts": `import part from "./part.bin" with { type: "bytes" }; export const run = part;`,
      "part.bin": "one",
    },
    "part.bin",
    "one",
    "two",
  ],
  [
    "what a data: import holds",
    {
      "stage.ts":
        `import { part } from "data:text/javascript,export const part = 1"; export default part;`,
    },
    "stage.ts",
    "1",
    "2",
  ],
  [
    "a module that the import map names",
    {
      "deno.json": aliased({ "@x/extra": "./lib/extra.ts" }),
      "stage.ts": `import { part } from "@x/extra"; export const run = () => part;`,
      "lib/extra.ts": `export const part = 1;`,
    },
    "lib/extra.ts",
    "1",
    "2",
  ],
  [
    "a module below what the import map names",
    {
      "deno.json": aliased({ "@x": "./mod.ts", "@x/": "./", "@x/lib/": "./lib/" }),
      "stage.ts": `import { part } from "@x/lib/extra.ts"; export const run = () => part;`,
      "lib/extra.ts": `export const part = 1;`,
    },
    "lib/extra.ts",
    "1",
    "2",
  ],
  [
    "a module that stands for a built-in one",
    {
      "deno.json": aliased({ "node:fs": "./lib/fs.ts" }),
      "stage.ts": `import { part } from "node:fs"; export const run = () => part;`,
      "lib/fs.ts": `export const part = 1;`,
    },
    "lib/fs.ts",
    "1",
    "2",
  ],
  [
    "what the import map names",
    {
      "deno.json": aliased({ part: "./one.ts" }),
      "stage.ts": `import { part } from "part"; export const run = () => part;`,
      "one.ts": `export const part = 1;`,
      "two.ts": `export const part = 2;`,
    },
    "deno.json",
    "one",
    "two",
  ],
  [
    "the module of a worker, and what it imports",
    {
      "stage.ts": work(`new URL("./work.ts", import.meta.url), { type: "module" }`),
      "work.ts": `import { part } from "./part.ts"; self.postMessage(part);`,
      "part.ts": `export const part = 1;`,
    },
    "part.ts",
    "1",
    "2",
  ],
  [
    "the module of a worker, resolved",
    {
      "stage.ts": work(`import.meta.resolve("./work.ts"), { type: "module" }`),
      "work.ts": `self.postMessage(1);`,
    },
    "work.ts",
    "1",
    "2",
  ],
  [
    "what the module of a worker reads",
    {
      "stage.ts": work(`new URL("./work.ts", import.meta.url)`),
      "work.ts": `postMessage(Deno.readTextFileSync(new URL('./part.txt', import.meta.url)));`,
      "part.txt": "1",
    },
    "part.txt",
    "1",
    "2",
  ],
  [
    "a file that a library reads when it is loaded",
    {
      "stage.ts": `import { part } from "./lib/part.ts"; export const run = () => part;`,
      "lib/part.ts": `// ü
      const ö = "é"; export const part = JSON.parse(await Deno.readTextFile(new URL(
        "../data/part.json",
        import.meta.url,
      ))) + ö;`,
      "data/part.json": "1",
    },
    "data/part.json",
    "1",
    "2",
  ],
  [
    "an option of the compiler",
    {
      "deno.json": `{"compilerOptions":{"experimentalDecorators":true}}`,
      "stage.ts": `export const run = () => 1;`,
    },
    "deno.json",
    "true",
    "false",
  ],
  [
    "the same in tsconfig.json, which Deno reads where deno.json has none",
    {
      "tsconfig.json": `{"compilerOptions":{"experimentalDecorators":true}}`,
      "stage.ts": `export const run = () => 1;`,
    },
    "tsconfig.json",
    "true",
    "false",
  ],
  [
    "what an import does that only verbatimModuleSyntax keeps",
    {
      "deno.json": `{"compilerOptions":{"verbatimModuleSyntax":true}}`,
      "stage.ts": `import { part } from "./part.ts"; export const run = 1;`,
      "part.ts": `globalThis.name = "one"; export const part = 1;`,
    },
    "part.ts",
    "one",
    "two",
  ],
];

testEdits(counted, true);
