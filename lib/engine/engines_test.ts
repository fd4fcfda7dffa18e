import { strict as assert } from "node:assert";
import { withoutCudaKernel } from "../autodiff/cuda_kernels.ts";
import { input } from "../autodiff/leaves.ts";
import { webgpuTest } from "../onnx/webgpu_test_case.ts";
import type { PlannedStep, StepOutcome } from "./engine.ts";
import { precisionProblem } from "./precision_of_device.ts";
import { engineOf, plannedSteps, runAll, unasked, weightDifference } from "./testdata/engines.ts";
import { checkBufferSizes } from "./webgpu_engine.ts";

function assertOutcomes(got: readonly StepOutcome[], want: readonly StepOutcome[], by: number) {
  assert.equal(got.length, want.length);
  got.forEach(({ loss, gradientNorm, skipped }, i) => {
    assert.ok(Math.abs(loss - want[i].loss) < by, `loss ${i}: ${loss} and ${want[i].loss}`);
    assert.ok(
      Math.abs(gradientNorm - want[i].gradientNorm) < by * (1 + want[i].gradientNorm),
      `norm ${i}: ${gradientNorm} and ${want[i].gradientNorm}`,
    );
    assert.equal(skipped, false);
  });
}

Deno.test("steps in a Loop are steps of the cpu engine, to 1e-5", async () => {
  const cpu = await engineOf("cpu"), loop = await engineOf("loop");
  const steps = plannedSteps();
  const start = weightDifference(cpu, loop);
  assert.deepEqual(start, [0, "none"]);
  const want = await runAll(cpu, steps);
  assert.ok(want.some(({ gradientNorm }) => gradientNorm > 0.5), "clipping must act");
  assertOutcomes(await runAll(loop, steps), want, 1e-5);
  const [difference, name] = weightDifference(cpu, loop);
  assert.ok(difference < 1e-5, `${name} differs by ${difference}`);
  // Nothing is learnt by standing still.
  const fresh = await engineOf("cpu");
  assert.ok(weightDifference(cpu, fresh)[0] > 1e-3);
  await Promise.all([cpu, loop, fresh].map((engine) => engine.release()));
});

Deno.test("without clipping the Loop follows the cpu engine too", async () => {
  const cpu = await engineOf("cpu", { clipNorm: 0 }),
    loop = await engineOf("loop", { clipNorm: 0 });
  const steps = plannedSteps();
  assertOutcomes(await runAll(loop, steps), await runAll(cpu, steps), 1e-5);
  assert.ok(weightDifference(cpu, loop)[0] < 1e-5);
  await Promise.all([cpu.release(), loop.release()]);
});

Deno.test("how steps are cut into calls changes nothing, dropout included", async () => {
  const [whole, cut, dry] = await Promise.all([
    engineOf("loop", { dropout: 0.25 }),
    engineOf("loop", { dropout: 0.25 }),
    engineOf("loop"),
  ]);
  const steps = plannedSteps();
  const a = await runAll(whole, steps, 5), b = await runAll(cut, steps, 2);
  assert.deepEqual(a, b);
  assert.deepEqual(weightDifference(whole, cut), [0, "none"]);
  const c = await runAll(dry, steps, 5);
  assert.ok(Math.abs(a[0].loss - c[0].loss) > 1e-4, "dropout must act");
  await Promise.all([whole, cut, dry].map((engine) => engine.release()));
});

for (const kind of ["cpu", "loop"] as const) {
  Deno.test(`a step without a label is no step, but for masks and schedule: ${kind}`, async () => {
    const engines = await Promise.all([1, 2, 3].map(() => engineOf(kind, { dropout: 0.25 })));
    const [one, other, resumed] = engines;
    const [a, b] = plannedSteps();
    const outcomes = await runAll(one, [a, unasked(a), b]);
    assert.deepEqual(outcomes[1], { loss: 0, gradientNorm: 0, skipped: true });
    const first = await other.run([a], 0);
    await other.sync();
    for (const [name, { data }] of other.state) resumed.state.get(name)!.data.set(data);
    resumed.resume([a.learningRate]);
    for (const engine of [other, resumed]) {
      const last = await engine.run([b], 2);
      await engine.settle();
      assert.deepEqual([outcomes[0], outcomes[2]], [...first, ...last]);
      assert.deepEqual(weightDifference(one, engine), [0, "none"]);
    }
    await Promise.all(engines.map((engine) => engine.release()));
  });
}

Deno.test("CUDA has a kernel for all that a Loop with dropout and a loss scale does", async () => {
  const engine = await engineOf("loop", { dropout: 0.25, precision: "float16" });
  assert.deepEqual(withoutCudaKernel(engine.trainingModel), []);
  await engine.release();
});

Deno.test("a Loop goes on from the state of another, bit for bit", async () => {
  const [one, other] = [await engineOf("loop"), await engineOf("loop")];
  const steps = plannedSteps();
  await runAll(one, steps.slice(0, 3));
  for (const [name, { data }] of one.state) other.state.get(name)!.data.set(data);
  other.resume(steps.slice(0, 3).map(({ learningRate }) => learningRate));
  const a = await one.run(steps.slice(3), 3), b = await other.run(steps.slice(3), 3);
  assert.deepEqual(a, b);
  assert.deepEqual(weightDifference(one, other), [0, "none"]);
  await Promise.all([one.release(), other.release()]);
});

const scaleOf = (state: ReadonlyMap<string, { data: Float32Array }>) =>
  ["lossScale", "goodSteps"].map((name) => state.get(name)!.data[0]);

Deno.test("a step that overflows is skipped and halves the loss scale", async () => {
  const engine = await engineOf("loop", { precision: "float16" });
  const untouched = await engineOf("loop", { precision: "float16" });
  assert.deepEqual(scaleOf(engine.state), [2 ** 16, 0]);
  engine.state.get("lossScale")!.data[0] = 2 ** 127;
  const [outcome] = await engine.run(plannedSteps().slice(0, 1), 0);
  assert.equal(outcome.skipped, true);
  assert.equal(outcome.gradientNorm, 0);
  assert.deepEqual(weightDifference(engine, untouched), [0, "none"]);
  assert.equal(engine.state.get("correction1")!.data[0], 0);
  assert.deepEqual(scaleOf(engine.state), [2 ** 126, 0]);
  await Promise.all([engine.release(), untouched.release()]);
});

Deno.test("the loss scale doubles after 2000 good steps, and leaves the gradients alone", async () => {
  const engine = await engineOf("loop", { precision: "float16" });
  const exact = await engineOf("loop");
  engine.state.get("goodSteps")!.data[0] = 1998;
  const steps = plannedSteps();
  const [first] = await engine.run(steps.slice(0, 1), 0);
  assert.deepEqual(scaleOf(engine.state), [2 ** 16, 1999]);
  await engine.run(steps.slice(1, 2), 1);
  assert.deepEqual(scaleOf(engine.state), [2 ** 17, 0]);
  const [want] = await exact.run(steps.slice(0, 1), 0);
  assertOutcomes([first], [want], 1e-2);
  await Promise.all([engine.release(), exact.release()]);
});

/** Steps of three, one and two batches; in one of the last, nothing is asked. */
function accumulatedSteps(): PlannedStep[] {
  const [a, b, c, d, e] = plannedSteps();
  const join = (...steps: PlannedStep[]): PlannedStep => ({
    ...steps[0],
    batches: steps.flatMap(({ batches }) => batches),
  });
  return [join(a, b, c), d, join(e, unasked(a))];
}

Deno.test("batches add up to steps in a Loop as they do on the cpu, to 1e-5", async () => {
  const steps = accumulatedSteps();
  const labelled = steps.map(({ batches, learningRate }) => ({
    learningRate,
    batches: batches.filter(({ weight }) => weight > 0),
  }));
  const [cpu, loop, half] = [
    await engineOf("cpu", { accumulate: 3 }),
    await engineOf("loop", { accumulate: 3 }),
    await engineOf("loop", { accumulate: 3, precision: "float16" }),
  ];
  const want = await runAll(cpu, labelled);
  assertOutcomes(await runAll(loop, steps), want, 1e-5);
  assert.ok(weightDifference(cpu, loop)[0] < 1e-5);
  assert.ok([...loop.state.keys()].every((name) => !name.startsWith("summed.")));
  assertOutcomes(await runAll(half, steps), want, 1e-2);
  assert.deepEqual(scaleOf(half.state), [2 ** 16, 3]);
  await Promise.all([cpu, loop, half].map((engine) => engine.release()));
});

Deno.test("a table that no WebGPU buffer holds is refused by name", () => {
  const table = (rows: number) => input("embeddings.word", "float32", [rows, 1024]);
  checkBufferSizes([table(2 ** 18)]);
  assert.throws(() => checkBufferSizes([table(250_002), table(300_000)]), {
    message: 'Cannot train "embeddings.word" [300000, 1024] on webgpu: a buffer holds 1024 MiB, ' +
      "and it has 1172 MiB\n  use --device cpu or cuda, or a smaller vocabulary",
  });
});

for (
  const [device, precision] of [["cpu", "float16"], ["cpu", "bfloat16"], [
    "webgpu",
    "bfloat16",
  ]] as const
) {
  Deno.test(`${precision} on ${device} is refused before anything is loaded`, () => {
    const message = `Cannot train in ${precision} on ${device}`;
    assert.equal(precisionProblem(device, precision)?.message, message);
  });
}

webgpuTest("steps on webgpu are steps of the cpu engine, to 1e-4", async () => {
  const cpu = await engineOf("cpu", { dropout: 0.25 });
  const webgpu = await engineOf("webgpu", { dropout: 0.25 });
  const steps = plannedSteps().slice(0, 3);
  assertOutcomes(await runAll(webgpu, steps), await runAll(cpu, steps), 1e-4);
  const [difference, name] = weightDifference(cpu, webgpu);
  assert.ok(difference < 1e-4, `${name} differs by ${difference}`);
  await Promise.all([cpu.release(), webgpu.release()]);
});

webgpuTest("batches add up to steps on webgpu, with the masks of the cpu, to 1e-4", async () => {
  const choices = { accumulate: 3, dropout: 0.25 };
  const [cpu, webgpu] = [await engineOf("cpu", choices), await engineOf("webgpu", choices)];
  const steps = accumulatedSteps().slice(0, 2);
  assertOutcomes(await runAll(webgpu, steps), await runAll(cpu, steps), 1e-4);
  assert.ok(weightDifference(cpu, webgpu)[0] < 1e-4);
  await Promise.all([cpu.release(), webgpu.release()]);
});

webgpuTest(
  "a webgpu training goes on from the state that another brought to the host",
  async () => {
    const [one, other] = [await engineOf("webgpu"), await engineOf("webgpu")];
    const steps = plannedSteps().slice(0, 3);
    await runAll(one, steps.slice(0, 1));
    // What the engine had on the device before must not count.
    await runAll(other, steps.slice(2, 3));
    for (const [name, { data }] of one.state) other.state.get(name)!.data.set(data);
    other.resume([steps[0].learningRate]);
    const a = await one.run(steps.slice(1), 1), b = await other.run(steps.slice(1), 1);
    assertOutcomes(b, a, 1e-6);
    await Promise.all([one.settle(), other.settle()]);
    assert.ok(weightDifference(one, other)[0] < 1e-5);
    await Promise.all([one.release(), other.release()]);
  },
);

webgpuTest("float16 on webgpu goes as float32 does, to 2 %", async () => {
  const exact = await engineOf("cpu"), half = await engineOf("webgpu", { precision: "float16" });
  const steps = plannedSteps().slice(0, 2);
  const want = await runAll(exact, steps), got = await runAll(half, steps);
  got.forEach(({ loss, skipped }, i) => {
    assert.equal(skipped, false);
    assert.ok(Math.abs(loss / want[i].loss - 1) < 0.02, `loss ${i}: ${loss} and ${want[i].loss}`);
  });
  assert.ok(got.some(({ loss }, i) => loss !== want[i].loss), "rounding must show");
  await Promise.all([exact.release(), half.release()]);
}, { float16: true });
