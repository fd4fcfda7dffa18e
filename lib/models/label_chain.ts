/**
 * A CRF on a model: what it reads of a batch, its loss, and the labels that it answers with.
 *
 * Emissions are rows [R, L] of a model, one for every word; a sentence is a chain of some of them.
 *
 * @module
 */
import { add, div } from "../autodiff/elementwise.ts";
import { fill, input, sizeOf } from "../autodiff/leaves.ts";
import type { Tensor } from "../autodiff/primitive.ts";
import { gatherRows } from "../autodiff/rows.ts";
import { reduceSum, reshape } from "../autodiff/shapes.ts";
import { isOrphanInside } from "../core/tags.ts";
import { crfLosses, crfScores } from "../nn/crf.ts";
import { likeliestPath, logMarginals, type PathScores, withForbidden } from "../nn/crf_paths.ts";
import type { HostTensor } from "../onnx/dtype.ts";
import type { Answer, Batch } from "./model.ts";

/** What a CRF reads of a batch of S sentences of up to N + 1 words. */
export interface ChainInputs {
  readonly firstAt: Tensor;
  readonly restAt: Tensor;
  readonly holds: Tensor;
  readonly goldFirst: Tensor;
  readonly goldRest: Tensor;
  readonly goldPairs: Tensor;
  readonly goldLast: Tensor;
}

/** Symbolic inputs: the rows of the words, where there are any, and their right labels. */
export function chainInputs(): ChainInputs {
  const int64 = (name: string, ...dims: string[]) => input(name, "int64", dims);
  return {
    firstAt: int64("firstAt", "S"),
    restAt: int64("restAt", "N", "S"),
    holds: input("holds", "float32", ["N", "S", 1]),
    goldFirst: int64("goldFirst", "S"),
    goldRest: int64("goldRest", "N", "S"),
    goldPairs: int64("goldPairs", "N", "S"),
    goldLast: int64("goldLast", "S"),
  };
}

/** A CRF of a model. */
export interface Chain {
  /** The module whose parameters `crfParameters` lists. */
  readonly module: string;
  readonly labels: number;
  /** Whether first and last labels have scores of their own. */
  readonly ends: boolean;
}

/** What a model says of the words of a batch, one row for each. */
export interface ChainRows {
  /** [R, L] */
  readonly emissions: Tensor;
  /** [R, L²]: what is added to the transition into a word, from a label to the next; 0 if left out. */
  readonly moves?: Tensor;
}

/** The mean loss over the words of a batch, float32 [], and the scores that answers are made of. */
export function chainLoss(
  parameter: (name: string) => Tensor,
  { module, labels, ends }: Chain,
  { emissions, moves }: ChainRows,
  inputs: ChainInputs,
): { loss: Tensor; answers: Record<"transitions" | "start" | "end", Tensor> } {
  const { firstAt, restAt, holds, goldFirst, goldRest, goldPairs, goldLast } = inputs;
  const scores = crfScores(parameter, module, ends);
  const losses = crfLosses(scores, {
    first: gatherRows(emissions, firstAt),
    rest: gatherRows(emissions, restAt),
    ...(moves
      ? { moves: reshape(gatherRows(moves, restAt), [...restAt.dims, labels, labels]) }
      : {}),
    holds,
  }, { first: goldFirst, rest: goldRest, pairs: goldPairs, last: goldLast });
  const words = add(sizeOf(["S"]), reduceSum(holds));
  const { start, end } = scores.ends ?? { start: fill(0, [labels]), end: fill(0, [labels]) };
  return {
    loss: div(reduceSum(losses), words),
    answers: { transitions: scores.transitions, start, end },
  };
}

/** A sentence of at least one word. */
export interface ChainSentence {
  /** The row of emissions of each word. */
  readonly rows: readonly number[];
  /** The right label of each word; any where none is asked. */
  readonly gold: readonly number[];
}

/** The feeds of {@linkcode chainInputs}. */
export function chainFeeds(
  labels: number,
  sentences: readonly ChainSentence[],
): { feeds: Record<keyof ChainInputs, HostTensor>; sizes: { S: number; N: number } } {
  const S = sentences.length;
  const N = Math.max(1, ...sentences.map(({ rows }) => rows.length - 1));
  const int64 = (dims: readonly number[], values: readonly number[]) =>
    ({ dtype: "int64", dims, data: BigInt64Array.from(values, BigInt) }) as const;
  const ofEach = (of: (sentence: ChainSentence) => number) => int64([S], sentences.map(of));
  /** Of the words after the first: 0 where a sentence has ended. */
  const ofRest = (of: (sentence: ChainSentence, t: number) => number) =>
    Array.from({ length: N * S }, (_, at) => {
      const sentence = sentences[at % S], t = 1 + Math.floor(at / S);
      return t < sentence.rows.length ? of(sentence, t) : 0;
    });
  return {
    feeds: {
      firstAt: ofEach(({ rows }) => rows[0]),
      restAt: int64([N, S], ofRest(({ rows }, t) => rows[t])),
      holds: { dtype: "float32", dims: [N, S, 1], data: Float32Array.from(ofRest(() => 1)) },
      goldFirst: ofEach(({ gold }) => gold[0]),
      goldRest: int64([N, S], ofRest(({ gold }, t) => gold[t])),
      goldPairs: int64([N, S], ofRest(({ gold }, t) => labels * gold[t - 1] + gold[t])),
      goldLast: ofEach(({ gold }) => gold[gold.length - 1]),
    },
    sizes: { S, N },
  };
}

/**
 * The likeliest well-formed labels of every sentence (as in AllenNLP: a CRF learns from every sequence
 * of labels, as corpora have some that are not well formed), with the probabilities of labels at each
 * word for themselves.
 *
 * @param names of the labels, by index
 * @param outputs `emissions` [R, L], `moves` [R, L²] where a model has them, and the answers of
 * {@linkcode chainLoss}
 * @param batch of whose examples those in which something is asked are the sentences, in their order
 */
export function chainAnswers(
  names: readonly string[],
  outputs: Readonly<Record<string, HostTensor>>,
  batch: Batch,
): Answer[][] {
  const labels = names.length;
  const numbers = (name: string) => outputs[name].data as Float32Array;
  const scores: PathScores = {
    labels,
    transitions: numbers("transitions"),
    start: numbers("start"),
    end: numbers("end"),
  };
  const forbidden = {
    start: (label: number) => isOrphanInside(names[label]),
    pair: (from: number, to: number) => isOrphanInside(names[to], names[from]),
  };
  let sentence = 0;
  return batch.asked.map((count, i) => {
    if (count === 0) return [];
    const { rows, gold } = wordsOfSentence(batch, sentence++);
    const emissions = rowsAt(numbers("emissions"), labels, rows);
    const own = outputs.moves
      ? { ...scores, moves: rowsAt(numbers("moves"), labels * labels, rows) }
      : scores;
    const path = likeliestPath(emissions, withForbidden(own, forbidden));
    const marginals = logMarginals(emissions, own);
    return batch.askedUnits![i].map((word): Answer => ({
      label: path[word],
      isDecoded: true,
      gold: gold[word],
      loss: -marginals[word][gold[word]],
      logProbabilities: Array.from(marginals[word]),
    }));
  });
}

/** Rows of a matrix. */
export function rowsAt(values: Float32Array, width: number, rows: readonly number[]) {
  return rows.map((row) => values.subarray(row * width, (row + 1) * width));
}

/** The rows and the right labels of the words of a sentence. */
function wordsOfSentence({ feeds, sizes: { S, N } }: Batch, sentence: number) {
  const value = (name: keyof ChainInputs, at: number) => Number(feeds[name].data[at]);
  const rows: number[] = [], gold: number[] = [];
  const add = (row: number, label: number) => {
    rows.push(row);
    gold.push(label);
  };
  add(value("firstAt", sentence), value("goldFirst", sentence));
  for (let n = 0; n < N; n++) {
    const at = n * S + sentence;
    if (value("holds", at) === 0) break;
    add(value("restAt", at), value("goldRest", at));
  }
  return { rows, gold };
}
