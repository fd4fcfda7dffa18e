/**
 * The gradients of a step: dropout masks in, ONNX Runtime, embedding rows and batches added up.
 *
 * @module
 */
import type { TrainingGraphs } from "../models/encoder/training_graphs.ts";
import type { HostTensor } from "../onnx/dtype.ts";
import { Session } from "../onnx/session.ts";
import type { Batch } from "../text/batching.ts";
import type { AdamW } from "./adamw.ts";
import { DropoutMasks } from "./dropout_masks.ts";
import type { NamedTensor } from "../weights/safetensors.ts";
import { batchSizes, forwardFeeds, parameterFeeds } from "../predict/tagger.ts";

/** Choices about gradients. */
export interface GradientOptions {
  /** Names the dropout masks. */
  readonly seed: number;
  /** Batches in a step. */
  readonly accumulate: number;
}

/** Runs the training graph on an optimizer's weights, and leaves its gradients there. */
export class BatchGradients {
  readonly #session: Session;
  readonly #sites: TrainingGraphs["dropoutSites"];
  readonly #tables: TrainingGraphs["embeddingTables"];
  readonly #optimizer: AdamW;
  readonly #masks: DropoutMasks;
  readonly #parameters: Record<string, HostTensor>;
  readonly #accumulate: number;
  /** The gradients of one batch: the optimizer's own where a step has one batch only. */
  readonly #gradients: ReadonlyMap<string, NamedTensor>;
  /** Where the graph writes, by the output's name. */
  readonly #outputs: Record<string, HostTensor>;

  private constructor(
    session: Session,
    graphs: TrainingGraphs,
    optimizer: AdamW,
    { seed, accumulate }: GradientOptions,
  ) {
    this.#session = session;
    this.#sites = graphs.dropoutSites;
    this.#tables = graphs.embeddingTables;
    this.#optimizer = optimizer;
    this.#masks = new DropoutMasks(seed);
    this.#accumulate = accumulate;
    this.#gradients = accumulate === 1 ? optimizer.gradients : new Map(
      [...optimizer.gradients].map(([name, { shape, data }]) => [
        name,
        { shape, data: new Float32Array(data.length) },
      ]),
    );
    this.#parameters = parameterFeeds(optimizer.weights);
    this.#outputs = Object.fromEntries(
      Object.entries(parameterFeeds(this.#gradients)).map((
        [name, tensor],
      ) => [`grad.${name}`, tensor]),
    );
  }

  /** Loads the training graph. */
  static async create(
    graphs: TrainingGraphs,
    optimizer: AdamW,
    options: GradientOptions & { readonly threads: number },
  ): Promise<BatchGradients> {
    const session = await Session.create(graphs.training, { threads: options.threads });
    return new BatchGradients(session, graphs, optimizer, options);
  }

  /**
   * Computes the gradients of the mean cross entropy over the labelled pieces of a step's batches:
   * each batch counts by its share of them.
   *
   * @param batches at most `accumulate`, with a labelled piece in one of them
   * @param step names the dropout masks, with the batch's index
   * @returns the mean cross entropy, nats
   */
  async compute(batches: readonly Batch[], step: number): Promise<number> {
    const total = batches.reduce((sum, { labels }) => sum + labels.length, 0);
    if (this.#accumulate > 1) {
      for (const { data } of this.#optimizer.gradients.values()) data.fill(0);
    }
    for (const table of this.#optimizer.tables.values()) table.forget();
    let loss = 0;
    for (const [index, batch] of batches.entries()) {
      if (batch.labels.length === 0) continue;
      const share = batch.labels.length / total;
      loss += share * await this.#computeBatch(batch, share, step * this.#accumulate + index);
      if (this.#accumulate > 1) this.#add(share);
    }
    return loss;
  }

  /** The gradients of one batch, into `#gradients` and, by their share, into the tables. */
  async #computeBatch(batch: Batch, share: number, draw: number): Promise<number> {
    for (const { name, ids } of this.#tables) {
      this.#optimizer.tables.get(name)?.refresh(batch[ids]);
    }
    const outputs = await this.#session.run({
      ...this.#parameters,
      ...forwardFeeds(batch),
      labels: { dtype: "int64", dims: [batch.labels.length], data: batch.labels },
      ...await this.#masks.feeds(this.#sites, draw, batchSizes(batch)),
    }, this.#outputs);
    for (const { name, ids } of this.#tables) {
      const rows = outputs["grad.embeddedRows"].data as Float32Array;
      this.#optimizer.tables.get(name)?.add(sequenceFirst(batch[ids], batch), rows, share);
    }
    return (outputs.loss.data as Float32Array)[0];
  }

  #add(share: number): void {
    for (const [name, { data }] of this.#optimizer.gradients) {
      const part = this.#gradients.get(name)!.data;
      for (let i = 0; i < data.length; i++) data[i] += share * part[i];
    }
  }

  /** Frees the session. */
  async release(): Promise<void> {
    await this.#session.release();
  }
}

/** Ids [B, T] as [T, B]. */
function sequenceFirst(ids: BigInt64Array, { B, T }: Batch): BigInt64Array {
  return ids.map((_, i) => ids[(i % B) * T + Math.floor(i / B)]);
}
