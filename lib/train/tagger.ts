/**
 * Classifies the words of sentences with a trained encoder.
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

/** How a tagger runs. */
export interface TaggerOptions {
  readonly padId: number;
  readonly threads: number;
  /** Where; the evaluation graph must be lowered for it. `cpu` when left out. */
  readonly provider?: Provider;
}

/** A trained token classifier, ready to run. */
export class Tagger {
  readonly #session: Session;
  readonly #weights: Readonly<Record<string, HostTensor>>;
  readonly #padId: number;
  /** For weights that lie on the device while sentences are classified. */
  readonly #copies: DeviceCopies | undefined;

  private constructor(
    session: Session,
    weights: Readonly<Record<string, HostTensor>>,
    { padId, provider }: TaggerOptions,
  ) {
    this.#session = session;
    this.#weights = weights;
    this.#padId = padId;
    this.#copies = provider === "webgpu" ? new DeviceCopies() : undefined;
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
    let done = 0;
    const uploaded = await this.#upload();
    const weights: Feeds = uploaded ?? this.#weights;
    for (const sentences of evaluationBatches(encoded, options.batchSize ?? 32)) {
      done += sentences.length;
      // A sentence whose first word does not fit has nothing to classify.
      const classified = sentences.filter((i) => hasLabel(encoded, i));
      if (classified.length > 0) {
        const batch = assembleBatch(encoded, classified, this.#padId);
        const { logits } = await this.#session.run(
          feedsFor(this.#session.inputs, { ...weights, ...forwardFeeds(batch) }, batchSizes(batch)),
        );
        readLogits(logits, batch, wordsOf);
      }
      options.onBatch?.(done);
    }
    for (const tensor of Object.values(uploaded ?? {})) tensor.release();
    return wordsOf;
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
