/**
 * The shape of a transformer encoder, read from Hugging Face's config.json.
 *
 * @module
 */
import { z } from "zod";
import { UserError } from "../../core/errors.ts";
import { familyOf } from "./families.ts";

/** The encoders that crosstie knows, by the `model_type` of their config.json. */
export const modelTypes = ["xlm-roberta", "roberta", "bert", "distilbert"] as const;

/** One of {@linkcode modelTypes}. */
export type ModelType = typeof modelTypes[number];

/**
 * The shape and rates of an encoder (Devlin et al. 2019, §3.1: post-norm, exact GELU), in the fields
 * of BERT's config.json whatever the family.
 */
export interface EncoderConfig {
  readonly model_type: ModelType;
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  /** Width of the feed-forward part. */
  readonly intermediate_size: number;
  readonly hidden_act: "gelu";
  readonly hidden_dropout_prob: number;
  readonly attention_probs_dropout_prob: number;
  /** Before the classifier; hidden_dropout_prob where it is missing. */
  readonly classifier_dropout?: number | null;
  /** Before DistilBERT's classifier of sequences. */
  readonly seq_classif_dropout?: number;
  readonly max_position_embeddings: number;
  /** DistilBERT: whether positions start as sinusoids. They are trained as any others. */
  readonly sinusoidal_pos_embds?: boolean;
  /** Rows of the token type table; 0 for DistilBERT, which has none. */
  readonly type_vocab_size: number;
  readonly initializer_range: number;
  readonly layer_norm_eps: number;
  readonly pad_token_id: number;
  /** Whether a masked language model predicts with the word embeddings. */
  readonly tie_word_embeddings?: boolean;
}

/** No encoder of these families comes near any of these, which bounds what is made of a file. */
const upTo = (most: number) => z.int().positive().max(most);
const layers = upTo(1_000), width = upTo(2 ** 16), inner = upTo(2 ** 18);
const positions = upTo(2 ** 20), pieces = upTo(2 ** 24), tokenTypes = upTo(2 ** 16);
const mostParameters = 2 ** 37;
const rate = z.number().min(0).lt(1);

const shared = {
  vocab_size: pieces,
  initializer_range: z.number().positive().default(0.02),
  tie_word_embeddings: z.boolean().optional(),
};

// The defaults are those of the configuration classes of transformers 5.23.
const bertFields = {
  ...shared,
  hidden_size: width,
  num_hidden_layers: layers,
  num_attention_heads: width,
  intermediate_size: inner,
  hidden_act: z.literal("gelu").default("gelu"),
  hidden_dropout_prob: rate.default(0.1),
  attention_probs_dropout_prob: rate.default(0.1),
  classifier_dropout: rate.nullish(),
  max_position_embeddings: positions.default(512),
  position_embedding_type: z.literal("absolute").optional(),
  is_decoder: z.literal(false).optional(),
  type_vocab_size: tokenTypes.default(2),
  layer_norm_eps: z.number().positive().default(1e-12),
};
const robertaSchema = z.object({
  model_type: z.enum(["xlm-roberta", "roberta"]),
  ...bertFields,
  pad_token_id: z.int().nonnegative().default(1),
});
/** Positions do not count from it, and the tokenizer's counts: see `paddedBy`. */
const unreadPadding = z.int().nonnegative().default(0).catch(0);
const bertSchema = z.object({
  model_type: z.literal("bert"),
  ...bertFields,
  pad_token_id: unreadPadding,
});
const distilbertSchema = z.object({
  model_type: z.literal("distilbert"),
  ...shared,
  dim: width,
  n_layers: layers,
  n_heads: width,
  hidden_dim: inner,
  activation: z.literal("gelu").default("gelu"),
  dropout: rate.default(0.1),
  attention_dropout: rate.default(0.1),
  seq_classif_dropout: rate.default(0.2),
  max_position_embeddings: positions.default(512),
  sinusoidal_pos_embds: z.boolean().default(false),
  pad_token_id: unreadPadding,
});

/** The fields that crosstie reads; other fields of a config.json are left aside. */
const publishedConfigSchema = z.discriminatedUnion("model_type", [
  robertaSchema,
  bertSchema,
  distilbertSchema,
], {
  error: ({ input }) => {
    const given = JSON.stringify(Object(input).model_type) ?? "none";
    return `must be one of ${modelTypes.join(", ")}: got ${given}`;
  },
});

/** LayerNorm's ε in DistilBERT, whose config.json does not give it. */
const distilbertEpsilon = 1e-12;

/**
 * Checks a config.json that has been parsed as JSON.
 *
 * @param source what it is, for errors
 * @throws {UserError} that names every field that does not fit
 */
export function parseEncoderConfig(json: unknown, source = "encoder config"): EncoderConfig {
  const result = publishedConfigSchema.safeParse(json);
  if (!result.success) {
    throw new UserError(
      result.error.issues.map(({ path, message }) => problem(source, path.join("."), message)),
    );
  }
  const config = inBertFields(result.data);
  checkSize(config, source);
  const { hidden_size: width, num_attention_heads: heads } = config;
  if (width % heads === 0) return config;
  const [field, other] = config.model_type === "distilbert"
    ? ["dim", "n_heads"]
    : ["hidden_size", "num_attention_heads"];
  throw new UserError(
    problem(source, field, `must be divisible by ${other}: got ${width} and ${heads}`),
  );
}

function problem(source: string, field: string, why: string) {
  const what = field === "" ? "it" : `"${field}"`;
  return { message: `Cannot use ${source} as ${what} is wrong: ${why}` };
}

/** What fits field by field may still be no encoder that anything could hold. */
function checkSize(config: EncoderConfig, source: string): void {
  const { vocab_size, hidden_size, num_hidden_layers, intermediate_size } = config;
  const { max_position_embeddings, type_vocab_size, pad_token_id } = config;
  const rows = vocab_size + max_position_embeddings + type_vocab_size;
  const count = hidden_size * rows +
    num_hidden_layers * hidden_size * (4 * hidden_size + 2 * intermediate_size);
  if (count > mostParameters) {
    throw new UserError(
      `Cannot use ${source}: its encoder would have ${count} parameters, more than ${mostParameters}`,
    );
  }
  // Elsewhere the config's padding is not read.
  if (!familyOf(config).positionsAfterPadding || pad_token_id < vocab_size) return;
  const why = `must be below vocab_size: got ${pad_token_id} and ${vocab_size}`;
  throw new UserError(problem(source, "pad_token_id", why));
}

function inBertFields(config: z.output<typeof publishedConfigSchema>): EncoderConfig {
  if (config.model_type !== "distilbert") {
    const { position_embedding_type: _, is_decoder: __, ...fields } = config;
    return fields;
  }
  const {
    dim,
    n_layers,
    n_heads,
    hidden_dim,
    activation,
    dropout,
    attention_dropout,
    ...fields
  } = config;
  return {
    ...fields,
    hidden_size: dim,
    num_hidden_layers: n_layers,
    num_attention_heads: n_heads,
    intermediate_size: hidden_dim,
    hidden_act: activation,
    hidden_dropout_prob: dropout,
    attention_probs_dropout_prob: attention_dropout,
    type_vocab_size: 0,
    layer_norm_eps: distilbertEpsilon,
  };
}
