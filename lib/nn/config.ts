/**
 * The shape of a transformer encoder, in the fields of Hugging Face's config.json.
 *
 * @module
 */
import { z } from "zod";
import { UserError } from "../core/errors.ts";

const count = z.int().positive();
const rate = z.number().min(0).lt(1);

/** The fields that crosstie reads; other fields of a config.json are left aside. */
export const encoderConfigSchema = z.object({
  model_type: z.literal("xlm-roberta"),
  vocab_size: count,
  hidden_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  intermediate_size: count,
  hidden_act: z.literal("gelu").default("gelu"),
  hidden_dropout_prob: rate.default(0.1),
  attention_probs_dropout_prob: rate.default(0.1),
  classifier_dropout: rate.nullish(),
  max_position_embeddings: count,
  type_vocab_size: count.default(1),
  initializer_range: z.number().positive().default(0.02),
  layer_norm_eps: z.number().positive().default(1e-5),
  pad_token_id: z.int().nonnegative().default(1),
}).superRefine((config, context) => {
  if (config.hidden_size % config.num_attention_heads === 0) return;
  context.addIssue({
    code: "custom",
    path: ["hidden_size"],
    message: "must be divisible by num_attention_heads: " +
      `got ${config.hidden_size} and ${config.num_attention_heads}`,
  });
});

/** The shape and rates of an XLM-R encoder (Conneau et al. 2020, §3; post-norm as in BERT). */
export type EncoderConfig = z.output<typeof encoderConfigSchema>;

/**
 * Checks a config.json that has been parsed as JSON.
 *
 * @throws {UserError} that names every field that does not fit
 */
export function parseEncoderConfig(json: unknown): EncoderConfig {
  const result = encoderConfigSchema.safeParse(json);
  if (result.success) return result.data;
  throw new UserError(result.error.issues.map((issue) => ({
    message: `Cannot use encoder config as "${issue.path.join(".")}" is wrong: ${issue.message}`,
  })));
}
