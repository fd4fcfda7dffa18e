/**
 * The gradients of a step: dropout masks in, ONNX Runtime, embedding rows and batches added up.
 *
 * @module
 */
import { embeddingTables, type TrainingGraphs } from "../nn/token_classifier.ts";
import type { HostTensor } from "../onnx/dtype.ts";
import { Session } from "../onnx/session.ts";
import type { Batch } from "../text/batching.ts";
import type { AdamW } from "./adamw.ts";
import { DropoutMasks } from "./dropout_masks.ts";
import { addEmbeddingRows } from "./embedding_rows.ts";
import type { NamedTensor } from "./safetensors.ts";
import { batchSizes, forwardFeeds, parameterFeeds } from "./tagger.ts";

/** Choices about gradients. */
export interface GradientOptions {
  /** Names the dropout masks. */
  readonly seed: number;
  /** Batches in a step. */
  readonly accumulate: number;
}

/**
 * Runs the training graph on an optimizer's weights, and leaves its gradients there.
 *
 * NOTE: the graph computes the gradients of frozen parameters too; they are dropped.
 */
export class BatchGradients {
  readonly #session: Session;
  readonly #sites: TrainingGraphs["dropoutSites"];
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
    this.#optimizer = optimizer;
    this.#masks = new DropoutMasks(seed);
    this.#accumulate = accumulate;
    this.#gradients = accumulate === 1 ? optimizer.gradients : new Map(
      [...optimizer.gradients].map(([name, { shape, data }]) => [
        name,
        { shape, data: new Float32Array(data.length) },
      ]),
    );
    const tables: string[] = Object.values(embeddingTables);
    this.#parameters = parameterFeeds(optimizer.weights);
    this.#outputs = Object.fromEntries(
      Object.entries(parameterFeeds(this.#gradients))
        .filter(([name]) => !tables.includes(name))
        .map(([name, tensor]) => [`grad.${name}`, tensor]),
    );
  }

  /** Loads the training graph, made with `embeddingGradients: "rows"`. */
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
   * @param batches at most `accumulate`
   * @param step names the dropout masks, with the batch's index
   * @returns the mean cross entropy, nats
   */
  async compute(batches: readonly Batch[], step: number): Promise<number> {
    const total = batches.reduce((sum, { labels }) => sum + labels.length, 0);
    if (this.#accumulate > 1) {
      for (const { data } of this.#optimizer.gradients.values()) data.fill(0);
    }
    let loss = 0;
    for (const [index, batch] of batches.entries()) {
      const share = batch.labels.length / total;
      loss += share * await this.#computeBatch(batch, step * this.#accumulate + index);
      if (this.#accumulate > 1) this.#add(share);
    }
    return loss;
  }

  /** The gradients of one batch, into `#gradients`. */
  async #computeBatch(batch: Batch, draw: number): Promise<number> {
    const outputs = await this.#session.run({
      ...this.#parameters,
      ...forwardFeeds(batch),
      labels: { dtype: "int64", dims: [batch.labels.length], data: batch.labels },
      ...await this.#masks.feeds(this.#sites, draw, batchSizes(batch)),
    }, this.#outputs);
    const rows = outputs["grad.embeddedRows"].data as Float32Array;
    const word = this.#gradients.get(embeddingTables.word);
    const position = this.#gradients.get(embeddingTables.position);
    if (word) addEmbeddingRows(rows, batch, batch.inputIds, word.data);
    if (position) addEmbeddingRows(rows, batch, batch.positionIds, position.data);
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
