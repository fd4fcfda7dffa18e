import { strict as assert } from "node:assert";
import type { HostTensor } from "../onnx/dtype.ts";
import { Session } from "../onnx/session.ts";
import { parseEncoderConfig } from "./config.ts";
import { tokenClassifierGraphs } from "./token_classifier.ts";
import { paddingBias } from "./testdata/padding_bias.ts";

/** Written by scripts/references/token_classifier.py. */
interface Reference {
  readonly tolerances: {
    readonly logits: number;
    readonly loss: number;
    readonly gradients: number;
  };
  readonly config: unknown;
  readonly numLabels: number;
  readonly inputIds: readonly (readonly number[])[];
  readonly labels: readonly (readonly number[])[];
  readonly loss: number;
  readonly logits: string;
  readonly parameters: Readonly<
    Record<string, { readonly shape: number[]; readonly values: string; readonly gradient: string }>
  >;
}

const file = new URL("../../tests/fixtures/token_classifier/reference.json", import.meta.url);

function decode(base64: string): Float32Array {
  return new Float32Array(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)).buffer);
}

function int64(dims: number[], values: readonly number[]): HostTensor {
  return { dtype: "int64", dims, data: BigInt64Array.from(values, BigInt) };
}

function assertClose(
  what: string,
  got: ArrayLike<number>,
  wanted: Float32Array,
  tolerance: number,
) {
  assert.equal(got.length, wanted.length, what);
  wanted.forEach((value, i) => {
    assert.ok(Math.abs(got[i] - value) <= tolerance, `${what}[${i}]: got ${got[i]} and ${value}`);
  });
}

Deno.test("logits, loss and all gradients match XLMRobertaForTokenClassification in PyTorch", async () => {
  const reference: Reference = JSON.parse(await Deno.readTextFile(file));
  const graphs = tokenClassifierGraphs(parseEncoderConfig(reference.config), reference.numLabels);
  assert.deepEqual(
    Object.fromEntries(graphs.parameters.map(({ name, shape }) => [name, shape])),
    Object.fromEntries(
      Object.entries(reference.parameters).map(([name, { shape }]) => [name, shape]),
    ),
  );
  const ids = reference.inputIds.flat(), labels = reference.labels.flat();
  const [rows, columns] = [reference.inputIds.length, reference.inputIds[0].length];
  const labelled = labels.flatMap((label, at) => label < 0 ? [] : [at]);
  const batch: Record<string, HostTensor> = {
    inputIds: int64([rows, columns], ids),
    positionIds: int64([rows, columns], ids.map((id, at) => id === 1 ? 1 : 2 + at % columns)),
    attentionBias: {
      dtype: "float32",
      dims: [rows, 1, columns, columns],
      data: paddingBias(rows, columns, (at) => ids[at] === 1),
    },
    labelPositions: int64([labelled.length], labelled),
  };
  const parameters = Object.fromEntries(
    Object.entries(reference.parameters).map(([name, { shape, values }]): [string, HostTensor] => [
      name,
      { dtype: "float32", dims: shape, data: decode(values) },
    ]),
  );

  const { tolerances } = reference;
  const evaluation = await Session.create(graphs.evaluation, { threads: 1 });
  const { logits } = await evaluation.run({ ...batch, ...parameters });
  assertClose("logits", logits.data as Float32Array, decode(reference.logits), tolerances.logits);
  await evaluation.release();

  const training = await Session.create(graphs.training, { threads: 1 });
  const results = await training.run({
    ...batch,
    ...parameters,
    labels: int64([labelled.length], labelled.map((at) => labels[at])),
  });
  assert.deepEqual(results.loss.dims, []);
  assertClose(
    "loss",
    results.loss.data as Float32Array,
    Float32Array.of(reference.loss),
    tolerances.loss,
  );
  for (const [name, { gradient }] of Object.entries(reference.parameters)) {
    const wanted = decode(gradient);
    // The gradient of a key's bias is zero but for rounding: softmax does not feel it.
    const size = Math.max(1e-3, ...wanted.map(Math.abs));
    const got = results[`grad.${name}`].data as Float32Array;
    assertClose(`gradient of ${name}`, got, wanted, tolerances.gradients * size);
  }
  await training.release();
});
