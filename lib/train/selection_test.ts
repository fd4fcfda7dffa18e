import { strict as assert } from "node:assert";
import { sha256 } from "../core/sha256.ts";
import type { FloatTensor } from "../onnx/dtype.ts";
import { encodeSafetensors } from "../weights/testdata/encode_safetensors.ts";
import { bestStep, endsEarly } from "./selection.ts";
import type { StepRecord } from "./step_record.ts";
import { tinyJob, trainOnCpu } from "./testdata/tiny_job.ts";

/** A history in which steps have these validation losses, null where none was taken. */
const historyOf = (losses: readonly (number | null)[]): StepRecord[] =>
  losses.map((loss, i) => ({
    step: i + 1,
    epoch: 1,
    loss: 1,
    learningRate: 1,
    gradientNorm: 1,
    asked: 1,
    pieces: 1,
    dev: loss === null ? null : { loss, accuracy: 0 },
    isEvaluated: loss !== null,
  }));

for (
  const [losses, best, early] of [
    [[], undefined, false],
    [[null, null], undefined, false],
    [[3, null, 2], 3, false],
    [[3, 2, 4], 2, false],
    [[3, 2, 4, null, 5], 2, true],
    [[3, 2, 4, null, 5, null], 2, false],
    [[3, 2, 2, 2], 2, true],
    [[3, 2, 4, 1], 4, false],
  ] as const
) {
  Deno.test(`validation losses ${losses.join(", ")}: best step ${best}, ends early: ${early}`, () => {
    const history = historyOf(losses);
    assert.equal(bestStep(history)?.step, best);
    assert.equal(endsEarly(history, 2), early);
    assert.equal(endsEarly(history, 0), false);
  });
}

/** A training that soon knows its 8 sentences by heart, and others ever less. */
const overfitting = {
  epochs: 40,
  learningRate: 1e-2,
  schedule: "constant",
  warmupShare: 0,
  evaluateEvery: 3,
  evaluateUnit: "steps",
} as const;

Deno.test("the selected weights are those of the step with the least validation loss", async () => {
  const job = tinyJob({ ...overfitting, select: "sourceDev" }, { count: 8, recombine: 0 });
  const chosen = await trainOnCpu(job);
  const best = bestStep(chosen.history)!;
  assert.ok(best.step > 3 && best.step < 60, `best step ${best.step}`);
  assert.equal(chosen.selectedStep, best.step);
  const stopped = await trainOnCpu(
    tinyJob({ ...overfitting, maxSteps: best.step }, { count: 8, recombine: 0 }),
  );
  assert.equal(digestOf(chosen.weights), digestOf(stopped.weights));
  assert.equal(stopped.selectedStep, best.step);
});

Deno.test("steps are scored every so many, and the last one too", async () => {
  const { history } = await trainOnCpu(
    tinyJob({ epochs: 2, evaluateEvery: 3, evaluateUnit: "steps" }),
  );
  assert.deepEqual(history.filter(({ dev }) => dev).map(({ step }) => step), [3, 6, 8]);
});

Deno.test("a training without gain ends after its patience, also when it is taken up again", async () => {
  const job = tinyJob({ ...overfitting, select: "sourceDev", patience: 3 }, {
    count: 8,
    recombine: 0,
  });
  const whole = await trainOnCpu(job);
  const scored = whole.history.filter(({ dev }) => dev).map(({ step }) => step);
  assert.equal(scored.at(-4), whole.selectedStep);
  assert.equal(scored.at(-1), whole.history.length);
  assert.ok(whole.history.length < 80);
  for (const killedAt of [whole.selectedStep + 2, whole.history.length]) {
    const folder = await Deno.makeTempDir();
    const checkpoints = { folder, everyMinutes: 0 };
    const killed = trainOnCpu(job, {
      checkpoints,
      onStep: ({ step }) => {
        if (step === killedAt + 1) throw new Error("killed");
      },
    });
    if (killedAt < whole.history.length) await assert.rejects(killed, /killed/);
    else await killed;
    const again = await trainOnCpu(job, { checkpoints });
    assert.equal(again.selectedStep, whole.selectedStep);
    assert.deepEqual(again.history, whole.history);
    assert.equal(digestOf(again.weights), digestOf(whole.weights));
  }
});

Deno.test("without validation sentences nothing can be selected by them", async () => {
  const job = tinyJob({ select: "sourceDev" });
  const unlabelled = job.validation.map((example) => ({ ...example, asked: [], gold: [] }));
  for (const validation of [[], unlabelled]) {
    await assert.rejects(
      trainOnCpu({ ...job, validation }),
      /Cannot select weights by the validation loss as no validation sentence has a label/,
    );
  }
  const last = { ...job, options: { ...job.options, select: "last" } } as const;
  const { history } = await trainOnCpu({ ...last, validation: unlabelled });
  assert.ok(history.length > 0 && history.every(({ dev }) => dev === null));
  await assert.rejects(
    trainOnCpu({
      ...job,
      validation: [],
      options: { ...job.options, select: "last", patience: 1 },
    }),
    /Cannot end early by the validation loss as no validation sentence has a label/,
  );
});

function digestOf(weights: ReadonlyMap<string, FloatTensor>): string {
  return sha256(encodeSafetensors(weights));
}
