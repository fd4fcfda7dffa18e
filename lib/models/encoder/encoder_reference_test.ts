import { strict as assert } from "node:assert";
import { lowerCpu } from "../../autodiff/lower_cpu.ts";
import { answerInputs } from "../../engine/device.ts";
import { Session } from "../../onnx/session.ts";
import { parseEncoderConfig } from "./config.ts";
import {
  batchOf,
  type Case,
  decode,
  graphsOf,
  parametersFor,
  readReference,
  referenceNames,
} from "../../../scripts/references/recorded_encoders.ts";

/** The greatest difference over that of the wanted values, or over 1e-3 where all are smaller. */
function relativeError(got: ArrayLike<number>, wanted: Float32Array): number {
  const size = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  return largestError(got, wanted) / size;
}

function largestError(got: ArrayLike<number>, wanted: Float32Array): number {
  assert.equal(got.length, wanted.length);
  return wanted.reduce((most, value, i) => Math.max(most, Math.abs(got[i] - value)), 0);
}

function titleOf({ head, slicing, tokenTypeIds }: Case): string {
  if (tokenTypeIds) return `${head} with token types`;
  if (!slicing) return head;
  const { width, trainClassifier } = slicing;
  return `${head} in slices of ${width}, classifier ${trainClassifier ? "trained" : "kept"}`;
}

const cases = new Map<string, string[]>();

for (const name of [...referenceNames, "slices"]) {
  const reference = await readReference(name);
  const config = parseEncoderConfig(reference.config);
  const { tolerances } = reference;
  cases.set(name, reference.cases.map(titleOf));
  for (const check of reference.cases) {
    Deno.test(`${name}, ${titleOf(check)}: logits, loss and gradients match PyTorch`, async () => {
      const { graph, training: graphs } = graphsOf(config, reference.numLabels, check);
      const parameters = parametersFor(reference, check);
      assert.deepEqual(
        Object.fromEntries(graphs.parameters.map(({ name, shape }) => [name, shape])),
        Object.fromEntries(Object.entries(parameters).map(([name, { dims }]) => [name, dims])),
      );
      const { shared, labels } = batchOf(reference, config, check);
      const evaluation = await Session.create(
        lowerCpu("evaluation", answerInputs(graph), graph.answers),
        { threads: 1 },
      );
      const { logits } = await evaluation.run({ ...shared, ...parameters });
      await evaluation.release();
      const training = await Session.create(graphs.training, { threads: 1 });
      const results = await training.run({ ...shared, ...parameters, labels });
      await training.release();

      const logitError = largestError(logits.data as Float32Array, decode(check.logits));
      assert.ok(logitError <= tolerances.logits, `logits differ by ${logitError}`);
      const lossError = Math.abs(Number(results.loss.data[0]) - check.loss);
      assert.ok(lossError <= tolerances.loss, `the losses differ by ${lossError}`);
      const got = Object.keys(results).filter((output) => output !== "loss").sort();
      assert.deepEqual(got, Object.keys(check.gradients).map((name) => `grad.${name}`).sort());
      for (const [name, gradient] of Object.entries(check.gradients)) {
        // The gradient of a key's bias is zero but for rounding: softmax does not feel it.
        const data = results[`grad.${name}`].data as Float32Array;
        const error = relativeError(data, decode(gradient));
        assert.ok(error <= tolerances.gradients, `the gradients of ${name} differ by ${error}`);
      }
    });
  }
}

Deno.test("every family is recorded with every head, slices of both kinds, and token types", () => {
  const heads = ["TokenClassification", "SequenceClassification", "MaskedLM"];
  const slices = ["trained", "kept"].map((kind) =>
    `TokenClassification in slices of 3, classifier ${kind}`
  );
  for (const name of ["xlm_roberta", "roberta", "bert", "distilbert"]) {
    const wanted = [
      ...heads,
      ...slices,
      ...(name === "bert" ? heads.map((head) => `${head} with token types`) : []),
    ];
    assert.deepEqual(wanted.filter((title) => !cases.get(name)!.includes(title)), [], name);
  }
  const widths = [1, 2, 8, 16].flatMap((width) =>
    ["trained", "kept"].map((kind) =>
      `TokenClassification in slices of ${width}, classifier ${kind}`
    )
  );
  assert.deepEqual(cases.get("slices"), ["TokenClassification", ...widths]);
});
