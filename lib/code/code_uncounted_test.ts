import { type Edit, testEdits, work } from "./testdata/edits.ts";

/** What may be edited: nothing comes of it. */
const uncounted: Edit[] = [
  [
    "a comment in the module of a worker",
    {
      "stage.ts": work(`new URL("./work.ts", import.meta.url)`),
      "work.ts": `/* one */ postMessage(1);`,
    },
    "work.ts",
    "one",
    "two",
  ],
  [
    "a file in a folder that is named",
    {
      "stage.ts": `export const run = () => [new URL(".", import.meta.url),
      new URL("data", import.meta.url), new URL("gone/", import.meta.url), import.meta.main];`,
      "data/part.json": "1",
    },
    "data/part.json",
    "1",
    "2",
  ],
  [
    "a file that only a comment or a text names",
    {
      "stage.ts": `/** Reads new URL("./gone.txt", import.meta.url), or import(it). */
      export const run = 'new URL("part.txt", import.meta.url), import(it)';`,
      "part.txt": "1",
    },
    "part.txt",
    "1",
    "2",
  ],
  [
    "what nobody uses, and the letters in it",
    {
      "stage.ts": `import { sum } from "./part.ts"; export const run = (x: number) => sum(x, 1);`,
      "part.ts": `export const sum = (left: number, right: number) => left + right;`,
    },
    "part.ts",
    "export",
    `export const unused = "${"zq".repeat(99)}";\nexport`,
  ],
  [
    "a type, and the letters in it",
    { "stage.ts": `export const run = (left: number, right: number) => left + right;` },
    "stage.ts",
    "export",
    `export type Unused = "${"zq".repeat(99)}";\nexport`,
  ],
  [
    "an import of a type",
    {
      "stage.ts":
        `import type { A } from "https://example.org/a.ts"; export const run = (a: A): A => a;`,
      "deno.json": "{}",
    },
    "deno.json",
    "{}",
    `{"tasks":{}}`,
  ],
  [
    "an option of the compiler that only checks",
    {
      "deno.json": `{"compilerOptions":{"strict":true}}`,
      "stage.ts": `export const run = () => 1;`,
    },
    "deno.json",
    "true",
    "false",
  ],
];

testEdits(uncounted, false);
