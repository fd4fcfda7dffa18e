/**
 * The shape of an encoder with a CRF, as its config.json says it.
 *
 * @module
 */
import { z } from "zod";
import { UserError } from "../../core/errors.ts";
import { type EncoderConfig, parseEncoderConfig } from "../encoder/config.ts";

/** What a config.json says of the CRF, in `crosstie.crf`. */
const crfSchema = z.object({
  /** The last layers of the encoder that are read, beside each other. */
  layers: z.int().positive(),
  /** Whether the first and the last label of a sentence have scores of their own. */
  endScores: z.boolean(),
});

/** The choices about a CRF on an encoder. */
export type EncoderCrfChoice = z.output<typeof crfSchema>;

/** The shape of an encoder with a CRF. */
export interface EncoderCrfConfig extends EncoderCrfChoice {
  readonly encoder: EncoderConfig;
  /** The names of the labels, by index. */
  readonly labels: readonly string[];
}

/** The last part of the `architectures` of its config.json. */
export const encoderCrfHead = "CrfTokenClassification";

/** Whether a config.json is that of an encoder with a CRF. */
export function isEncoderCrf(published: unknown): boolean {
  const [architecture] = [Object(published).architectures].flat();
  return typeof architecture === "string" && architecture.endsWith(`For${encoderCrfHead}`);
}

/**
 * Reads the shape that a config.json says.
 *
 * @param what names the file in errors
 * @throws {UserError} when it is not that of an encoder with a CRF
 */
export function parseEncoderCrfConfig(published: unknown, what: string): EncoderCrfConfig {
  const encoder = parseEncoderConfig(published, what);
  const { crosstie, id2label } = Object(published);
  const { success, data, error } = crfSchema.safeParse(Object(crosstie).crf);
  if (!isEncoderCrf(published) || !success) {
    throw new UserError({
      message: `Cannot read ${what} as that of an encoder with a CRF: ${
        error ? `crosstie.crf: ${error.issues[0].message}` : "its architecture is another"
      }`,
      hint: "give a model that encoder_crf.train has made, with the config.json that came with it",
    });
  }
  checkLayers(data, encoder, what);
  const labels = Object.keys(Object(id2label)).map((_, i) => String(Object(id2label)[i]));
  return { encoder, labels, ...data };
}

/** @throws {UserError} when more layers are to be read than there are */
export function checkLayers(
  { layers }: EncoderCrfChoice,
  { num_hidden_layers: depth }: EncoderConfig,
  what: string,
): void {
  if (layers <= depth) return;
  throw new UserError({
    message: `Cannot read the last ${layers} layers of ${what}: it has ${depth}`,
    hint: `give readLayers: ${depth} or fewer`,
  });
}
