import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const project = fileURLToPath(new URL("..", import.meta.url));

/** A pipeline with a training that takes long, with a store and results of its own. */
async function workbench(epochs: number) {
  const folder = await Deno.makeTempDir();
  const name = `test-${crypto.randomUUID()}`;
  const file = `${folder}/pipeline.yaml`;
  await Deno.writeTextFile(
    file,
    `
name: ${name}
stages:
  corpus: { use: download, with: { corpus: sample, language: eng, limit: { train: 40 } } }
  tokens: { use: ner.tokenize, inputs: { corpus: corpus } }
  train:
    use: encoder.train
    with: { seed: 1, epochs: ${epochs}, width: 16, heads: 2, learningRate: 0.001 }
    inputs: { examples: tokens }
`,
  );
  const spawn = (...args: string[]) =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", `${project}/main.ts`, args[0], "-f", file, ...args.slice(1)],
      env: {
        CROSSTIE_CACHE: `${folder}/store`,
        CROSSTIE_RESULTS: `${folder}/results`,
        NO_COLOR: "1",
      },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  return {
    folder,
    spawn,
    crosstie: async (...args: string[]) => await ended(spawn(...args)),
    /** Waits until the training has an attempt's log with something in it. */
    async untilTraining(run: Deno.ChildProcess) {
      let over = false;
      run.status.then(() => over = true);
      while (!over) {
        const { stdout } = await spawn("logs", "train").output();
        if (/sentences from 1 corpus/.test(new TextDecoder().decode(stdout))) return;
      }
      throw new Error("the run ended before its training began");
    },
    async [Symbol.asyncDispose]() {
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function ended(process: Deno.ChildProcess) {
  const { code, stdout, stderr } = await process.output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.equal(err, "");
  return { code, out };
}

Deno.test("logs follow an instance to its end, and show the same afterwards", async () => {
  await using bench = await workbench(60);
  assert.equal((await bench.crosstie("logs", "train")).out, "(waits on tokens)\n");
  assert.equal((await bench.crosstie("logs", "corpus")).out, "(it has not started)\n");
  const run = bench.spawn("run");
  await bench.untilTraining(run);
  const followed = await bench.crosstie("logs", "--follow", "train");
  assert.match((await ended(run)).out, /3 ran, 0 fresh, 0 failed/);
  assert.match(followed.out, /^40 sentences from 1 corpus\n(.*\n)*keeps the weights of step \d+/);
  const { out } = await bench.crosstie("logs", "corpus", "tokens", "train");
  assert.match(out, /^── corpus\n[^]*── tokens\n[^]*── train\n40 sentences/);
  assert.ok(out.endsWith(`── train\n${followed.out}`));
});

Deno.test("Ctrl-C stops a training cleanly, and twice at once", async () => {
  for (const times of [1, 2]) {
    await using bench = await workbench(100_000);
    const run = bench.spawn("run");
    await bench.untilTraining(run);
    run.kill("SIGINT");
    if (times === 2) {
      await new Promise((wake) => setTimeout(wake, 20));
      run.kill("SIGINT");
    }
    const { code, out } = await ended(run);
    assert.equal(code, 130);
    if (times === 1) assert.match(out, /interrupted: 2 ran, 0 fresh, 0 failed, 1 interrupted in/);
    assert.equal(existsSync(`${bench.folder}/store/records`), true);
  }
});
