/**
 * The parameters of an encoder, with the names and shapes of the published models.
 *
 * @module
 */
import {
  type Initialisation,
  linearParameters,
  normParameters,
  type ParameterSpec,
} from "../../nn/parameters.ts";
import type { EncoderConfig } from "./config.ts";
import { embeddingNames, familyOf, layerNames } from "./families.ts";

/** The parameters of an encoder, from the input to the output. */
export function encoderParameters(config: EncoderConfig): ParameterSpec[] {
  const { hidden_size: width, intermediate_size: inner, initializer_range: std } = config;
  const layer = (index: number): ParameterSpec[] => {
    const names = layerNames(config, index);
    return [
      ...[names.query, names.key, names.value, names.attentionOutput].flatMap((name) =>
        linearParameters(std, name, width, width)
      ),
      ...normParameters(names.attentionNorm, width),
      ...linearParameters(std, names.expand, inner, width),
      ...linearParameters(std, names.contract, width, inner),
      ...normParameters(names.outputNorm, width),
    ];
  };
  return [
    ...embeddingParameters(config),
    ...Array.from({ length: config.num_hidden_layers }, (_, i) => layer(i)).flat(),
  ];
}

function embeddingParameters(config: EncoderConfig): ParameterSpec[] {
  const { hidden_size: width, initializer_range: std, pad_token_id: zeroRow } = config;
  const names = embeddingNames(config);
  const table = (name: string, rows: number, init: Initialisation): ParameterSpec => ({
    name: `${name}.weight`,
    shape: [rows, width],
    init,
    decay: true,
  });
  const padded: Initialisation = { kind: "normal", std, zeroRow };
  const plain: Initialisation = { kind: "normal", std };
  const start = familyOf(config).positionsAfterPadding ? padded : plain;
  return [
    table(names.words, config.vocab_size, padded),
    table(
      names.positions,
      config.max_position_embeddings,
      config.sinusoidal_pos_embds ? { kind: "sinusoids" } : start,
    ),
    ...(config.type_vocab_size > 0 ? [table(names.tokenTypes, config.type_vocab_size, plain)] : []),
    ...normParameters(names.norm, width),
  ];
}
