/**
 * Measures how much of its attention an encoder's pieces keep to themselves (Schmidt et al. 2022,
 * Figures 1 and 4).
 *
 * @module
 */
import { lowerCpu } from "../autodiff/lower_cpu.ts";
import { attentionBatch, attentionGraph } from "../models/encoder/attention.ts";
import type { EncoderConfig } from "../models/encoder/config.ts";
import type { ExampleFormat } from "../models/example_format.ts";
import type { FloatTensor } from "../onnx/dtype.ts";
import { Session } from "../onnx/session.ts";
import type { AttentionRow } from "../table/schemas/attention.ts";
import type { ExampleRow } from "../table/schemas/examples.ts";

/** Sentences in a batch. */
const batchSize = 32;

/** An encoder, ready to be looked into. It runs on the processor, whatever trained it. */
export class AttentionMeter {
  readonly #config: EncoderConfig;
  readonly #tokenTypes: boolean;
  readonly #session: Session;
  readonly #weights: Readonly<Record<string, FloatTensor>>;

  private constructor(
    config: EncoderConfig,
    tokenTypes: boolean,
    session: Session,
    weights: ReadonlyMap<string, FloatTensor>,
  ) {
    this.#config = config;
    this.#tokenTypes = tokenTypes;
    this.#session = session;
    this.#weights = Object.fromEntries(weights);
  }

  /**
   * Loads an encoder.
   *
   * @param weights every parameter of the encoder, by name, without a head
   */
  static async create(
    config: EncoderConfig,
    weights: ReadonlyMap<string, FloatTensor>,
    { tokenTypes, threads }: { readonly tokenTypes: boolean; readonly threads: number },
  ): Promise<AttentionMeter> {
    const { inputs, outputs } = attentionGraph(config, tokenTypes);
    const model = lowerCpu("attention", inputs, { ...outputs });
    const session = await Session.create(model, { threads });
    return new AttentionMeter(config, tokenTypes, session, weights);
  }

  /**
   * The rows of one corpus, layer by layer.
   *
   * @param examples of one corpus and split
   * @param scheme of the labels: with one of spans, words of entities are told from others
   * @param onBatch called after each batch with the sentences done so far
   */
  async measure(
    examples: readonly ExampleRow[],
    scheme: ExampleFormat["scheme"],
    onBatch?: (done: number) => void,
  ): Promise<AttentionRow[]> {
    if (examples.length === 0) return [];
    const kinds = scheme === "iob2" ? ["all", "entity", "other"] as const : ["all"] as const;
    const layers = this.#config.num_hidden_layers;
    const sums = new Map(kinds.map((kind) => [kind, newSums(layers)]));
    const order = examples.toSorted((a, b) => a.inputIds.length - b.inputIds.length);
    for (let at = 0; at < order.length; at += batchSize) {
      const chosen = order.slice(at, at + batchSize);
      const { feeds, B, T, starts } = attentionBatch(this.#config, chosen, this.#tokenTypes);
      const { onItself, onItsWord } = await this.#session.run({ ...feeds, ...this.#weights });
      chosen.forEach((example, i) => {
        for (const kind of kinds) {
          const of = sums.get(kind)!;
          let pieces = 0;
          example.wordIds.forEach((word, piece) => {
            if (word < 0 || (kind !== "all" && kind !== kindOf(example.answers[word]))) return;
            pieces++;
            for (let layer = 0; layer < layers; layer++) {
              const place = layer * B * T + starts[i] + piece;
              of.onItself[layer] += Number(onItself.data[place]);
              of.onItsWord[layer] += Number(onItsWord.data[place]);
            }
          });
          of.pieces += pieces;
          of.sentences += pieces > 0 ? 1 : 0;
        }
      });
      onBatch?.(Math.min(at + batchSize, order.length));
    }
    const [{ corpus, language, split }] = examples;
    return Array.from(
      { length: layers },
      (_, layer) =>
        [...sums].flatMap(([of, { pieces, sentences, onItself, onItsWord }]) =>
          pieces === 0 ? [] : [{
            ...{ corpus, language, split, layer: layer + 1, of },
            onItself: 100 * onItself[layer] / pieces,
            onItsWord: 100 * onItsWord[layer] / pieces,
            ...{ pieces, sentences },
          }]
        ),
    ).flat();
  }

  /** Frees the session. */
  async release(): Promise<void> {
    await this.#session.release();
  }
}

function newSums(layers: number) {
  return {
    onItself: new Float64Array(layers),
    onItsWord: new Float64Array(layers),
    pieces: 0,
    sentences: 0,
  };
}

/** Of which kind a word is, by its gold tag. */
function kindOf(tag: string): "entity" | "other" {
  return tag === "O" ? "other" : "entity";
}
