import { strict as assert } from "node:assert";
import {
  batchOf,
  graphsOf,
  parametersFor,
  readReference,
} from "../../../../scripts/references/recorded_encoders.ts";
import { Session } from "../../../onnx/session.ts";
import { parseEncoderConfig } from "../config.ts";
import { type Slicing, tokenHead } from "./token.ts";

const reference = await readReference("slices");
const config = parseEncoderConfig(reference.config);
const [plain] = reference.cases;

/** Loss and gradients of the recorded batch. */
async function trained(slicing: Slicing | null): Promise<Map<string, ArrayLike<number>>> {
  const { training } = graphsOf(config, reference.numLabels, { ...plain, slicing });
  const { shared, labels } = batchOf(reference, config, plain);
  const session = await Session.create(training.training, { threads: 1 });
  const found = await session.run({ ...shared, ...parametersFor(reference, plain), labels });
  await session.release();
  return new Map(
    Object.entries(found).map(([name, { data }]) => [name, data as ArrayLike<number>]),
  );
}

/** Half of the distance from 1 to the next float32. */
const rounding = 2 ** -24;

Deno.test("one slice as wide as the encoder is ordinary fine-tuning, to the last bits of float32", async () => {
  const width = config.hidden_size;
  const whole = await trained(null);
  for (const trainClassifier of [true, false]) {
    const sliced = await trained({ width, trainClassifier });
    const names = [...whole.keys()].filter((name) =>
      trainClassifier || name !== "grad.classifier.weight"
    );
    assert.deepEqual([...sliced.keys()].sort(), names.sort());
    for (const name of names) {
      const wanted = whole.get(name)!, got = sliced.get(name)!;
      const size = Array.from(wanted).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      for (let i = 0; i < wanted.length; i++) {
        const error = Math.abs(got[i] - wanted[i]);
        // No score depends on a key's bias: its gradient is rounding alone.
        assert.ok(error <= 32 * rounding * Math.max(size, 0.1), `${name}[${i}]: ${error}`);
      }
    }
  }
});

Deno.test("narrower slices are another loss, the narrower the further", async () => {
  const lossOf = async (slicing: Slicing | null) => (await trained(slicing)).get("loss")![0];
  const whole = await lossOf(null);
  const differences = await Promise.all(
    [8, 2, 1].map(async (width) =>
      Math.abs(await lossOf({ width, trainClassifier: true }) - whole)
    ),
  );
  assert.ok(differences[0] > 1e-3, `${differences}`);
});

for (const width of [3, 5, 6, 12, 15, 17, 32, 0, 1.5, NaN]) {
  Deno.test(`slices of ${width} do not cut a width of 16 evenly`, () => {
    assert.throws(() => tokenHead(config, 5, { width, trainClassifier: true }), {
      message: "Cannot slice the classifier as its slices must cut the encoder's width evenly: " +
        `got ${width} and 16`,
    });
  });
}
