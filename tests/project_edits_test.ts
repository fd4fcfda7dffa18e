/**
 * What makes an instance of the real stages run: edits of the project, each with exactly the
 * instances that it makes run.
 */
import { strict as assert } from "node:assert";
import { join } from "node:path";
import { ProjectCopy } from "./project_copy.ts";

const pipeline = `
name: edits
params: { checkpointMinutes: 5 }
stages:
  corpus: { use: download, with: { corpus: sample, language: eng, limit: { train: 16, validation: 4, test: 4 } } }
  tokens: { use: tokenize, with: { maxTokens: 32 }, inputs: { corpus: corpus } }
  train:
    use: train
    with:
      source: eng
      seed: 1
      epochs: 1
      width: 16
      heads: 2
      learningRate: 0.001
      checkpointMinutes: $checkpointMinutes
    inputs: { tokens: tokens }
  evaluate: { use: evaluate, with: { source: eng, seed: 1, target: eng }, inputs: { model: train, tokens: tokens } }
  memorize: { use: memorize, with: { source: eng, target: eng }, inputs: { train: tokens, test: tokens } }
  transfer: { use: transfer, inputs: { scores: [evaluate, memorize] } }
`;

/** Puts a word into every text that a pattern begins, in all modules below folders. */
function everyText(beginning: RegExp, ...folders: string[]) {
  return async (project: ProjectCopy): Promise<void> => {
    let edits = 0;
    for (const folder of folders) {
      for (const path of await modulesIn(join(project.folder, folder))) {
        const text = await Deno.readTextFile(path);
        const edited = text.replace(beginning, (found) => (edits++, `${found}indeed, `));
        if (edited !== text) await Deno.writeTextFile(path, edited);
      }
    }
    assert.ok(edits > 2, `only ${edits} texts were edited`);
  };
}

async function modulesIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) found.push(...await modulesIn(`${folder}/${name}`));
    else if (/(?<!_test)\.ts$/.test(name)) found.push(`${folder}/${name}`);
  }
  return found;
}

const edits: [about: string, edit: (project: ProjectCopy) => Promise<void>, runs: string[]][] = [
  ["every description of a param", everyText(/\.describe\(\s*"/g, "stages"), []],
  ["every description of a column and a table", everyText(/\babout:\s*"/g, "lib/table"), []],
  ["every description of a stage and an input", everyText(/\babout:\s*"/g, "stages"), []],
  ["every description of a file", everyText(/\bfile\("/g, "stages"), []],
  [
    "how often a training saves its state",
    (project) => project.edit("edits.yaml", "checkpointMinutes: 5", "checkpointMinutes: 1"),
    [],
  ],
  [
    "a metric",
    (project) =>
      project.edit(
        "lib/metrics/spans.ts",
        "export function",
        "globalThis.edited = true;\nexport function",
      ),
    ["evaluate", "memorize"],
  ],
];

Deno.test("an edit of the project makes exactly these instances run", async (t) => {
  await using project = await ProjectCopy.create();
  await Deno.writeTextFile(join(project.folder, "edits.yaml"), pipeline);
  const run = async (): Promise<string[]> => {
    const { stdout, stderr, code } = await project.crosstie(["run", "-f", "edits.yaml", "--json"]);
    assert.equal(stderr, "");
    assert.equal(code, 0, stdout);
    return stdout.trim().split("\n").map((line) => JSON.parse(line))
      .flatMap(({ event, instance }) => event === "instanceDone" ? [instance] : []).sort();
  };
  assert.equal((await run()).length, 6);
  for (const [about, edit, runs] of edits) {
    await t.step(about, async () => {
      await edit(project);
      assert.deepEqual(await run(), runs);
    });
  }
});
