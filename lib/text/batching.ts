/**
 * Batches of sentences of like length, and their tensors.
 *
 * @module
 */
import { CounterRandom } from "../core/random.ts";

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

/** The tensors of one batch. B sentences, T pieces (the longest), M labelled pieces. */
export interface Batch {
  readonly sentences: readonly number[];
  readonly B: number;
  readonly T: number;
  /** int64 [B, T], padded. */
  readonly inputIds: BigInt64Array;
  /** int64 [B, T]: from `firstPosition` on; padding has the position before it, or 0. */
  readonly positionIds: BigInt64Array;
  /** float32 [B, 1, 1, T]: 0 for pieces, {@linkcode maskedScore} for padding. */
  readonly attentionBias: Float32Array;
  /** int64 [M]: rows of the flattened [B·T] that carry a label, in order of sentence and piece. */
  readonly labelPositions: BigInt64Array;
  /** int64 [M] */
  readonly labels: BigInt64Array;
}

/** How an encoder numbers what it reads. */
export interface InputIdScheme {
  /** Fills the places after a sentence. */
  readonly padId: number;
  /** The position id of a sentence's first piece. */
  readonly firstPosition: number;
}

/** Added to the attention scores of padding: its probability is then 0 in float32. */
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
  const B = sentences.length;
  const { starts } = encoded;
  const T = Math.max(...sentences.map((i) => starts[i + 1] - starts[i]));
  const inputIds = new BigInt64Array(B * T).fill(BigInt(padId));
  const positionIds = new BigInt64Array(B * T).fill(BigInt(Math.max(0, firstPosition - 1)));
  const attentionBias = new Float32Array(B * T).fill(maskedScore);
  const positions: bigint[] = [];
  const labels: bigint[] = [];
  sentences.forEach((sentence, row) => {
    const start = starts[sentence], length = starts[sentence + 1] - start;
    for (let t = 0; t < length; t++) {
      const at = row * T + t;
      inputIds[at] = BigInt(encoded.inputIds[start + t]);
      positionIds[at] = BigInt(firstPosition + t);
      attentionBias[at] = 0;
      const label = encoded.labels[start + t];
      if (label !== noLabel) {
        positions.push(BigInt(at));
        labels.push(BigInt(label));
      }
    }
  });
  return {
    sentences,
    B,
    T,
    inputIds,
    positionIds,
    attentionBias,
    labelPositions: BigInt64Array.from(positions),
    labels: BigInt64Array.from(labels),
  };
}
