/**
 * Batches of sentences of like length, and their tensors.
 *
 * @module
 */
import { CounterRandom } from "../core/random.ts";
import { packRows } from "./row_packing.ts";

/** Sentences as a model reads them, flat: sentence i has the pieces `starts[i]` … `starts[i+1] − 1`. */
export interface EncodedSentences {
  /** Piece ids of all sentences, one after the other. */
  readonly inputIds: Int32Array;
  /** Label of every piece; −100 where none is asked for. */
  readonly labels: Int32Array;
  /** Length N + 1, first 0. */
  readonly starts: Int32Array;
}

/** The value of `labels` where a piece carries none. */
export const noLabel = -100;

/** The tensors of one batch: B rows of T pieces that hold one or more sentences, M labelled pieces. */
export interface Batch {
  readonly B: number;
  readonly T: number;
  /** int64 [B, T], padded. */
  readonly inputIds: BigInt64Array;
  /** int64 [B, T]: from `firstPosition` on; padding has the position before it, or 0. */
  readonly positionIds: BigInt64Array;
  /**
   * float32 [B, 1, T, T]: 0 between pieces of one sentence, {@linkcode maskedScore} elsewhere: a
   * piece sees its own sentence only, whatever else the row holds.
   */
  readonly attentionBias: Float32Array;
  /** int64 [M]: places of the flattened [B·T] that carry a label, in order of sentence and piece. */
  readonly labelPositions: BigInt64Array;
  /** int64 [M] */
  readonly labels: BigInt64Array;
  /** The sentence of each label, [M]. */
  readonly labelSentences: readonly number[];
  /** Pieces that are no padding. */
  readonly pieces: number;
}

/** How an encoder numbers what it reads. */
export interface InputIdScheme {
  /** Fills the places after a sentence. */
  readonly padId: number;
  /** The position id of a sentence's first piece. */
  readonly firstPosition: number;
}

/** Added to attention scores: the probability is then 0 in float32. */
export const maskedScore = -1e9;

/** The number of sentences. */
export function sentenceCount(encoded: EncodedSentences): number {
  return encoded.starts.length - 1;
}

/** Packs sentences into the flat form. */
export function packSentences(
  sentences: readonly { inputIds: readonly number[]; labels: readonly number[] }[],
): EncodedSentences {
  const starts = new Int32Array(sentences.length + 1);
  sentences.forEach(({ inputIds }, i) => starts[i + 1] = starts[i] + inputIds.length);
  const total = starts[sentences.length];
  const packed = { inputIds: new Int32Array(total), labels: new Int32Array(total), starts };
  sentences.forEach(({ inputIds, labels }, i) => {
    packed.inputIds.set(inputIds, starts[i]);
    packed.labels.set(labels, starts[i]);
  });
  return packed;
}

/**
 * The order of an epoch: every sentence once, in batches of sentences of like length. Sentences are
 * shuffled, sorted by length within pools of `poolBatches` batches, cut, and the batches shuffled.
 * Depends on (lengths, batchSize, seed, epoch) alone.
 */
export function epochBatches(
  encoded: EncodedSentences,
  options: { batchSize: number; seed: number; epoch: number; poolBatches?: number },
): number[][] {
  const { batchSize, seed, epoch, poolBatches = 16 } = options;
  const random = new CounterRandom("batches", seed, epoch);
  const count = sentenceCount(encoded);
  const lengthOf = (i: number) => encoded.starts[i + 1] - encoded.starts[i];
  const order = random.shuffle(Array.from({ length: count }, (_, i) => i));
  const batches: number[][] = [];
  const pool = batchSize * poolBatches;
  for (let start = 0; start < count; start += pool) {
    const part = order.slice(start, start + pool).sort((a, b) => lengthOf(a) - lengthOf(b));
    for (let at = 0; at < part.length; at += batchSize) {
      batches.push(part.slice(at, at + batchSize));
    }
  }
  return random.shuffle(batches);
}

/** Batches for evaluation: sorted by length, so that little is padding. */
export function evaluationBatches(encoded: EncodedSentences, batchSize: number): number[][] {
  const lengthOf = (i: number) => encoded.starts[i + 1] - encoded.starts[i];
  const order = Array.from({ length: sentenceCount(encoded) }, (_, i) => i)
    .sort((a, b) => lengthOf(a) - lengthOf(b) || a - b);
  const batches: number[][] = [];
  for (let at = 0; at < order.length; at += batchSize) {
    batches.push(order.slice(at, at + batchSize));
  }
  return batches;
}

/** The tensors of some sentences. */
export function assembleBatch(
  encoded: EncodedSentences,
  sentences: readonly number[],
  { padId, firstPosition }: InputIdScheme,
): Batch {
  const { starts } = encoded;
  const lengths = sentences.map((i) => starts[i + 1] - starts[i]);
  const { B, T, places } = packRows(lengths);
  const inputIds = new BigInt64Array(B * T).fill(BigInt(padId));
  const positionIds = new BigInt64Array(B * T).fill(BigInt(Math.max(0, firstPosition - 1)));
  const attentionBias = new Float32Array(B * T * T).fill(maskedScore);
  const positions: bigint[] = [], labels: bigint[] = [], labelSentences: number[] = [];
  sentences.forEach((sentence, i) => {
    const start = starts[sentence], length = lengths[i];
    const first = places[i].row * T + places[i].offset;
    for (let t = 0; t < length; t++) {
      const at = first + t;
      inputIds[at] = BigInt(encoded.inputIds[start + t]);
      positionIds[at] = BigInt(firstPosition + t);
      const seen = at * T + places[i].offset;
      attentionBias.fill(0, seen, seen + length);
      const label = encoded.labels[start + t];
      if (label !== noLabel) {
        positions.push(BigInt(at));
        labels.push(BigInt(label));
        labelSentences.push(sentence);
      }
    }
  });
  return {
    B,
    T,
    inputIds,
    positionIds,
    attentionBias,
    labelPositions: BigInt64Array.from(positions),
    labels: BigInt64Array.from(labels),
    labelSentences,
    pieces: lengths.reduce((a, b) => a + b, 0),
  };
}
