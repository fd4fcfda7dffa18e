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
  corpus:
    use: download
    matrix: { language: [eng] }
    with: { corpus: sample, language: $language, limit: { train: 16, validation: 4, test: 4 } }
  tokens:
    use: ner.tokenize
    matrix: { language: [eng] }
    with: { maxTokens: 32 }
    inputs: { corpus: corpus }
  train:
    use: encoder.train
    matrix: { source: [eng] }
    with:
      seed: 1
      epochs: 1
      width: 16
      heads: 2
      learningRate: 0.001
      checkpointMinutes: $checkpointMinutes
    inputs: { examples: { stage: tokens, where: { language: $source } } }
  predict:
    use: encoder.predict
    matrix: { source: [eng] }
    inputs: { model: train, examples: tokens }
  memorize:
    use: ner.memorize
    matrix: { source: [eng] }
    inputs: { train: { stage: tokens, where: { language: $source } }, examples: tokens }
  evaluate: { use: ner.evaluate, matrix: { source: [eng] }, inputs: { predictions: predict } }
  floor: { use: ner.evaluate, matrix: { source: [eng] }, inputs: { predictions: memorize } }
  transfer: { use: transfer, inputs: { scores: [evaluate, floor] } }
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

/** Makes a module do something else. */
function behaviour(path: string) {
  return (project: ProjectCopy): Promise<void> =>
    project.edit(path, "\nexport ", "\nglobalThis.name += 'edited';\nexport ");
}

async function addFile(project: ProjectCopy, path: string, text: string): Promise<void> {
  await Deno.mkdir(join(project.folder, path, ".."), { recursive: true });
  await Deno.writeTextFile(join(project.folder, path), text);
}

async function register(project: ProjectCopy, ...kinds: string[]): Promise<void> {
  const entries = kinds.map((kind) => {
    const [folder, name] = kind.split(".");
    return `  "${kind}": {
    module: url("./${folder}/${name}.ts"),
    load: async () => (await import("./${folder}/${name}.ts")).${name},
    ${name === "train" ? "devices," : ""}
  },
`;
  });
  await project.edit("stages/mod.ts", '  "transfer": {', entries.join("") + '  "transfer": {');
}

/** Asks of every word whether it begins with a capital letter. */
async function addToyTask(project: ProjectCopy): Promise<void> {
  await addFile(
    project,
    "stages/capital/tokenize.ts",
    `import { tokenizeParams, tokenizeStage } from "../../lib/experiment/tokenize_stage.ts";
import { sentencesTable } from "../../lib/table/schemas/sentences.ts";
import { askWords } from "../../lib/tasks/asking.ts";

export const tokenize = tokenizeStage({
  kind: "capital.tokenize",
  about: "asks of every word whether it begins with a capital letter",
  corpus: sentencesTable,
  params: tokenizeParams({}),
  asks: "words",
  labels: () => ["small", "capital"],
  ask: ({ tokens }) => ({
    units: tokens,
    answers: tokens.map((token) => /^\\p{Lu}/u.test(token) ? "capital" : "small"),
  }),
  encode: (tokenizer, { units }, gold, { maxTokens }) =>
    askWords(tokenizer, units, gold, maxTokens),
});
`,
  );
  await addFile(
    project,
    "stages/capital/evaluate.ts",
    `import { evaluateStage } from "../../lib/experiment/evaluate_stage.ts";
import { scoreWords } from "../../lib/metrics/class_scores.ts";

export const evaluate = evaluateStage({
  kind: "capital.evaluate",
  about: "scores them",
  score: scoreWords,
  headline: { metric: "accuracy", of: "micro" },
});
`,
  );
  await register(project, "capital.tokenize", "capital.evaluate");
}

/** A second name for the encoder, with a folder of its own. */
async function addToyModel(project: ProjectCopy): Promise<void> {
  for (const name of ["train", "predict"]) {
    const text = await Deno.readTextFile(join(project.folder, `stages/encoder/${name}.ts`));
    await addFile(
      project,
      `stages/toy/${name}.ts`,
      text.replace(`kind: "encoder.${name}"`, `kind: "toy.${name}"`),
    );
  }
  await register(project, "toy.train", "toy.predict");
}

const toyPipeline = `
name: toy
stages:
  corpus: { use: download, with: { corpus: sample, language: eng, limit: { train: 120, validation: 4, test: 20 } } }
  tokens: { use: capital.tokenize, with: { maxTokens: 128 }, inputs: { corpus: corpus } }
  train:
    use: toy.train
    with: { seed: 1, epochs: 6, width: 32, heads: 2, learningRate: 0.005, batchSize: 8 }
    inputs: { examples: tokens }
  predict: { use: toy.predict, inputs: { model: train, examples: tokens } }
  evaluate: { use: capital.evaluate, inputs: { predictions: predict } }
`;

const edits: [about: string, edit: (project: ProjectCopy) => Promise<void>, runs: string[]][] = [
  ["every description of a param", everyText(/\.describe\(\s*"/g, "stages", "lib/experiment"), []],
  ["every description of a column and a table", everyText(/\babout:\s*"/g, "lib/table"), []],
  ["every description of an input", everyText(/\babout:\s*"/g, "stages", "lib/experiment"), []],
  ["every description of a stage", everyText(/\bforPeople\("/g, "stages"), []],
  ["every description of a file", everyText(/\bfile\("/g, "lib/experiment"), []],
  [
    "how often a training saves its state",
    (project) => project.edit("edits.yaml", "checkpointMinutes: 5", "checkpointMinutes: 1"),
    [],
  ],
  [
    "a metric",
    behaviour("lib/metrics/spans.ts"),
    ["evaluate[source=eng]", "floor[source=eng]"],
  ],
  ["CUDA's engine", behaviour("lib/engine/loop_engine.ts"), []],
  ["WebGPU's engine", behaviour("lib/engine/webgpu_engine.ts"), []],
  ["WebGPU's way to write graphs", behaviour("lib/autodiff/lower_webgpu.ts"), []],
  ["a head that no stage here can choose", behaviour("lib/models/masked/head.ts"), []],
  ["another task's stage", behaviour("stages/pos/tokenize.ts"), []],
  ["how memory is estimated from a shape", behaviour("lib/memory/footprint.ts"), []],
  ["which estimates there are", behaviour("lib/memory/model_estimates.ts"), []],
  ["how long sentences are thought to be", behaviour("lib/memory/corpus_lengths.ts"), []],
  ["how estimates are settled", behaviour("lib/plan/expectations.ts"), []],
  ["a task, by its folder and two lines of the registry", addToyTask, []],
  ["a model, by its folder and two lines of the registry", addToyModel, []],
];

Deno.test("an edit of the project makes exactly these instances run", async (t) => {
  await using project = await ProjectCopy.create();
  await Deno.writeTextFile(join(project.folder, "edits.yaml"), pipeline);
  const run = async (file = "edits.yaml"): Promise<string[]> => {
    const { stdout, stderr, code } = await project.crosstie(["run", "-f", file, "--json"]);
    assert.equal(stderr, "");
    assert.equal(code, 0, stdout);
    return stdout.trim().split("\n").map((line) => JSON.parse(line))
      .flatMap(({ event, instance }) => event === "instanceDone" ? [instance] : []).sort();
  };
  assert.equal((await run()).length, 8);
  for (const [about, edit, runs] of edits) {
    await t.step(about, async () => {
      await edit(project);
      assert.deepEqual(await run(), runs);
    });
  }

  await t.step("the toy task and the toy model run, and learn", async () => {
    await Deno.writeTextFile(join(project.folder, "toy.yaml"), toyPipeline);
    assert.deepEqual(await run("toy.yaml"), ["corpus", "evaluate", "predict", "tokens", "train"]);
    const { stdout } = await project.crosstie([
      "sql",
      "-f",
      "toy.yaml",
      "--format",
      "csv",
      "SELECT value FROM scores WHERE metric = 'accuracy'",
    ]);
    assert.ok(Number(stdout.split("\n")[1]) > 95, stdout);
  });
});
