import { strict as assert } from "node:assert";
import { thisMachine } from "../lib/pipeline/machine.ts";
import { memoryText } from "../lib/plan/resources.ts";
import { workbench } from "./testdata/workbench.ts";

const training = (resources: string, width = 16) => `
  train:
    use: encoder.train
    with: { seed: 1, epochs: 1, maxSteps: 2, width: ${width}, heads: 2, batchSize: 4, learningRate: 0.001 }
    inputs: { examples: { stage: tokens, where: { language: eng } } }
    resources: ${resources}
  predict: { use: encoder.predict, inputs: { model: train, examples: tokens } }
`;

const has = `this machine has ${memoryText(thisMachine().memoryMib)}`;

Deno.test("run, status and explain say what is expected to be taken, until it has run", async (t) => {
  await using bench = await workbench();
  const pipeline = await Deno.readTextFile(bench.file);
  await Deno.writeTextFile(bench.file, pipeline + training("{ cores: 1 }"));
  const line = /^train takes about \d{3} MiB, predict \d{3} MiB; (this machine has .*)$/;

  await t.step("a dry run, in its last line", async () => {
    const { out } = await bench.crosstie("run", "--dry-run");
    const last = out.trimEnd().split("\n").slice(-2);
    assert.equal(last[0], "2 would run, 4 may run, 0 fresh");
    assert.equal(line.exec(last[1])?.[1], has);
  });

  await t.step("status, below what waits, and for programs", async () => {
    const { out } = await bench.crosstie("status");
    assert.equal(line.exec(out.trimEnd().split("\n").at(-1)!)?.[1], has);
    const json = (await bench.crosstie("status", "--json")).out.trim().split("\n")
      .map((each) => JSON.parse(each));
    const known = json.filter(({ expectedMib }) => expectedMib > 0).map(({ instance }) => instance);
    assert.deepEqual(known, ["train", "predict"]);
  });

  await t.step("explain, of an instance", async () => {
    const { out } = await bench.crosstie("explain", "train");
    assert.match(out, /^train: waiting\n(?:.*\n)* {2}takes about \d{3} MiB of memory\n$/);
  });

  await t.step("a run, in its first line", async () => {
    const { code, out } = await bench.crosstie("run");
    assert.equal(code, 0);
    assert.equal(line.exec(out.split("\n")[0])?.[1], has);
  });

  await t.step("nothing of what is fresh", async () => {
    for (const command of [["run"], ["run", "--dry-run"], ["status"], ["explain", "train"]]) {
      const [name, ...args] = command;
      assert.doesNotMatch((await bench.crosstie(name, ...args)).out, /takes about/, name);
    }
    const { out } = await bench.crosstie("run", "--dry-run", "--force", "predict");
    assert.match(out, /\npredict takes about \d{3} MiB; this machine has /);
  });
});

Deno.test("too little declared memory is warned of, and too much that is expected", async () => {
  await using bench = await workbench();
  const pipeline = await Deno.readTextFile(bench.file);
  const dryRun = async (stages: string): Promise<string> => {
    await Deno.writeTextFile(bench.file, pipeline + stages);
    const { stderr } = await bench.spawn("run", "--dry-run").output();
    return new TextDecoder().decode(stderr).replaceAll(bench.file, "p.yaml");
  };
  assert.match(
    await dryRun(training("{ memory: 100MiB }")),
    /^p.yaml:18:26: warning: Stage "train" may take 100 MiB of memory, and is expected to take about \d{3}\n.*\n.*\n {2}an instance that takes more than it may is ended: give it 1GiB, or make its batches or its model smaller\n\n$/,
  );
  assert.match(
    await dryRun(training("{ cores: 1 }", 65_536)),
    /^warning: Stage "train" is expected to take about \d+(\.\d)? GiB of memory, and this machine has \d+(\.\d)? GiB\n {2}make batchSize smaller \(accumulate keeps the sentences of a step\), or maxTokens, or use --executor slurm\n/,
  );
});
