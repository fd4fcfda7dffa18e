import { strict as assert } from "node:assert";
import { AdamW } from "./adamw.ts";
import { learningRateAt } from "../train/schedule.ts";
import reference from "../../tests/fixtures/adamw/steps.json" with { type: "json" };

type Values = Record<string, number[]>;

Deno.test(`60 AdamW steps equal PyTorch ${reference.torch}'s, with its schedule and clipping`, async () => {
  const parameters = Object.entries(reference.shapes as Values).map(([name, shape]) => ({
    name,
    shape,
    decay: name === "a.weight",
    rateShare: 1,
  }));
  const start = new Map(
    Object.entries(reference.start as Values).map(([n, v]) => [n, Float32Array.from(v)]),
  );
  const optimizer = await AdamW.create(parameters, start, reference);
  (reference.gradients as Values[]).forEach((gradients, step) => {
    for (const [name, values] of Object.entries(gradients)) {
      optimizer.gradients.get(name)!.data.set(values);
    }
    const rate = learningRateAt(
      { ...reference, schedule: "linear", totalSteps: reference.gradients.length },
      step,
    );
    assert.ok(Math.abs(rate - reference.rates[step]) < 1e-9, `rate of step ${step}`);
    const norm = optimizer.step(rate);
    assert.ok(Math.abs(norm / reference.norms[step] - 1) < 1e-6, `norm of step ${step}`);
  });
  for (const [name, values] of Object.entries(reference.end as Values)) {
    const got = optimizer.weights.get(name)!.data;
    values.forEach((want, i) =>
      assert.ok(
        Math.abs(got[i] - want) <= reference.tolerance * Math.max(1, Math.abs(want)),
        `${name}[${i}]: got ${got[i]}, want ${want}`,
      )
    );
  }
});

Deno.test("a gradient that is not finite moves nothing", async () => {
  const parameters = [{ name: "w", shape: [3], decay: true, rateShare: 1 }];
  const optimizer = await AdamW.create(
    parameters,
    new Map([["w", Float32Array.of(1, 2, 3)]]),
    reference,
  );
  optimizer.gradients.get("w")!.data.set([1, NaN, 1]);
  assert.ok(Number.isNaN(optimizer.step(0.1)));
  assert.deepEqual([...optimizer.weights.get("w")!.data], [1, 2, 3]);
});

Deno.test("an initial value that is missing or of another size is named", async () => {
  const parameters = [{ name: "w", shape: [2, 2], decay: true, rateShare: 1 }];
  await assert.rejects(
    AdamW.create(parameters, new Map(), reference),
    /Cannot train "w" of shape \[2,2\]: got no values/,
  );
  await assert.rejects(
    AdamW.create(parameters, new Map([["w", new Float32Array(3)]]), reference),
    /got 3 values/,
  );
});
