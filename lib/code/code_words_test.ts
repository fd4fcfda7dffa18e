import { strict as assert } from "node:assert";
import { Modules } from "./testdata/modules.ts";

/** What a project declares with; what its functions do is not looked at here. */
const house = {
  "deno.json": `{"imports":{"zod":"npm:zod@4.6.7","house/":"./lib/","other":"./other.ts"}}`,
  "deno.lock": `{"specifiers":{"npm:zod@4.6.7":"4.6.7"},"npm":{"zod@4.6.7":{}}}`,
  "lib/core/words.ts": "export const forPeople = (text: string) => text;",
  "lib/plan/stage.ts": "export const defineStage = (kind: object) => kind;\n" +
    "export const file = (about: string) => ({ about });",
  "lib/table/schema.ts": "export const defineTable = (schema: object) => schema;\n" +
    "export const defineColumns = (columns: object) => columns;",
  "other.ts": "export const file = (text: string) => text, z = { string: () => globalThis.z };",
};

const zod = `import { z } from "zod";\n`;
const stage = `import { defineStage, file } from "./lib/plan/stage.ts";\n`;
const table = `import { defineColumns, defineTable } from "./lib/table/schema.ts";\n`;

/** Modules that say WORDS to people alone. */
const forPeople: [about: string, text: string][] = [
  ["a param", `${zod}export const run = z.string().describe("WORDS");`],
  [
    "a param with more before and after",
    `${zod}export const run = z.object({
     a: z.array(z.int().min(1)).default([]).describe("WORDS").optional(), b: z.iso.date().describe('WORDS') });`,
  ],
  [
    "a text over several lines",
    `${zod}export const run = z.string().describe(
    "one " +
      ("WORDS" + \`and
      WORDS\`),
  );`,
  ],
  [
    "zod by another name",
    `import { z as schema } from "zod"; export const run = schema.int().describe("WORDS");`,
  ],
  [
    "zod whose types are used",
    `${zod}type T = z.infer<typeof p>; const p = z.int().describe("WORDS");
     export const run = (x: T) => p.parse(x);`,
  ],
  [
    "a stage",
    `${stage}export const run = defineStage({ about: "WORDS", inputs: { a: { about: "WORDS", takes: "one" } },
     outputs: { "a.txt": file("WORDS"), b: { kind: "file", about: "WORDS" } } });`,
  ],
  [
    "the same by the import map",
    `import { file } from "house/plan/stage.ts"; export const run = file("WORDS");`,
  ],
  [
    "the same by another name",
    `import { file as output } from "./lib/plan/stage.ts"; export const run = output("WORDS");`,
  ],
  [
    "a property that is called like it",
    `${stage}export const run = (x: { file: string }) => [file("WORDS"), x.file];`,
  ],
  [
    "a table",
    `${table}export const run = defineTable({ name: "t", about: "WORDS", columns: {
     a: { type: "DOUBLE", "about": "WORDS" } }, key: ["a"] });`,
  ],
  [
    "columns of several tables",
    `${table}const shared = defineColumns({ a: { type: "DOUBLE", about: "WORDS" } });
     export const run = defineTable({ columns: { ...shared } });`,
  ],
  [
    "any text that is said to be",
    `import { forPeople } from "./lib/core/words.ts"; export const run = forPeople("WORDS");`,
  ],
  ["a param in a module that is imported late", `export const run = () => import("./part.ts");`],
];

/** Modules in which WORDS may decide something. */
const counted: [about: string, text: string][] = [
  [
    "what is computed",
    `${zod}const words = "WORDS"; export const run = z.string().describe(words);`,
  ],
  [
    "a template with an expression",
    `${zod}export const run = z.string().describe(\`WORDS \${z.NEVER}\`);`,
  ],
  ["a default", `${zod}export const run = z.string().default("WORDS").describe("x");`],
  ["what is no schema", `export const run = (log: Log) => log.describe("WORDS");`],
  [
    "what a schema gives",
    `${zod}export const run = (x: unknown) => z.any().parse(x).describe("WORDS");`,
  ],
  [
    "what a function makes of a schema",
    `${zod}export const run = z.any().apply((x) => console).describe("WORDS");`,
  ],
  [
    "a schema that is not written out",
    `${zod}export const run = (x: z.ZodType) => x.describe("WORDS");`,
  ],
  [
    "zod's name for something else",
    `${zod}export const run = [z.int(), (z: Log) => z.string().describe("WORDS")];`,
  ],
  [
    "what is only called zod",
    `import { z } from "other"; export const run = z.string().describe("WORDS");`,
  ],
  ["what is known of a schema", `${zod}export const run = z.string().meta().describe("WORDS");`],
  [
    "a schema's name for something else",
    `${zod}const count = z.int();
     export const run = [count.min(1), (count: Log) => count.describe("WORDS")];`,
  ],
  [
    "one that is taken out of something",
    `${zod}const count = z.int();
     export const run = [count.min(1), ({ count }: Log) => count.describe("WORDS")];`,
  ],
  [
    "one that is declared once more",
    `${zod}const count = z.int();
     export const run = (log: Log) => { const count = log; return count.describe("WORDS"); };`,
  ],
  [
    "one that is declared before",
    `${zod}export const run = (log: Log) => { const count = log; return count.describe("WORDS"); };
     const count = z.int(); export const other = count;`,
  ],
  [
    "a schema that may be replaced",
    `${zod}let count = z.int(); export const run = (log: Log) => {
     count = log; return count.describe("WORDS"); };`,
  ],
  [
    "what only comes from a schema's name",
    `${zod}const count = z.int(); export const run = (count: Log) => {
     const more = count.optional(); return more.describe("WORDS"); };`,
  ],
  [
    "a function of a schema's name",
    `${zod}const count = z.int(); export const run = () => {
     function count() {} return count.describe("WORDS"); };`,
  ],
  ["metadata", `${zod}export const run = z.string().meta({ title: "WORDS" });`],
  ["a method by a computed name", `${zod}export const run = z.string()["describe"]("WORDS");`],
  ["what is only called file", `import { file } from "other"; export const run = file("WORDS");`],
  ["a variable called file", `${stage}export const run = (file: Log) => file("WORDS");`],
  ["one that is taken apart", `${stage}export const run = ({ file }: Log) => file("WORDS");`],
  [
    "a function that is handed on",
    `${stage}export const run = [file].map((each) => each("WORDS"));`,
  ],
  [
    "about in what a stage does",
    `${stage}export const run = defineStage({ about: "x", inputs: {}, outputs: {},
     run: () => ({ about: "WORDS" }) });`,
  ],
  [
    "about in a param's default",
    `${stage}export const run = defineStage({ inputs: {}, params: { about: "WORDS" } });`,
  ],
  [
    "about in an object that is used twice",
    `${stage}const kind = { about: "WORDS" };
     export const run = [defineStage(kind), kind];`,
  ],
  [
    "about that is kept on the way",
    `${stage}let kept; export const run = defineStage({ inputs: kept = { a: { about: "WORDS" } } });
     export const words = () => kept;`,
  ],
  [
    "about that is inherited",
    `${table}export const run = defineTable({ columns: { __proto__: { about: "WORDS" } } });`,
  ],
  [
    "another name of a column",
    `${table}export const run = defineTable({ columns: { a: { type: "WORDS", about: "x" } } });`,
  ],
  [
    "the name of a column",
    `${table}export const run = defineTable({ columns: { WORDS: { about: "x" } } });`,
  ],
  ["columns that nobody declared", `export const run = { a: { type: "DOUBLE", about: "WORDS" } };`],
  [
    "a module of a Worker",
    `export const run = () => new Worker(new URL("./part.ts", import.meta.url));`,
  ],
  [
    "a module that is its own Worker",
    `${stage}export const run = () => new Worker(new URL("./stage.ts", import.meta.url));
     export const words = file("WORDS");`,
  ],
  [
    "a module that is read as text",
    `import text from "./part.ts" with { type: "text" }; export const run = text;`,
  ],
];

for (const [rows, counts] of [[forPeople, false], [counted, true]] as const) {
  Deno.test(`words ${counts ? "that may decide something count" : "for people alone do not"}`, async (t) => {
    for (const [about, text] of rows) {
      await t.step(about, async () => {
        const part = `${zod}export const part = z.string().describe("WORDS");`;
        await using lab = await Modules.create({ ...house, "stage.ts": text, "part.ts": part });
        const [before] = await lab.derive("stage");
        for (const [path, source] of [["stage.ts", text], ["part.ts", part]]) {
          await lab.write(path, source.replaceAll("WORDS", "OTHER_WORDS, AND_MORE".slice(0, 11)));
        }
        const [after] = await lab.derive("stage");
        assert.equal(after.digest !== before.digest, counts);
        assert.notDeepEqual(after.files, before.files);
      });
    }
  });
}

Deno.test("a problem stays at its place behind blanked words", async () => {
  const words = `z.string().describe("one " +\n  "two")`;
  const text = `${zod}const p = [${words}, import(where)];`;
  await using lab = await Modules.create({ ...house, "stage.ts": text });
  await assert.rejects(lab.derive("stage"), /stage\.ts:3:11\b/);
});
