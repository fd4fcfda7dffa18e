/**
 * The shape of a BiLSTM-CRF, as its config.json says it.
 *
 * @module
 */
import { z } from "zod";
import { UserError } from "../../core/errors.ts";

const size = z.int().positive();

const schema = z.object({
  model_type: z.literal("bilstm_crf"),
  /** Pieces that have a vector: rows of the embedding. */
  vocab_size: size,
  /** Width of a piece's vector. */
  piece_size: size,
  /** Width of the state of the layers over a word's pieces, in each direction. */
  piece_hidden_size: size,
  piece_layers: size,
  /** Pieces that are read of a word: the first ones. */
  most_pieces: size,
  /** Rows of a table of whole words, which are found by a hash; 0 for none. */
  word_buckets: z.int().nonnegative(),
  /** Width of a whole word's vector. */
  word_size: size,
  /** Share of words whose vector is left out in training. */
  word_dropout: z.number().min(0).lt(1),
  /** Width of the state of the layers over words, in each direction. */
  hidden_size: size,
  layers: size,
  /** At the inputs and outputs of all layers. */
  dropout: z.number().min(0).lt(1),
  /** Whether the first and the last label of a sentence have scores of their own. */
  end_scores: z.boolean(),
  /** The names of the labels, by index. */
  id2label: z.record(z.string(), z.string()),
});

/** The shape of a BiLSTM-CRF. */
export type BilstmCrfConfig = z.output<typeof schema>;

/** The names of the labels, by index. */
export function labelsOf({ id2label }: BilstmCrfConfig): string[] {
  return Object.keys(id2label).map((_, i) => id2label[i]);
}

/**
 * Reads the shape that a config.json says.
 *
 * @param what names the file in errors
 * @throws {UserError} when it is not that of a BiLSTM-CRF
 */
export function parseBilstmCrfConfig(published: unknown, what: string): BilstmCrfConfig {
  const { success, data, error } = schema.safeParse(published);
  if (success) return data;
  const [{ path, message }] = error.issues;
  throw new UserError({
    message: `Cannot read ${what} as a BiLSTM-CRF: ${path.join(".")}: ${message}`,
    hint: "put back the config.json that came with the model",
  });
}
