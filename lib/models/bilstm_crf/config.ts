/**
 * The shape of a BiLSTM-CRF, as its config.json says it.
 *
 * @module
 */
import { z } from "zod";
import { dropoutRate, id2label, parseShape, size } from "../word_config.ts";

/** What can make a word of its pieces. */
export const pieceEncoders = ["lstm", "cnn"] as const;

const schema = z.object({
  model_type: z.literal("bilstm_crf"),
  /** Pieces that have a vector: rows of the embedding. */
  vocab_size: size,
  /** Width of a piece's vector. */
  piece_size: size,
  /** What makes a word of its pieces: LSTM layers, or a convolution (`character_cnn.ts`). */
  piece_encoder: z.enum(pieceEncoders).default("lstm"),
  /** Width of the state of the layers over a word's pieces, in each direction; or filters. */
  piece_hidden_size: size,
  /** 1 for a convolution. */
  piece_layers: size,
  /** Pieces that are read of a word: the first ones. */
  most_pieces: size,
  /** Rows of a table of whole words, which are found by a hash; 0 for none. */
  word_buckets: z.int().nonnegative(),
  /** Width of a whole word's vector. */
  word_size: size,
  /** Share of words whose vector is left out in training. */
  word_dropout: dropoutRate,
  /** Width of the state of the layers over words, in each direction. */
  hidden_size: size,
  layers: size,
  /** At the inputs and outputs of all layers. */
  dropout: dropoutRate,
  /** Whether the first and the last label of a sentence have scores of their own. */
  end_scores: z.boolean(),
  /** Whether each word's state adds to the transitions into it; a model that says nothing has none. */
  state_transitions: z.boolean().optional(),
  id2label,
});

/** The shape of a BiLSTM-CRF. */
export type BilstmCrfConfig = z.output<typeof schema>;

/**
 * Reads the shape that a config.json says.
 *
 * @param what names the file in errors
 * @throws {UserError} when it is not that of a BiLSTM-CRF
 */
export function parseBilstmCrfConfig(published: unknown, what: string): BilstmCrfConfig {
  return parseShape(schema, "a BiLSTM-CRF", published, what);
}
