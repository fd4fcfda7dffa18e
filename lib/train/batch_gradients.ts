/**
 * The gradients of a batch: dropout masks in, ONNX Runtime, embedding rows added up.
 *
 * @module
 */
import { evaluateDims } from "../autodiff/dims.ts";
import { embeddingTables, type TrainingGraphs } from "../nn/token_classifier.ts";
import type { HostTensor } from "../onnx/dtype.ts";
import { Session } from "../onnx/session.ts";
import type { Batch } from "../text/batching.ts";
import type { AdamW } from "./adamw.ts";
import { DropoutMasks } from "./dropout_masks.ts";
import { addEmbeddingRows } from "./embedding_rows.ts";
import { forwardFeeds, parameterFeeds } from "./tagger.ts";

/** Runs the training graph on an optimizer's weights, and leaves its gradients there. */
export class BatchGradients {
  readonly #session: Session;
  readonly #sites: TrainingGraphs["dropoutSites"];
  readonly #optimizer: AdamW;
  readonly #masks: DropoutMasks;
  readonly #parameters: Record<string, HostTensor>;
  /** Where the graph writes, by the output's name. */
  readonly #outputs: Record<string, HostTensor>;

  private constructor(session: Session, graphs: TrainingGraphs, optimizer: AdamW, seed: number) {
    this.#session = session;
    this.#sites = graphs.dropoutSites;
    this.#optimizer = optimizer;
    this.#masks = new DropoutMasks(seed);
    const tables: string[] = Object.values(embeddingTables);
    this.#parameters = parameterFeeds(optimizer.weights);
    this.#outputs = Object.fromEntries(
      Object.entries(parameterFeeds(optimizer.gradients))
        .filter(([name]) => !tables.includes(name))
        .map(([name, tensor]) => [`grad.${name}`, tensor]),
    );
  }

  /** Loads the training graph, made with `embeddingGradients: "rows"`. */
  static async create(
    graphs: TrainingGraphs,
    optimizer: AdamW,
    options: { seed: number; threads: number },
  ): Promise<BatchGradients> {
    const session = await Session.create(graphs.training, { threads: options.threads });
    return new BatchGradients(session, graphs, optimizer, options.seed);
  }

  /**
   * Computes the gradients of the mean cross entropy over a batch's labelled pieces.
   *
   * @param step names the dropout masks
   * @returns the mean cross entropy, nats
   */
  async compute(batch: Batch, step: number): Promise<number> {
    const outputs = await this.#session.run({
      ...this.#parameters,
      ...forwardFeeds(batch),
      labels: { dtype: "int64", dims: [batch.labels.length], data: batch.labels },
      ...await this.#maskFeeds(batch, step),
    }, this.#outputs);
    const rows = outputs["grad.embeddedRows"].data as Float32Array;
    const { gradients } = this.#optimizer;
    const { word, position } = embeddingTables;
    addEmbeddingRows(rows, batch, batch.inputIds, gradients.get(word)!.data);
    addEmbeddingRows(rows, batch, batch.positionIds, gradients.get(position)!.data);
    return (outputs.loss.data as Float32Array)[0];
  }

  /** One boolean mask per dropout site, of the size that this batch gives it. */
  async #maskFeeds(batch: Batch, step: number): Promise<Record<string, HostTensor>> {
    const sizes = { B: batch.B, T: batch.T, M: batch.labels.length };
    const feeds: Record<string, HostTensor> = {};
    for (const { name, dims, rate } of this.#sites) {
      const shape = evaluateDims(dims, sizes);
      const count = shape.reduce((a, b) => a * b, 1);
      const data = await this.#masks.draw(name, step, count, rate);
      feeds[name] = { dtype: "bool", dims: shape, data };
    }
    return feeds;
  }

  /** Frees the session. */
  async release(): Promise<void> {
    await this.#session.release();
  }
}
