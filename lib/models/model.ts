/**
 * What a model is: the seam between those that know labels and masks and those that run graphs.
 *
 * An engine sees a batch as named feeds, and a graph as tensors. The model alone knows what is
 * asked, what a right answer is, and which tables a batch touches.
 *
 * @module
 */
import type { Tensor } from "../autodiff/primitive.ts";
import type { DropoutSite } from "../nn/dropout_sites.ts";
import type { ParameterSpec } from "../nn/parameters.ts";
import type { HostTensor } from "../onnx/dtype.ts";
import type { AskedWords } from "./asked_words.ts";

/** A sentence, or a pair of them, as a model reads it: T pieces, some of which are asked. */
export interface Example {
  /** Piece ids with special tokens, length T. */
  readonly inputIds: readonly number[];
  /** Token types, length T; empty where all are 0. */
  readonly typeIds: readonly number[];
  /** The word of every piece, −1 for special tokens, length T. */
  readonly wordIds: readonly number[];
  /** The pieces at which something is asked, ascending. */
  readonly asked: readonly number[];
  /** The index of the right answer at each of them. */
  readonly gold: readonly number[];
}

/** What names the random choices of a batch. */
export interface Draw {
  readonly seed: number;
  /** From 0. */
  readonly epoch: number;
  /** The place of each example in its data. */
  readonly places: readonly number[];
}

/** Some examples as an engine takes them. */
export interface Batch {
  /** The graph's inputs by name, without parameters and dropout masks. */
  readonly feeds: Readonly<Record<string, HostTensor>>;
  /** The value of every symbol in the dims of inputs and masks. */
  readonly sizes: Readonly<Record<string, number>>;
  /** How many things the loss is a mean of; 0 for a batch that has no loss. */
  readonly weight: number;
  /** Pieces that are no padding. */
  readonly pieces: number;
  /** How many things are asked of each example. */
  readonly asked: readonly number[];
  /** Of each example, which of its units are asked, where a model reads them all together. */
  readonly askedUnits?: readonly (readonly number[])[];
  /** Of each example its words, where answers cannot be read without them. */
  readonly words?: readonly AskedWords[];
  /** Of every table that is read by rows: the row of each vector that is looked up, in order. */
  readonly rows: Readonly<Record<string, BigInt64Array>>;
}

/** A table of embeddings, of which a batch reads a few rows. */
export interface TouchedTable {
  /** Its parameter, [rows, D]. */
  readonly table: string;
  /** The vectors that are looked up, [N, D]: their gradient is that of the rows. */
  readonly looked: Tensor;
}

/** A model as symbolic tensors, for training and for evaluation. */
export interface ModelGraph {
  /** What answers and loss both read of a batch. */
  readonly inputs: readonly Tensor[];
  /** What the loss alone reads: the right answers. */
  readonly gold: readonly Tensor[];
  readonly specs: readonly ParameterSpec[];
  /** The parameters by name, in the order of `specs`. */
  readonly parameters: ReadonlyMap<string, Tensor>;
  /** The places of dropout, and the mask of each: bool inputs of the loss. */
  readonly dropout: { readonly sites: readonly DropoutSite[]; readonly masks: readonly Tensor[] };
  /** float32 []: a mean over what is asked, nats. */
  readonly loss: Tensor;
  /** Without dropout, by name. */
  readonly answers: Readonly<Record<string, Tensor>>;
  /** The tables that are read by rows alone. */
  readonly rows: readonly TouchedTable[];
}

/** What a model says where it is asked. */
export interface Answer {
  /** The likeliest answer's index. */
  readonly label: number;
  /** Whether it is a part of the likeliest answers of the whole example: nothing is left to decode. */
  readonly isDecoded?: true;
  /** The right answer's index. */
  readonly gold: number;
  /** −ln p of the right answer, nats. */
  readonly loss: number;
  /** ln p of every answer, where there are few. */
  readonly logProbabilities?: readonly number[];
}

/** Choices about a graph. */
export interface GraphOptions {
  /** Share of the target probability that all answers share evenly, 0 … < 1. */
  readonly labelSmoothing?: number;
}

/** A kind of model; C is its shape. */
export interface Model<C> {
  /** Its name in tables, such as `encoder`. */
  readonly name: string;
  graph(config: C, options?: GraphOptions): ModelGraph;
  /** @param draw names what is drawn at random */
  batch(config: C, examples: readonly Example[], draw: Draw): Batch;
  /** What the outputs of `graph.answers` say, example by example. */
  answers(config: C, outputs: Readonly<Record<string, HostTensor>>, batch: Batch): Answer[][];
}
