import { strict as assert } from "node:assert";
import { initialise } from "../nn/parameters.ts";
import { tokenHead } from "../models/encoder/heads/token.ts";
import { encoderParameters } from "../models/encoder/parameters.ts";
import { AdamW } from "./adamw.ts";
import { withRates } from "./parameter_rates.ts";
import { encodeSafetensors } from "../weights/testdata/encode_safetensors.ts";
import { labels, tinyEncoder, tinyJob, trainOnCpu } from "../train/testdata/tiny_job.ts";
import reference from "../../tests/fixtures/layer_rates/steps.json" with { type: "json" };

type Values = Record<string, number[]>;

const config = tinyEncoder(0.1);
const specs = [...encoderParameters(config), ...tokenHead(config, labels.length).parameters];

Deno.test(`a rate per layer and a frozen parameter: PyTorch ${reference.torch}'s steps`, async () => {
  const start = new Map(
    Object.entries(reference.start as Values).map(([n, v]) => [n, Float32Array.from(v)]),
  );
  const parameters = withRates(reference.parameters, reference);
  const optimizer = await AdamW.create(parameters, start, reference);
  (reference.gradients as Values[]).forEach((gradients, step) => {
    assert.deepEqual([...optimizer.gradients.keys()], Object.keys(gradients));
    for (const [name, values] of Object.entries(gradients)) {
      optimizer.gradients.get(name)!.data.set(values);
    }
    const norm = optimizer.step(reference.peak);
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

Deno.test("without patterns and decay every parameter learns at the full rate", () => {
  const rated = withRates(specs, { frozen: [], layerDecay: 1 });
  assert.deepEqual(rated.map(({ name }) => name), specs.map(({ name }) => name));
  assert.ok(rated.every(({ rateShare }) => rateShare === 1));
});

Deno.test("what the model freezes does not learn either", () => {
  const slicing = { width: 4, trainClassifier: false };
  const { parameters } = tokenHead(config, labels.length, slicing);
  const still = withRates(parameters, { frozen: [], layerDecay: 1 })
    .filter(({ rateShare }) => rateShare === 0);
  assert.deepEqual(still.map(({ name }) => name), ["classifier.weight"]);
});

Deno.test("frozen parameters keep their bytes, the others learn, and checkpoints go on", async () => {
  const frozen = ["roberta.embeddings.*", "*.layer.0.*.bias"];
  const job = tinyJob({ epochs: 3, frozen, layerDecay: 0.5 });
  const { weights } = await trainOnCpu(job);
  const start = initialise(specs, job.options.seed);
  for (const [name, { data }] of weights) {
    const stays = name.startsWith("roberta.embeddings.") || /layer\.0\..*bias$/.test(name);
    const moved = data.some((value, i) => value !== start.get(name)![i]);
    // No score depends on the bias of a key.
    if (!name.endsWith("key.bias")) assert.equal(moved, !stays, name);
  }
  const folder = await Deno.makeTempDir();
  const checkpoints = { folder, everyMinutes: 0 };
  await assert.rejects(
    trainOnCpu(job, {
      checkpoints,
      onStep: ({ step }) => {
        if (step === 7) throw new Error("stop");
      },
    }),
    /stop/,
  );
  const resumed = await trainOnCpu(job, { checkpoints });
  assert.deepEqual(encodeSafetensors(resumed.weights), encodeSafetensors(weights));
});

for (
  const [frozen, message] of [
    [["roberta.embedding.*"], /Cannot freeze "roberta.embedding.\*": no parameter has such a name/],
    [["word", "*"], /Cannot freeze "word"/],
    [["roberta.*", "classifier.*"], /Cannot train as every parameter is frozen/],
  ] as const
) {
  Deno.test(`freezing ${frozen.join(" and ")} is refused`, async () => {
    await assert.rejects(trainOnCpu(tinyJob({ frozen })), message);
  });
}
