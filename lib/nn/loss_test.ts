import { strict as assert } from "node:assert";
import {
  batchOf,
  decode,
  parametersFor,
  readReference,
} from "../../scripts/references/recorded_encoders.ts";
import recorded from "../../tests/fixtures/training_runs/label_smoothing.json" with {
  type: "json",
};
import { Session } from "../onnx/session.ts";
import { parseEncoderConfig } from "../models/encoder/config.ts";
import { trainingGraphs } from "../engine/training_graphs.ts";
import { encoderGraph } from "../models/encoder/graph.ts";
import { tokenHead } from "../models/encoder/heads/token.ts";

const reference = await readReference(recorded.encoder);
const config = parseEncoderConfig(reference.config);
const [check] = reference.cases;

for (const { labelSmoothing, loss, gradients } of recorded.cases) {
  Deno.test(`labels smoothed by ${labelSmoothing}: loss and gradients match PyTorch`, async () => {
    const graph = encoderGraph(config, tokenHead(config, reference.numLabels), { labelSmoothing });
    const graphs = trainingGraphs(graph, { tableGradients: "dense" });
    const session = await Session.create(graphs.training, { threads: 1 });
    const { shared, labels } = batchOf(reference, config, check);
    const results = await session.run({ ...shared, ...parametersFor(reference, check), labels });
    await session.release();
    const lossError = Math.abs(Number(results.loss.data[0]) - loss);
    assert.ok(lossError <= recorded.tolerances.loss, `the losses differ by ${lossError}`);
    for (const [name, values] of Object.entries(gradients)) {
      const got = results[`grad.${name}`].data as Float32Array, wanted = decode(values);
      assert.equal(got.length, wanted.length);
      const size = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
      const error = wanted.reduce((most, value, i) => Math.max(most, Math.abs(got[i] - value)), 0);
      assert.ok(error <= recorded.tolerances.gradients * size, `${name} differs by ${error}`);
    }
  });
}
