import { strict as assert } from "node:assert";
import type { HostTensor } from "../onnx/dtype.ts";
import { Session } from "../onnx/session.ts";
import { type EncoderConfig, parseEncoderConfig } from "./config.ts";
import { firstPosition } from "./families.ts";
import { maskedLanguageModelGraphs } from "./masked_language_model.ts";
import { sequenceClassifierGraphs } from "./sequence_classifier.ts";
import { type Slicing, tokenClassifierGraphs } from "./token_classifier.ts";
import type { TrainingGraphs } from "./training_graphs.ts";

type Values = Readonly<Record<string, { readonly shape: number[]; readonly values: string }>>;
type HeadName = "TokenClassification" | "SequenceClassification" | "MaskedLM";

interface Case {
  readonly head: HeadName;
  readonly slicing: Slicing | null;
  readonly tokenTypeIds: readonly (readonly number[])[] | null;
  /** Per token, −100 where none is; per sentence for sequence classification. */
  readonly labels: readonly (number | readonly number[])[];
  readonly loss: number;
  readonly logits: string;
  readonly gradients: Readonly<Record<string, string>>;
}

/** Written by scripts/references/encoders.py. */
interface Reference {
  readonly tolerances: {
    readonly logits: number;
    readonly loss: number;
    readonly gradients: number;
  };
  readonly config: unknown;
  readonly numLabels: number;
  readonly inputIds: readonly (readonly number[])[];
  readonly encoder: Values;
  readonly heads: Readonly<Record<HeadName, Values>>;
  readonly cases: readonly Case[];
}

const folder = new URL("../../tests/fixtures/encoders/", import.meta.url);

function decode(base64: string): Float32Array {
  return new Float32Array(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)).buffer);
}

function int64(dims: number[], values: readonly number[]): HostTensor {
  return { dtype: "int64", dims, data: BigInt64Array.from(values, BigInt) };
}

function graphsOf(config: EncoderConfig, numLabels: number, check: Case): TrainingGraphs {
  const tokenTypes = check.tokenTypeIds ? "given" : "zero";
  switch (check.head) {
    case "TokenClassification":
      return tokenClassifierGraphs(config, numLabels, {
        tokenTypes,
        ...(check.slicing ? { slicing: check.slicing } : {}),
      });
    case "SequenceClassification":
      return sequenceClassifierGraphs(config, numLabels, { tokenTypes });
    case "MaskedLM":
      return maskedLanguageModelGraphs(config, { tokenTypes });
  }
}

function batchOf({ inputIds }: Reference, config: EncoderConfig, check: Case) {
  const ids = inputIds.flat(), pad = config.pad_token_id;
  const [rows, columns] = [inputIds.length, inputIds[0].length];
  const perToken = check.head === "SequenceClassification"
    ? (check.labels as number[]).flatMap((label) => [label, ...Array(columns - 1).fill(-100)])
    : check.labels.flat() as number[];
  const labelled = perToken.flatMap((label, at) => label < 0 ? [] : [at]);
  const shared: Record<string, HostTensor> = {
    inputIds: int64([rows, columns], ids),
    positionIds: int64(
      [rows, columns],
      ids.map((id, at) => id === pad ? pad : firstPosition(config) + at % columns),
    ),
    attentionBias: {
      dtype: "float32",
      dims: [rows, 1, 1, columns],
      data: Float32Array.from(ids, (id) => id === pad ? -1e9 : 0),
    },
    labelPositions: int64([labelled.length], labelled),
  };
  if (check.tokenTypeIds) shared.tokenTypeIds = int64([rows, columns], check.tokenTypeIds.flat());
  return { shared, labels: int64([labelled.length], labelled.map((at) => perToken[at])) };
}

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

const names = ["xlm_roberta", "roberta", "bert", "distilbert", "distilbert_sinusoids"];
for (const name of names) {
  const reference: Reference = JSON.parse(
    await Deno.readTextFile(new URL(`${name}.json`, folder)),
  );
  const config = parseEncoderConfig(reference.config);
  const { tolerances } = reference;
  for (const check of reference.cases) {
    Deno.test(`${name}, ${titleOf(check)}: logits, loss and gradients match PyTorch`, async () => {
      const graphs = graphsOf(config, reference.numLabels, check);
      const recorded = { ...reference.encoder, ...reference.heads[check.head] };
      assert.deepEqual(
        Object.fromEntries(graphs.parameters.map(({ name, shape }) => [name, shape])),
        Object.fromEntries(Object.entries(recorded).map(([name, { shape }]) => [name, shape])),
      );
      const { shared, labels } = batchOf(reference, config, check);
      const parameters = Object.fromEntries(
        Object.entries(recorded).map(([name, { shape, values }]): [string, HostTensor] => [
          name,
          { dtype: "float32", dims: shape, data: decode(values) },
        ]),
      );
      const evaluation = await Session.create(graphs.evaluation, { threads: 1 });
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
