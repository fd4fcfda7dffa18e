import { strict as assert } from "node:assert";
import type { RunRecord } from "../store/record.ts";
import { type DriveResult, Laboratory } from "./testdata/laboratory.ts";

const pipeline = `
name: worker
stages:
  text: { use: write, with: { text: ape } }
  odd: { use: upper, inputs: { text: text } }
  last: { use: concat, inputs: { texts: text } }
`;

/** A project whose stage `odd` does this; `data` is a file of its folder. */
async function laboratoryOf(body: string): Promise<Laboratory> {
  const lab = await Laboratory.create(pipeline);
  await lab.write("data", "the data");
  await lab.write(
    "lib/pipeline/testdata/upper.ts",
    `
import { z } from "zod";
import { defineStage, file, table } from "../../plan/stage.ts";
import { lines } from "./tables.ts";
const data = ${JSON.stringify(`${lab.folder}/data`)};
const bytes = (text: string) => new TextEncoder().encode(text);
export const stage = defineStage({
  kind: "upper",
  about: "Does something odd",
  params: z.object({}),
  inputs: { text: { about: "a text", takes: "one", files: ["text.txt"] } },
  outputs: { "text.txt": file("a text"), "odd.parquet": table(lines) },
  async run({ output, resumeFolder, log }) {
    const text = output("text.txt"), rows = output("odd.parquet");
    await Deno.writeTextFile(text, "a text");
    await Deno.writeTextFile(rows, "PAR1 rows PAR1");
    void [data, bytes, resumeFolder, log];
    ${body}
  },
});
`,
  );
  return lab;
}

async function run(lab: Laboratory): Promise<DriveResult> {
  const result = await lab.run({ keepGoing: true, jobs: 1 });
  assert.equal(result.errors, "");
  assert.ok(result.ran.includes("last"), "what does not depend on it runs");
  return result;
}

async function recordOf(lab: Laboratory): Promise<RunRecord> {
  const records = await Promise.all(
    (await lab.files("store/records")).map(async (path) => JSON.parse(await lab.read(path))),
  );
  return records.find(({ instance }) => instance === "odd");
}

const objectOf = (digest: string): string => `store/objects/${digest.slice(0, 2)}/${digest}`;

const refusals: [about: string, body: string, message: string | RegExp][] = [
  [
    "a table that is a text",
    `await Deno.writeTextFile(rows, "line\\none");`,
    'Cannot publish odd: "odd.parquet" of stage kind "upper" is not a Parquet file',
  ],
  [
    "a table that was cut short",
    `await Deno.writeTextFile(rows, "PAR1 rows");`,
    'Cannot publish odd: "odd.parquet" of stage kind "upper" is not a Parquet file',
  ],
  [
    "a folder",
    `await Deno.remove(text); await Deno.mkdir(text);`,
    'Cannot publish odd: stage kind "upper" did not make a file of "text.txt"',
  ],
  [
    "a device",
    `await Deno.remove(text); await Deno.symlink("/dev/zero", text);`,
    'Cannot publish odd: stage kind "upper" did not make a file of "text.txt"',
  ],
  [
    "a link to nothing",
    `await Deno.remove(text); await Deno.symlink("/nothing", text);`,
    'Cannot publish odd: stage kind "upper" did not write "text.txt"',
  ],
  ["what is thrown as an object", `throw { code: 7, at: "row 3" };`, '{ code: 7, at: "row 3" }'],
  ["an error that says nothing", `throw new TypeError("");`, "TypeError without a message"],
  ["nothing", `throw undefined;`, "undefined"],
  [
    "an error with codes for a terminal",
    `log("\\x1b[2Jin the log"); throw new Error("\\x1b[2J\\x07gone\\n\\tand \\x9b1mbold");`,
    "␛[2J␇gone\n\tand \ufffd1mbold",
  ],
];

for (const [about, body, message] of refusals) {
  Deno.test(`a failure is told in words: ${about}`, async () => {
    await using lab = await laboratoryOf(body);
    const { events } = await run(lab);
    const failure = events.find((each) => each.event === "instanceFailed");
    assert.ok(failure?.event === "instanceFailed");
    assert.equal(failure.message, message);
    assert.equal(failure.class, "stage");
    assert.equal(await recordOf(lab), undefined);
    assert.ok(!["\x1b", "\x07", "\x9b"].some((each) => failure.log.join("\n").includes(each)));
  });
}

const printed: [about: string, body: string][] = [
  ["writeSync", `Deno.stdout.writeSync(bytes("10% done"));`],
  ["write", `await Deno.stdout.write(bytes("10% done\\n"));`],
  ["Node's stdout", `(await import("node:process")).default.stdout.write("10% done");`],
  ["the console", `console.info("10% done");`],
  ["what looks like a message", `console.log('{"event":"ended"}'); console.log("10% done");`],
];

for (const [about, body] of printed) {
  Deno.test(`what a stage prints is in its log, and no message: ${about}`, async () => {
    await using lab = await laboratoryOf(body);
    const { ran } = await run(lab);
    assert.ok(ran.includes("odd"));
    const lines = (await lab.read(objectOf((await recordOf(lab)).log))).split("\n");
    assert.equal(lines.at(-2), "10% done");
  });
}

Deno.test({
  name: "a line that native code leaves without an end does not swallow a message",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using lab = await laboratoryOf(`
    const libc = Deno.dlopen("libc.so.6", {
      write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
    });
    libc.symbols.write(1, bytes("10% done"), 8n);
    libc.close();`);
    const { ran } = await run(lab);
    assert.ok(ran.includes("odd"));
  },
});

for (
  const [about, body] of [
    ["a symbolic link", `await Deno.remove(text); await Deno.symlink(data, text);`],
    ["a hard link", `await Deno.remove(text); await Deno.link(data, text);`],
  ]
) {
  Deno.test(`of a result that is ${about} the content is stored, and the file left as it is`, async () => {
    await using lab = await laboratoryOf(body);
    const { mode, mtime } = await Deno.stat(`${lab.folder}/data`);
    assert.ok((await run(lab)).ran.includes("odd"));
    const object = objectOf((await recordOf(lab)).outputs["text.txt"].digest);
    assert.equal((await Deno.lstat(`${lab.folder}/${object}`)).isFile, true);
    const after = await Deno.stat(`${lab.folder}/data`);
    assert.deepEqual([after.mode, after.mtime], [mode, mtime]);
    await lab.write("data", "other data");
    assert.equal(await lab.read(object), "the data");
    assert.deepEqual((await lab.states()).odd, "fresh");
  });
}

Deno.test("a result is published whatever becomes of its scratch", async () => {
  await using lab = await laboratoryOf(`
    await Deno.mkdir(resumeFolder, { recursive: true });
    Deno.removeSync = () => {
      throw new Deno.errors.NotFound("somebody was quicker");
    };`);
  const { summary } = await run(lab);
  assert.deepEqual([summary!.ran, summary!.failed], [3, 0]);
});

Deno.test("a run bears that its history is removed, and remembers what came after", async () => {
  await using lab = await laboratoryOf(
    `await Deno.remove(resumeFolder.replace(/resume.*/, "history"), { recursive: true });`,
  );
  const { summary } = await run(lab);
  assert.deepEqual([summary!.ran, summary!.failed], [3, 0]);
  await lab.edit("pipeline.yaml", "text: ape", "text: bee");
  assert.equal((await lab.states()).text, "neverRan");
  const history = await lab.read("store/history/worker.default.jsonl");
  assert.match(history, /"instance":"odd"/);
});

Deno.test("a run bears that its history cannot be written", async () => {
  await using lab = await laboratoryOf(`
    const history = resumeFolder.replace(/resume.*/, "history");
    await Deno.remove(history, { recursive: true });
    await Deno.writeTextFile(history, "");`);
  const { summary } = await run(lab);
  assert.deepEqual([summary!.ran, summary!.failed], [3, 0]);
});
