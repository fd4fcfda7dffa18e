/**
 * The encoders that PyTorch has recorded, as the graphs and tensors that crosstie has for them.
 *
 * @module
 */
import {
  type TrainingGraphOptions,
  type TrainingGraphs,
  trainingGraphs,
} from "../../lib/engine/training_graphs.ts";
import type { EncoderConfig } from "../../lib/models/encoder/config.ts";
import { firstPosition } from "../../lib/models/encoder/families.ts";
import { encoderGraph } from "../../lib/models/encoder/graph.ts";
import type { Head } from "../../lib/models/encoder/heads/head.ts";
import { sequenceHead } from "../../lib/models/encoder/heads/sequence.ts";
import { type Slicing, tokenHead } from "../../lib/models/encoder/heads/token.ts";
import type { HeadName } from "../../lib/models/encoder/published_config.ts";
import { paddingBias } from "../../lib/models/encoder/testdata/padding_bias.ts";
import { maskedHead } from "../../lib/models/masked/head.ts";
import type { ModelGraph } from "../../lib/models/model.ts";
import { type FloatTensor, floatTensor, type HostTensor } from "../../lib/onnx/dtype.ts";

type Values = Readonly<Record<string, { readonly shape: number[]; readonly values: string }>>;

/** One head on a recorded encoder, and what PyTorch made of it. */
export interface Case {
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
export interface Reference {
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

/** The recordings, by file name. */
export const referenceNames = [
  "xlm_roberta",
  "roberta",
  "bert",
  "distilbert",
  "distilbert_sinusoids",
] as const;

/** Reads a recording. */
export async function readReference(name: string): Promise<Reference> {
  return JSON.parse(await Deno.readTextFile(new URL(`${name}.json`, folder)));
}

/** float32 numbers, little-endian in base64. */
export function decode(base64: string): Float32Array {
  return new Float32Array(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)).buffer);
}

function int64(dims: number[], values: readonly number[]): HostTensor {
  return { dtype: "int64", dims, data: BigInt64Array.from(values, BigInt) };
}

/** A case's model, and the graph that trains it. */
export interface CaseGraphs {
  readonly graph: ModelGraph;
  readonly training: TrainingGraphs;
}

/** The graphs of a case; a masked language model's gradients are dense in any case. */
export function graphsOf(
  config: EncoderConfig,
  numLabels: number,
  check: Pick<Case, "head" | "slicing" | "tokenTypeIds">,
  tableGradients: TrainingGraphOptions["tableGradients"] = "dense",
): CaseGraphs {
  const graph = encoderGraph(config, headOf(config, numLabels, check), {
    tokenTypes: check.tokenTypeIds !== null,
  });
  return { graph, training: trainingGraphs(graph, { tableGradients }) };
}

function headOf(
  config: EncoderConfig,
  numLabels: number,
  { head, slicing }: Pick<Case, "head" | "slicing">,
): Head {
  switch (head) {
    case "TokenClassification":
      return tokenHead(config, numLabels, slicing ?? undefined);
    case "SequenceClassification":
      return sequenceHead(config, numLabels);
    case "MaskedLM":
      return maskedHead(config);
  }
}

/** What the graphs of a case read besides parameters and labels, and the labels. */
export function batchOf({ inputIds }: Reference, config: EncoderConfig, check: Case) {
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
      dims: [rows, 1, columns, columns],
      data: paddingBias(rows, columns, (at) => ids[at] === pad),
    },
    labelPositions: int64([labelled.length], labelled),
  };
  if (check.tokenTypeIds) shared.tokenTypeIds = int64([rows, columns], check.tokenTypeIds.flat());
  return { shared, labels: int64([labelled.length], labelled.map((at) => perToken[at])) };
}

/** The parameters of a case as feeds, by name. */
export function parametersFor(
  reference: Reference,
  { head }: Pick<Case, "head">,
): Record<string, FloatTensor> {
  const recorded = { ...reference.encoder, ...reference.heads[head] };
  return Object.fromEntries(
    Object.entries(recorded).map(([name, { shape, values }]): [string, FloatTensor] => [
      name,
      floatTensor(shape, decode(values)),
    ]),
  );
}
