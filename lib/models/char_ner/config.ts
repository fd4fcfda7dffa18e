/**
 * The shape of a CharNER, as its config.json says it.
 *
 * @module
 */
import { z } from "zod";
import { dropoutRate, id2label, parseShape, size } from "../word_config.ts";

const schema = z.object({
  model_type: z.literal("char_ner"),
  /** Pieces that have a vector: rows of the embedding. */
  vocab_size: size,
  /** Width of a piece's vector. */
  piece_size: size,
  /** Width of the state of each layer, in each direction. */
  hidden_size: size,
  layers: size,
  /** Share of pieces whose whole vector is left out in training. */
  piece_dropout: dropoutRate,
  /** At the output of each layer, from the lowest. */
  output_dropout: z.array(dropoutRate),
  id2label,
});

/** The shape of a CharNER. */
export type CharNerConfig = z.output<typeof schema>;

/**
 * Reads the shape that a config.json says.
 *
 * @param what names the file in errors
 * @throws {UserError} when it is not that of a CharNER
 */
export function parseCharNerConfig(published: unknown, what: string): CharNerConfig {
  return parseShape(schema, "CharNER", published, what);
}
