/**
 * The shape of a byte-to-span model, as its config.json says it.
 *
 * @module
 */
import { z } from "zod";
import { dropoutRate, id2label, parseShape, size } from "../word_config.ts";

const schema = z.object({
  model_type: z.literal("byte_to_span"),
  /** Pieces that have a vector: rows of the embedding of bytes. */
  vocab_size: size,
  /** Width of the vectors of bytes and of symbols. */
  piece_size: size,
  /** Width of the state of each layer. */
  hidden_size: size,
  /** Of the encoder, and of the decoder. */
  layers: size,
  /** Bytes of a window. */
  window: size.max(1_000),
  /** Bytes that windows share with the next one, where the model answers. */
  overlap: z.int().nonnegative(),
  /** Bytes from a window to the next one, in training. */
  train_stride: size,
  /** Spans of a window at most, where the model answers. */
  most_spans: size.max(1_000),
  /** Share of bytes that are hidden in training. */
  byte_dropout: dropoutRate,
  /** At the outputs of layers. */
  dropout: dropoutRate,
  id2label,
}).refine(({ window, overlap }) => overlap < window, "overlap: must be below window");

/** The shape of a byte-to-span model. */
export type ByteToSpanConfig = z.output<typeof schema>;

/**
 * Reads the shape that a config.json says.
 *
 * @param what names the file in errors
 * @throws {UserError} when it is not that of a byte-to-span model
 */
export function parseByteToSpanConfig(published: unknown, what: string): ByteToSpanConfig {
  return parseShape(schema, "a byte-to-span model", published, what);
}
