/**
 * The gradients of a step: dropout masks in, ONNX Runtime, embedding rows and batches added up.
 *
 * @module
 */
import type { Batch } from "../models/model.ts";
import type { DropoutSite } from "../nn/dropout_sites.ts";
import { type FloatTensor, floatTensor, type HostTensor } from "../onnx/dtype.ts";
import { Session } from "../onnx/session.ts";
import type { AdamW } from "./adamw.ts";
import { DropoutMasks } from "./dropout_masks.ts";
import type { RowGradient, TrainingGraphs } from "./training_graphs.ts";

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
  readonly #sites: readonly DropoutSite[];
  readonly #rows: readonly RowGradient[];
  readonly #optimizer: AdamW;
  readonly #masks: DropoutMasks;
  readonly #parameters: Record<string, HostTensor>;
  readonly #accumulate: number;
  /** The gradients of one batch: the optimizer's own where a step has one batch only. */
  readonly #gradients: ReadonlyMap<string, FloatTensor>;
  /** Where the graph writes, by the output's name. */
  readonly #outputs: Record<string, HostTensor>;

  private constructor(
    session: Session,
    graphs: TrainingGraphs,
    optimizer: AdamW,
    { seed, accumulate }: GradientOptions,
  ) {
    this.#session = session;
    this.#sites = graphs.graph.dropout.sites;
    this.#rows = graphs.rows;
    this.#optimizer = optimizer;
    this.#masks = new DropoutMasks(seed);
    this.#accumulate = accumulate;
    this.#gradients = accumulate === 1 ? optimizer.gradients : new Map(
      [...optimizer.gradients].map(([name, { dims, data }]) => [
        name,
        floatTensor(dims, new Float32Array(data.length)),
      ]),
    );
    this.#parameters = Object.fromEntries(optimizer.weights);
    this.#outputs = Object.fromEntries(
      [...this.#gradients].map(([name, tensor]) => [`grad.${name}`, tensor]),
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
   * Computes the gradients of the mean loss over all that is asked in a step's batches: each batch
   * counts by its share of the weight.
   *
   * @param batches at most `accumulate`, of which one has a weight
   * @param step names the dropout masks, with the batch's index
   * @returns the mean loss, nats
   */
  async compute(batches: readonly Batch[], step: number): Promise<number> {
    const total = batches.reduce((sum, { weight }) => sum + weight, 0);
    if (this.#accumulate > 1) {
      for (const { data } of this.#optimizer.gradients.values()) data.fill(0);
    }
    for (const table of this.#optimizer.tables.values()) table.forget();
    let loss = 0;
    for (const [index, batch] of batches.entries()) {
      if (batch.weight === 0) continue;
      const share = batch.weight / total;
      loss += share * await this.#computeBatch(batch, share, step * this.#accumulate + index);
      if (this.#accumulate > 1) this.#add(share);
    }
    return loss;
  }

  /** The gradients of one batch, into `#gradients` and, by their share, into the tables. */
  async #computeBatch(batch: Batch, share: number, draw: number): Promise<number> {
    for (const { table } of this.#rows) {
      this.#optimizer.tables.get(table)?.refresh(batch.rows[table]);
    }
    const outputs = await this.#session.run({
      ...this.#parameters,
      ...batch.feeds,
      ...await this.#masks.feeds(this.#sites, draw, batch.sizes),
    }, this.#outputs);
    for (const { table, output } of this.#rows) {
      const gradients = outputs[output].data as Float32Array;
      this.#optimizer.tables.get(table)?.add(batch.rows[table], gradients, share);
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
