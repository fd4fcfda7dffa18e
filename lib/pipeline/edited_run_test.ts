import { strict as assert } from "node:assert";
import { type DriveResult, Laboratory, resultOf } from "./testdata/laboratory.ts";

const folder = "lib/pipeline/testdata";

/** `words` runs until the file `go` is there; `last` follows. */
const pipeline = `
name: edited
stages:
  source:
    use: write
    with: { text: ape }
  words:
    use: upper
    matrix: { word: [x, y] }
    with: { tally: $word }
    inputs: { text: source }
  last:
    use: concat
    inputs: { texts: words }
`;

/** In place of the stage `upper`: waits for the file `go`, then writes what it imports only then. */
const waiting = `
import { existsSync } from "node:fs";
import { z } from "zod";
import { defineStage, file } from "../../plan/stage.ts";
const folder = new URL(".", import.meta.url);
export const stage = defineStage({
  kind: "upper",
  about: "Waits",
  params: z.object({ tally: z.string() }),
  inputs: { text: { about: "a text", takes: "one", files: ["text.txt"] } },
  outputs: { "text.txt": file("the text") },
  async reads() {
    const path = new URL("pins.json", folder).pathname;
    return { facts: JSON.parse(await Deno.readTextFile(path)), paths: [path] };
  },
  async run({ params, output, log }) {
    log("waiting");
    while (!existsSync(new URL("go", folder))) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const { late } = await import("./late.ts");
    await Deno.writeTextFile(output("text.txt"), params.tally + late + "early");
  },
});
`;

async function waitingLaboratory(): Promise<Laboratory> {
  const lab = await Laboratory.create(pipeline);
  await lab.write(`${folder}/upper.ts`, waiting);
  await lab.write(`${folder}/late.ts`, `export const late = "late";`);
  return lab;
}

/** Runs the pipeline; while `words[word=x]` waits, something is edited. */
async function runWhile(lab: Laboratory, edit: () => Promise<void>): Promise<DriveResult> {
  let result: DriveResult | undefined;
  const ended = resultOf(lab.spawn({ jobs: 1, keepGoing: true })).then((each) => result = each);
  while (!await isWaiting(lab)) {
    if (result) throw new Error(`the run ended before the stage waited: ${result.errors}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await edit();
  await lab.write(`${folder}/go`, "");
  result = await ended;
  assert.equal(result.errors, "");
  return result;
}

async function isWaiting(lab: Laboratory): Promise<boolean> {
  for (const path of await lab.files("store/attempts")) {
    if (path.endsWith(".log") && (await lab.read(path).catch(() => "")) === "waiting\n") {
      return true;
    }
  }
  return false;
}

function failures({ events }: DriveResult): string[] {
  return events.flatMap((each) =>
    each.event === "instanceFailed" ? [`${each.class}: ${each.message}`] : []
  ).sort();
}

const refused = (instance: string, what: string) =>
  `stage: Cannot run ${instance}: ${what} edited after this run began\n  run again`;

for (
  const [about, from, to] of [
    ["changes what it does", "lines.join(", "'edited' + lines.join("],
    ["is half an edit", "return lines", "return ((lines"],
  ]
) {
  Deno.test(`code that is edited before a worker loads it is not published: what ${about}`, async () => {
    await using lab = await waitingLaboratory();
    const original = await lab.read(`${folder}/join.ts`);
    const result = await runWhile(lab, () => lab.edit(`${folder}/join.ts`, from, to));
    assert.deepEqual(failures(result), [refused("last", `${folder}/join.ts was`)]);
    assert.deepEqual(result.ran, ["source", "words[word=x]", "words[word=y]"]);
    await lab.write(`${folder}/join.ts`, original);
    assert.equal((await lab.states()).last, "neverRan");
    assert.deepEqual((await lab.run()).ran, ["last"]);
  });
}

Deno.test("a comment in code that is not loaded yet disturbs nothing", async () => {
  await using lab = await waitingLaboratory();
  const result = await runWhile(
    lab,
    () => lab.edit(`${folder}/join.ts`, "return lines", "// in order\nreturn lines"),
  );
  assert.deepEqual(failures(result), []);
  assert.equal((await lab.states()).last, "fresh");
});

Deno.test("an edit of code that is loaded is left for the next run", async () => {
  await using lab = await waitingLaboratory();
  const result = await runWhile(lab, () => lab.edit(`${folder}/upper.ts`, `"early"`, `"edited"`));
  assert.deepEqual(failures(result), []);
  assert.deepEqual(result.ran, ["last", "source", "words[word=x]", "words[word=y]"]);
  assert.equal((await lab.states())["words[word=x]"], "codeChanged");
  await lab.edit(`${folder}/upper.ts`, `"edited"`, `"early"`);
  assert.deepEqual((await lab.run()).ran, []);
  const last = result.events.findLast((each) => each.event === "instanceDone");
  assert.ok(last?.event === "instanceDone" && last.instance === "last");
  const { outputs } = JSON.parse(
    await lab.read(`store/records/${last.fingerprint.slice(0, 2)}/${last.fingerprint}.json`),
  );
  const { digest } = outputs["text.txt"];
  const text = await lab.read(`store/objects/${digest.slice(0, 2)}/${digest}`);
  assert.equal(text, "xlateearly+ylateearly");
});

Deno.test("an edit of what a stage imports while it runs is not published", async () => {
  await using lab = await waitingLaboratory();
  const result = await runWhile(
    lab,
    () => lab.write(`${folder}/late.ts`, `export const late = "edited";`),
  );
  assert.deepEqual(failures(result), [
    refused("words[word=x]", `${folder}/late.ts was`),
    refused("words[word=y]", `${folder}/late.ts was`),
  ]);
  assert.deepEqual(result.ran, ["source"]);
});

Deno.test("an edit of what a stage reads beside its inputs is not published", async () => {
  await using lab = await waitingLaboratory();
  const pins = await lab.read(`${folder}/pins.json`);
  const result = await runWhile(lab, () => lab.write(`${folder}/pins.json`, `{ "edited": 1 }`));
  const what = `what stage kind "upper" reads beside its inputs was`;
  assert.deepEqual(failures(result), [
    refused("words[word=x]", what),
    refused("words[word=y]", what),
  ]);
  await lab.write(`${folder}/pins.json`, pins);
  assert.equal((await lab.states())["words[word=x]"], "neverRan");
});
