/**
 * The parameters of a token classifier: names and shapes of the published checkpoints, and how
 * they start.
 *
 * @module
 */
import { CounterRandom } from "../core/random.ts";
import type { EncoderConfig } from "./config.ts";

/** How a parameter starts. */
export type Initialisation =
  | { readonly kind: "zeros" }
  | { readonly kind: "ones" }
  /** Independent normal numbers; one row (that of padding) may be zero. */
  | { readonly kind: "normal"; readonly std: number; readonly zeroRow?: number };

/** One trainable float32 tensor. */
export interface ParameterSpec {
  /** As in the state dict of XLMRobertaForTokenClassification. */
  readonly name: string;
  /** Weights of linear layers are [out, in]. */
  readonly shape: readonly number[];
  readonly init: Initialisation;
  /** Whether weight decay applies: not to biases and LayerNorm. */
  readonly decay: boolean;
}

/** The parameters of an encoder with a linear head, from the input to the output. */
export function parametersOf(config: EncoderConfig, numLabels: number): ParameterSpec[] {
  const { hidden_size: width, intermediate_size: inner, initializer_range: std } = config;
  const { pad_token_id: zeroRow } = config;
  const weight = (name: string, shape: readonly number[], init?: Initialisation) => ({
    name: `${name}.weight`,
    shape,
    init: init ?? { kind: "normal", std } as const,
    decay: true,
  });
  const linear = (name: string, to: number, from: number): ParameterSpec[] => [
    weight(name, [to, from]),
    { name: `${name}.bias`, shape: [to], init: { kind: "zeros" }, decay: false },
  ];
  const layerNorm = (name: string): ParameterSpec[] => [
    { name: `${name}.weight`, shape: [width], init: { kind: "ones" }, decay: false },
    { name: `${name}.bias`, shape: [width], init: { kind: "zeros" }, decay: false },
  ];
  const layer = (name: string): ParameterSpec[] => [
    ...["query", "key", "value"].flatMap((part) =>
      linear(`${name}.attention.self.${part}`, width, width)
    ),
    ...linear(`${name}.attention.output.dense`, width, width),
    ...layerNorm(`${name}.attention.output.LayerNorm`),
    ...linear(`${name}.intermediate.dense`, inner, width),
    ...linear(`${name}.output.dense`, width, inner),
    ...layerNorm(`${name}.output.LayerNorm`),
  ];
  const embeddings = "roberta.embeddings";
  const embedding: Initialisation = { kind: "normal", std, zeroRow };
  return [
    weight(`${embeddings}.word_embeddings`, [config.vocab_size, width], embedding),
    weight(
      `${embeddings}.position_embeddings`,
      [config.max_position_embeddings, width],
      embedding,
    ),
    weight(`${embeddings}.token_type_embeddings`, [config.type_vocab_size, width]),
    ...layerNorm(`${embeddings}.LayerNorm`),
    ...Array.from(
      { length: config.num_hidden_layers },
      (_, i) => layer(`roberta.encoder.layer.${i}`),
    ).flat(),
    ...linear("classifier", numLabels, width),
  ];
}

/**
 * Values for every parameter, in row-major order. Each number depends on the seed, the parameter's
 * name and its index alone.
 */
export function initialise(
  specs: readonly ParameterSpec[],
  seed: number,
): Map<string, Float32Array<ArrayBuffer>> {
  return new Map(specs.map((spec) => [spec.name, initialValues(spec, seed)]));
}

function initialValues({ name, shape, init }: ParameterSpec, seed: number) {
  const width = shape[shape.length - 1];
  const values = new Float32Array(shape.reduce((size, dim) => size * dim, 1));
  switch (init.kind) {
    case "zeros":
      return values;
    case "ones":
      return values.fill(1);
    case "normal": {
      const random = new CounterRandom("initialise", seed, name);
      for (let i = 0; i < values.length; i++) values[i] = init.std * random.normal();
      if (init.zeroRow !== undefined) {
        values.fill(0, init.zeroRow * width, (init.zeroRow + 1) * width);
      }
      return values;
    }
  }
}
