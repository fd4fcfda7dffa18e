/**
 * Classifies the words of sentences with a trained encoder.
 *
 * @module
 */
import type { HostTensor } from "../onnx/dtype.ts";
import { Session } from "../onnx/session.ts";
import {
  assembleBatch,
  type Batch,
  type EncodedSentences,
  evaluationBatches,
  noLabel,
  sentenceCount,
} from "../text/batching.ts";
import type { NamedTensor } from "./safetensors.ts";

/** What a model says of a word. */
export interface ClassifiedWord {
  /** ln p of every label, L of them. */
  readonly logProbabilities: readonly number[];
  /** Index of the gold label. */
  readonly gold: number;
}

/** Float32 parameters as a session's feeds, by name. */
export function parameterFeeds(
  weights: ReadonlyMap<string, NamedTensor>,
): Record<string, HostTensor> {
  return Object.fromEntries(
    [...weights].map(([name, { shape, data }]) => [name, { dtype: "float32", dims: shape, data }]),
  );
}

/** The value of every symbol in the dims of a batch's tensors. */
export function batchSizes({ B, T, labels }: Batch): Record<string, number> {
  return { B, T, M: labels.length };
}

/** The tensors that a forward pass reads, by name. */
export function forwardFeeds(batch: Batch): Record<string, HostTensor> {
  const { B, T } = batch;
  return {
    inputIds: { dtype: "int64", dims: [B, T], data: batch.inputIds },
    positionIds: { dtype: "int64", dims: [B, T], data: batch.positionIds },
    attentionBias: { dtype: "float32", dims: [B, 1, 1, T], data: batch.attentionBias },
    labelPositions: {
      dtype: "int64",
      dims: [batch.labelPositions.length],
      data: batch.labelPositions,
    },
  };
}

/** A trained token classifier, ready to run. */
export class Tagger {
  readonly #session: Session;
  readonly #feeds: Record<string, HostTensor>;
  readonly #padId: number;

  private constructor(session: Session, feeds: Record<string, HostTensor>, padId: number) {
    this.#session = session;
    this.#feeds = feeds;
    this.#padId = padId;
  }

  /**
   * Loads the evaluation graph.
   *
   * @param evaluation bytes of `eval_model.onnx`
   * @param weights every parameter by name; views stay live, so a trainer's own can be passed
   */
  static async create(
    evaluation: Uint8Array,
    weights: ReadonlyMap<string, NamedTensor>,
    options: { padId: number; threads: number },
  ): Promise<Tagger> {
    const session = await Session.create(evaluation, { threads: options.threads });
    return new Tagger(session, parameterFeeds(weights), options.padId);
  }

  /**
   * Classifies the words of every sentence that the model sees: those with a labelled piece, in
   * order. Sentences come back in the order given.
   *
   * @param onBatch called after each batch with the sentences done so far
   */
  async classify(
    encoded: EncodedSentences,
    options: { batchSize?: number; onBatch?: (done: number) => void } = {},
  ): Promise<ClassifiedWord[][]> {
    const wordsOf = Array.from({ length: sentenceCount(encoded) }, (): ClassifiedWord[] => []);
    let done = 0;
    for (const sentences of evaluationBatches(encoded, options.batchSize ?? 32)) {
      done += sentences.length;
      // A sentence whose first word does not fit has nothing to classify.
      const classified = sentences.filter((i) => hasLabel(encoded, i));
      if (classified.length > 0) {
        const batch = assembleBatch(encoded, classified, this.#padId);
        const { logits } = await this.#session.run({ ...this.#feeds, ...forwardFeeds(batch) });
        readLogits(logits, batch, wordsOf);
      }
      options.onBatch?.(done);
    }
    return wordsOf;
  }

  /** Frees the session. */
  async release(): Promise<void> {
    await this.#session.release();
  }
}

function hasLabel(encoded: EncodedSentences, sentence: number): boolean {
  const { labels, starts } = encoded;
  for (let i = starts[sentence]; i < starts[sentence + 1]; i++) {
    if (labels[i] !== noLabel) return true;
  }
  return false;
}

/** logits: float32 [M, L] */
function readLogits(logits: HostTensor, batch: Batch, wordsOf: readonly ClassifiedWord[][]): void {
  const values = logits.data as Float32Array;
  const L = logits.dims[1];
  for (let m = 0; m < batch.labels.length; m++) {
    const row = [...values.subarray(m * L, (m + 1) * L)];
    const highest = Math.max(...row);
    const logSum = highest + Math.log(row.reduce((sum, x) => sum + Math.exp(x - highest), 0));
    const sentence = batch.sentences[Math.floor(Number(batch.labelPositions[m]) / batch.T)];
    wordsOf[sentence].push({
      logProbabilities: row.map((x) => x - logSum),
      gold: Number(batch.labels[m]),
    });
  }
}
