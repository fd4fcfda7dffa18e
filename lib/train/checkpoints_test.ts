import { strict as assert } from "node:assert";
import { Checkpoints } from "./checkpoints.ts";
import { type FloatTensor, floatTensor } from "../onnx/dtype.ts";
import { readSafetensors } from "../weights/safetensors_file.ts";
import type { StepRecord } from "./step_record.ts";
import { tinyJob, trainOnCpu } from "./testdata/tiny_job.ts";
import { jobDigest } from "./training_job.ts";

/** History of some steps, with numbers that decimals cannot spell. */
const historyOf = (steps: number): StepRecord[] =>
  Array.from({ length: steps }, (_, i) => ({
    step: i + 1,
    epoch: 1,
    loss: Math.fround(Math.PI / (i + 1)),
    learningRate: 1 / (i + 3),
    gradientNorm: Math.SQRT2 * i,
    asked: 3,
    pieces: 9,
    dev: i % 2 ? { loss: 0.1 + 0.2, accuracy: 1 / 3 } : null,
    isEvaluated: i % 2 === 1,
  }));

const tensorsOf = (value: number): Map<string, FloatTensor> =>
  new Map([
    ["w", floatTensor([2, 3], new Float32Array(6).fill(value))],
    ["moment1.w", floatTensor([2, 3], new Float32Array(6).fill(-value))],
  ]);

/** Three checkpoints of job "aaaa…", of steps 10, 20 and 30, and what reads them. */
async function threeSaved() {
  const folder = await Deno.makeTempDir();
  const checkpoints = new Checkpoints(folder, "a".repeat(64));
  for (const step of [10, 20, 30]) await checkpoints.save(historyOf(step), tensorsOf(step / 7));
  const resume = async () => {
    const tensors = tensorsOf(0), said: string[] = [];
    const history = await checkpoints.resume(tensors, (line) => said.push(line));
    return { steps: history.length, history, value: tensors.get("w")!.data[5], tensors, said };
  };
  return { folder, checkpoints, resume, newest: (await checkpoints.list())[0].path };
}

Deno.test("the last two checkpoints are kept, and the newest comes back bit by bit", async () => {
  const { folder, checkpoints, resume, newest } = await threeSaved();
  assert.deepEqual((await checkpoints.list()).map(({ step }) => step), [30, 20]);
  assert.equal([...Deno.readDirSync(folder)].length, 2);
  const { history, tensors, said } = await resume();
  assert.deepEqual(history, historyOf(30));
  assert.deepEqual(tensors, tensorsOf(30 / 7));
  assert.deepEqual(said, [`goes on after step 30, from ${newest}`]);
  assert.deepEqual(await readSafetensors(newest), tensorsOf(30 / 7));
});

for (
  const [damage, apply] of [
    ["one flipped bit", (bytes: Uint8Array) => bytes.with(bytes.length - 2, bytes.at(-2)! ^ 1)],
    ["a lost end", (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 1)],
    ["a lost beginning", (bytes: Uint8Array) => bytes.subarray(100)],
    ["nothing inside", () => new Uint8Array()],
  ] as const
) {
  Deno.test(`a checkpoint with ${damage} is noticed, and the one before is taken`, async () => {
    const { resume, newest } = await threeSaved();
    await Deno.writeFile(newest, Uint8Array.from(apply(await Deno.readFile(newest))));
    const { steps, value, said } = await resume();
    assert.deepEqual([steps, value], [20, Math.fround(20 / 7)]);
    assert.equal(said[0], `removes ${newest}: its bytes are not those that were written`);
    await assert.rejects(Deno.stat(newest), Deno.errors.NotFound);
  });
}

Deno.test("a checkpoint that a killed attempt did not let go of is removed when its job goes on", async () => {
  const { folder, checkpoints, resume } = await threeSaved();
  const [, { path }] = await checkpoints.list();
  const bytes = await Deno.readFile(path);
  await checkpoints.save(historyOf(40), tensorsOf(1));
  await Deno.writeFile(path, bytes);
  assert.deepEqual((await checkpoints.list()).map(({ step }) => step), [40, 30, 20]);
  assert.equal((await resume()).steps, 40);
  assert.deepEqual((await checkpoints.list()).map(({ step }) => step), [40, 30]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a checkpoint of another job is not taken, and not removed", async () => {
  const { folder, checkpoints } = await threeSaved();
  const other = new Checkpoints(folder, "b".repeat(64));
  assert.deepEqual(await other.resume(tensorsOf(0), () => assert.fail()), []);
  await other.save(historyOf(5), tensorsOf(1));
  assert.equal((await checkpoints.list()).length, 2);
  assert.equal((await other.list()).length, 1);
});

Deno.test("any change of a job is another job", () => {
  const job = tinyJob();
  const [first, ...rest] = job.validation;
  const encoder = { ...job.config.encoder, hidden_dropout_prob: 0.2 };
  const changes = [
    tinyJob({ seed: 2 }),
    tinyJob({ learningRate: 1e-3 }),
    { ...job, variants: job.variants.map((examples) => examples.toReversed()) },
    { ...job, validation: [{ ...first, gold: first.gold.map((label) => 6 - label) }, ...rest] },
    { ...job, config: { ...job.config, encoder } },
    { ...job, start: { ...job.start, identity: "another" } },
  ];
  const digestOf = (each: typeof job) => jobDigest(each, "cpu");
  assert.equal(digestOf(tinyJob()), digestOf(job));
  assert.equal(new Set([job, ...changes].map(digestOf)).size, 7);
  assert.notEqual(jobDigest(job, "cuda"), digestOf(job));
});

Deno.test("a checkpoint that cannot be written ends the training with its step", async () => {
  const folder = await Deno.makeTempDir();
  await assert.rejects(
    trainOnCpu(tinyJob(), {
      onStep: ({ step }) => step === 2 && Deno.removeSync(folder, { recursive: true }),
      checkpoints: { folder, everyMinutes: 0 },
    }),
    /Cannot write the checkpoint of step 2: .*No such file/,
  );
});

Deno.test("a diverging run names its last good checkpoint, which stays", async () => {
  const folder = await Deno.makeTempDir();
  const job = tinyJob({ epochs: 9, learningRate: 1e30, clipNorm: 0 });
  const told = await trainOnCpu(job, { checkpoints: { folder, everyMinutes: 0 } })
    .then(() => "", (error: Error) => error.message);
  const [, step, path] = /The last good checkpoint, of step (\d+), is (.*)$/.exec(told) ?? [];
  assert.ok(Number(step) >= 1, told);
  const tensors = await readSafetensors(path);
  assert.ok(tensors.get("classifier.weight")!.data.every(Number.isFinite));
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a validation loss that is not finite ends a run too, before it is saved or selected", async () => {
  const folder = await Deno.makeTempDir();
  const often = { evaluateEvery: 1, evaluateUnit: "steps", select: "sourceDev" } as const;
  const job = tinyJob({ ...often, epochs: 9, learningRate: 1e30, clipNorm: 0 });
  const seen: number[] = [];
  const told = await trainOnCpu(job, {
    checkpoints: { folder, everyMinutes: 0 },
    onStep: ({ dev }) => seen.push(dev!.loss),
  }).then(() => "", (error: Error) => error.message);
  // The warm-up's first rate is 0; the second step ruins the weights.
  assert.match(
    told,
    /^Cannot go on training: at step 2 of 36 the validation loss is NaN \(learning rate 2\.50e\+29, last finite loss \d\.\d+\)\. Lower learningRate or raise warmupShare\. The last good checkpoint, of step 1, is /,
  );
  assert.equal(seen.length, 1);
  assert.ok(Number.isFinite(seen[0]));
  assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name.split(".")[1]), ["1"]);
  await Deno.remove(folder, { recursive: true });
});
