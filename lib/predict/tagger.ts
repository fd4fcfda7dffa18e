/**
 * Classifies the words of sentences with a trained encoder, or scores them.
 *
 * @module
 */
import { feedsFor } from "../autodiff/lowering.ts";
import { DeviceCopies } from "../onnx/device_copies.ts";
import type { HostTensor } from "../onnx/dtype.ts";
import type { Provider } from "../onnx/provider.ts";
import { type DeviceTensor, type Feeds, Session } from "../onnx/session.ts";
import {
  assembleBatch,
  type Batch,
  type EncodedSentences,
  evaluationBatches,
  type InputIdScheme,
  noLabel,
  sentenceCount,
} from "../text/batching.ts";
import type { NamedTensor } from "../weights/safetensors.ts";
import type { DevScore } from "../train/step_record.ts";

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
    attentionBias: { dtype: "float32", dims: [B, 1, T, T], data: batch.attentionBias },
    labelPositions: {
      dtype: "int64",
      dims: [batch.labelPositions.length],
      data: batch.labelPositions,
    },
  };
}

/** How a tagger runs. */
export interface TaggerOptions extends InputIdScheme {
  readonly threads: number;
  /** Where; the evaluation graph must be lowered for it. `cpu` when left out. */
  readonly provider?: Provider;
}

/** A trained encoder with a head, ready to run. */
export class Tagger {
  readonly #session: Session;
  readonly #weights: Readonly<Record<string, HostTensor>>;
  readonly #scheme: InputIdScheme;
  /** For weights that lie on the device while sentences are classified. */
  readonly #copies: DeviceCopies | undefined;

  private constructor(
    session: Session,
    weights: Readonly<Record<string, HostTensor>>,
    options: TaggerOptions,
  ) {
    this.#session = session;
    this.#weights = weights;
    this.#scheme = options;
    this.#copies = options.provider === "webgpu" ? new DeviceCopies() : undefined;
  }

  /**
   * Loads the evaluation graph.
   *
   * @param evaluation bytes of `eval_model.onnx`
   * @param weights every parameter by name; views stay live, so a trainer's own can be passed
   * @throws {UserError} when the provider cannot start
   */
  static async create(
    evaluation: Uint8Array,
    weights: ReadonlyMap<string, NamedTensor>,
    options: TaggerOptions,
  ): Promise<Tagger> {
    const { threads, provider } = options;
    const session = await Session.create(evaluation, { threads, provider });
    return new Tagger(session, parameterFeeds(weights), options);
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
    for await (const { logits, batch } of this.#run(encoded, options)) {
      readLogits(logits, batch, wordsOf);
    }
    return wordsOf;
  }

  /** How well the labelled pieces of some sentences, of which there must be one, are known. */
  async score(encoded: EncodedSentences): Promise<DevScore> {
    let loss = 0, right = 0, count = 0;
    for await (const { logits, batch: { labels } } of this.#run(encoded, {})) {
      for (const [m, row] of rowsOf(logits).entries()) {
        const { highest, logSum } = logSumOf(row);
        const gold = row[Number(labels[m])];
        loss += logSum - gold;
        right += gold === highest ? 1 : 0;
      }
      count += labels.length;
    }
    return { loss: loss / count, accuracy: right / count };
  }

  /** The logits of every batch with a labelled piece. */
  async *#run(
    encoded: EncodedSentences,
    { batchSize, onBatch }: { batchSize?: number; onBatch?: (done: number) => void },
  ): AsyncGenerator<{ logits: HostTensor; batch: Batch }> {
    let done = 0;
    const uploaded = await this.#upload();
    const weights: Feeds = uploaded ?? this.#weights;
    try {
      for (const sentences of evaluationBatches(encoded, batchSize ?? 32)) {
        done += sentences.length;
        // A sentence whose first word does not fit has nothing to classify.
        const classified = sentences.filter((i) => hasLabel(encoded, i));
        if (classified.length > 0) {
          const batch = assembleBatch(encoded, classified, this.#scheme);
          const feeds = { ...weights, ...forwardFeeds(batch) };
          const { logits } = await this.#session.run(
            feedsFor(this.#session.inputs, feeds, batchSizes(batch)),
          );
          yield { logits, batch };
        }
        onBatch?.(done);
      }
    } finally {
      for (const tensor of Object.values(uploaded ?? {})) tensor.release();
    }
  }

  /** Frees the session. */
  async release(): Promise<void> {
    await this.#copies?.release();
    await this.#session.release();
  }

  async #upload(): Promise<Record<string, DeviceTensor> | undefined> {
    if (!this.#copies) return undefined;
    const tensors: Record<string, DeviceTensor> = {};
    for (const [name, tensor] of Object.entries(this.#weights)) {
      tensors[name] = await this.#copies.upload(tensor);
    }
    return tensors;
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
  for (const [m, row] of rowsOf(logits).entries()) {
    const { logSum } = logSumOf(row);
    wordsOf[batch.labelSentences[m]].push({
      logProbabilities: Array.from(row, (x) => x - logSum),
      gold: Number(batch.labels[m]),
    });
  }
}

/** The rows of logits [M, L]. */
function rowsOf({ data, dims: [M, L] }: HostTensor): Float32Array[] {
  const values = data as Float32Array;
  return Array.from({ length: M }, (_, m) => values.subarray(m * L, (m + 1) * L));
}

/** The greatest logit, and ln Σ exp of all. */
function logSumOf(row: Float32Array): { highest: number; logSum: number } {
  const highest = row.reduce((a, b) => Math.max(a, b), -Infinity);
  return {
    highest,
    logSum: highest + Math.log(row.reduce((sum, x) => sum + Math.exp(x - highest), 0)),
  };
}
