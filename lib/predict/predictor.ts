/**
 * Runs a trained model on examples.
 *
 * @module
 */
import { feedsFor } from "../autodiff/lowering.ts";
import type { Answer, Batch, Example, Model } from "../models/model.ts";
import { DeviceCopies } from "../onnx/device_copies.ts";
import type { FloatTensor, HostTensor } from "../onnx/dtype.ts";
import type { Provider } from "../onnx/provider.ts";
import { type DeviceTensor, type Feeds, Session } from "../onnx/session.ts";

/** How well a model answers. */
export interface Score {
  /** Mean of −ln p over what is asked, nats. */
  readonly loss: number;
  /** Share of right answers, 0 … 1. */
  readonly accuracy: number;
}

/** How a predictor runs. */
export interface PredictorOptions {
  readonly threads: number;
  /** The device, for which the evaluation graph must be lowered. `cpu` when left out. */
  readonly provider?: Provider;
}

/** Examples in a batch. */
const batchSize = 32;

/** A trained model, ready to run. */
export class Predictor<C> {
  readonly #model: Model<C>;
  readonly #config: C;
  readonly #session: Session;
  readonly #weights: Readonly<Record<string, HostTensor>>;
  /** For weights that lie on the device while examples are answered. */
  readonly #copies: DeviceCopies | undefined;

  private constructor(
    model: Model<C>,
    config: C,
    session: Session,
    weights: ReadonlyMap<string, FloatTensor>,
    provider?: Provider,
  ) {
    this.#model = model;
    this.#config = config;
    this.#session = session;
    this.#weights = Object.fromEntries(weights);
    this.#copies = provider === "webgpu" ? new DeviceCopies() : undefined;
  }

  /**
   * Loads the evaluation graph.
   *
   * @param evaluation bytes of `eval_model.onnx`
   * @param weights every parameter by name; views stay live, so a trainer's own can be passed
   * @throws {UserError} when the provider cannot start
   */
  static async create<C>(
    model: Model<C>,
    config: C,
    evaluation: Uint8Array,
    weights: ReadonlyMap<string, FloatTensor>,
    { threads, provider }: PredictorOptions,
  ): Promise<Predictor<C>> {
    const session = await Session.create(evaluation, { threads, provider });
    return new Predictor(model, config, session, weights, provider);
  }

  /**
   * Answers all that is asked in some examples, which come back in the order given.
   *
   * @param onBatch called after each batch with the examples done so far
   */
  async answer(
    examples: readonly Example[],
    { onBatch }: { onBatch?: (done: number) => void } = {},
  ): Promise<Answer[][]> {
    const answers: Answer[][] = examples.map(() => []);
    let done = 0;
    for await (const { places, given } of this.#run(examples)) {
      places.forEach((place, i) => answers[place] = given[i]);
      onBatch?.(done += places.length);
    }
    return answers;
  }

  /** How well a model answers some examples, which must ask something. */
  async score(examples: readonly Example[]): Promise<Score> {
    let loss = 0, right = 0, count = 0;
    for await (const { given } of this.#run(examples)) {
      for (const answer of given.flat()) {
        loss += answer.loss;
        right += answer.label === answer.gold ? 1 : 0;
        count++;
      }
    }
    return { loss: loss / count, accuracy: right / count };
  }

  /** The answers of every batch. An example in which nothing is asked has none. */
  async *#run(
    examples: readonly Example[],
  ): AsyncGenerator<{ places: number[]; given: Answer[][] }> {
    const uploaded = await this.#upload();
    const weights: Feeds = uploaded ?? this.#weights;
    try {
      for (const places of batchesByLength(examples)) {
        const batch = this.#model.batch(this.#config, places.map((place) => examples[place]), {
          seed: 0,
          epoch: 0,
          places,
        });
        if (batch.weight === 0) {
          yield { places, given: places.map(() => []) };
          continue;
        }
        const outputs = await this.#session.run({ ...weights, ...this.#feeds(batch) });
        yield { places, given: this.#model.answers(this.#config, outputs, batch) };
      }
    } finally {
      for (const tensor of Object.values(uploaded ?? {})) tensor.release();
    }
  }

  /** What the evaluation graph reads of a batch, without the right answers. */
  #feeds({ feeds, sizes }: Batch): Record<string, HostTensor> {
    const read = new Set(this.#session.inputs.map(({ name }) => name));
    const given = Object.entries(feeds).filter(([name]) => read.has(name));
    return feedsFor<HostTensor>(this.#session.inputs, Object.fromEntries(given), sizes);
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

/** Batches of examples of like length, so that little is padding. Each keeps their order. */
function batchesByLength(examples: readonly Example[]): number[][] {
  const order = examples.map((_, i) => i).sort((a, b) =>
    examples[a].inputIds.length - examples[b].inputIds.length || a - b
  );
  const batches: number[][] = [];
  for (let at = 0; at < order.length; at += batchSize) {
    batches.push(order.slice(at, at + batchSize));
  }
  return batches;
}
