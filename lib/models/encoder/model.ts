/**
 * Encoders with a head as models.
 *
 * @module
 */
import type { HostTensor } from "../../onnx/dtype.ts";
import type { Answer, Batch, Draw, Example, Model } from "../model.ts";
import { encoderBatch } from "./batch.ts";
import type { EncoderConfig } from "./config.ts";
import { encoderGraph } from "./graph.ts";
import type { Head } from "./heads/head.ts";
import { sequenceHead } from "./heads/sequence.ts";
import { type Slicing, tokenHead } from "./heads/token.ts";

/** The head of a classifier, with its number of labels. */
export type ClassifierHead =
  /** A label for each asked piece: the first ones of words. */
  | { readonly head: "token"; readonly labels: number }
  /** The same head, trained slice by slice. */
  | { readonly head: "sliced"; readonly labels: number; readonly slicing: Slicing }
  /** A label for each text, at its first piece. */
  | { readonly head: "sequence"; readonly labels: number };

/** The shape of an encoder that classifies. */
export interface ClassifierConfig {
  readonly encoder: EncoderConfig;
  readonly choice: ClassifierHead;
  /** Whether token types tell the sentences of a pair apart. */
  readonly tokenTypes?: boolean;
}

/** The head that a choice stands for. */
export function classifierHead(encoder: EncoderConfig, choice: ClassifierHead): Head {
  switch (choice.head) {
    case "token":
      return tokenHead(encoder, choice.labels);
    case "sliced":
      return tokenHead(encoder, choice.labels, choice.slicing);
    case "sequence":
      return sequenceHead(encoder, choice.labels);
  }
}

/** An encoder that classifies words or texts. */
export const encoderModel: Model<ClassifierConfig> = {
  name: "encoder",
  graph: ({ encoder, choice, tokenTypes }, options) =>
    encoderGraph(encoder, classifierHead(encoder, choice), { ...options, tokenTypes }),
  batch: ({ encoder, tokenTypes }, examples: readonly Example[], _draw: Draw) =>
    encoderBatch(encoder, examples, tokenTypes),
  answers: (_config, { logits }, batch) => classified(logits, batch, true),
};

/**
 * The answers of logits [M, L].
 *
 * @param keep whether ln p of every answer is given
 */
export function classified(
  { data, dims: [M, L] }: HostTensor,
  { feeds: { labels }, asked }: Batch,
  keep: boolean,
): Answer[][] {
  const values = data as Float32Array;
  let m = 0;
  const next = (): Answer => {
    const row = values.subarray(m * L, (m + 1) * L);
    let label = 0;
    for (let l = 1; l < L; l++) if (row[l] > row[label]) label = l;
    const highest = row[label];
    let sum = 0;
    for (const x of row) sum += Math.exp(x - highest);
    const logSum = highest + Math.log(sum);
    const gold = Number(labels.data[m++]);
    return {
      label,
      gold,
      loss: logSum - row[gold],
      ...(keep ? { logProbabilities: Array.from(row, (x) => x - logSum) } : {}),
    };
  };
  const answers = asked.map((count) => Array.from({ length: count }, next));
  if (m !== M) throw new RangeError(`Cannot read ${M} answers as ${m} are asked`);
  return answers;
}
