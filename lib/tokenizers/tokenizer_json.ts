/**
 * The hub's format of a tokenizer: what must stand in a `tokenizer.json`, and what follows from it.
 *
 * @module
 */
import { z } from "zod";
import { UserError } from "../core/errors.ts";
import { everyKey } from "../core/every_key.ts";
import { quickly } from "../core/quick_schema.ts";
import type { PieceIds } from "./piece_ids.ts";
import { postProcessorSchema } from "./post_processor.ts";

/** Ids are rows of an embedding: none of a real vocabulary comes near this. */
const greatestId = 2 ** 24 - 1;
const id = z.int().nonnegative().max(greatestId);
const isId = (value: unknown) =>
  Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= greatestId;
const isPair = (value: unknown): value is [unknown, unknown] =>
  Array.isArray(value) && value.length === 2;
const isText = (value: unknown) => typeof value === "string";

const vocabulary = quickly(
  (value) =>
    typeof value === "object" && value !== null && !Array.isArray(value) &&
    Object.values(value).every(isId),
  everyKey(z.record(z.string(), id)),
);

const scoredVocabulary = quickly(
  (value) =>
    Array.isArray(value) && value.length > 0 &&
    value.every((each) => isPair(each) && isText(each[0]) && Number.isFinite(each[1])),
  z.array(z.tuple([z.string(), z.number()])).min(1),
);

const merges = quickly(
  (value) =>
    Array.isArray(value) &&
    (value.every(isText) || value.every((each) => isPair(each) && each.every(isText))),
  z.union([z.array(z.string()), z.array(z.tuple([z.string(), z.string()]))]),
);

const model = z.discriminatedUnion("type", [
  z.looseObject({
    type: z.literal("Unigram"),
    vocab: scoredVocabulary,
    unk_id: id.nullish(),
    // Unknown characters as bytes: the package has that for BPE only.
    byte_fallback: z.literal(false).nullish(),
  }),
  z.looseObject({
    type: z.literal("WordPiece"),
    vocab: vocabulary,
    unk_token: z.string(),
    continuing_subword_prefix: z.string(),
  }),
  z.looseObject({
    type: z.literal("BPE"),
    vocab: vocabulary,
    merges,
    unk_token: z.string().nullish(),
  }),
]);

interface PreTokenizer {
  type: string;
  add_prefix_space?: boolean;
  pretokenizers?: PreTokenizer[];
}

const preTokenizer: z.ZodType<PreTokenizer> = z.lazy(() =>
  z.looseObject({
    type: z.string(),
    add_prefix_space: z.boolean().optional(),
    pretokenizers: z.array(preTokenizer).optional(),
  })
);

const schema = z.looseObject({
  added_tokens: z.array(
    z.looseObject({ id, content: z.string(), special: z.boolean() }),
  ),
  normalizer: z.looseObject({ type: z.string() }).nullable(),
  pre_tokenizer: preTokenizer.nullable(),
  post_processor: postProcessorSchema.nullable(),
  decoder: z.looseObject({ type: z.string() }).nullable(),
  padding: z.looseObject({ pad_id: id }).nullish(),
  model,
});

const namedToken = z.union([z.string(), z.looseObject({ content: z.string() })]).nullish();
const configSchema = z.looseObject({
  pad_token: namedToken,
  unk_token: namedToken,
  mask_token: namedToken,
});

/** How many times as long a normalizer may make a text. */
const mostGrowth = 256;

/** The content of a `tokenizer.json` that can be used here. */
export type TokenizerJson = z.output<typeof schema>;

/** The parts of a `tokenizer_config.json` that are read here. */
export type TokenizerConfig = z.output<typeof configSchema>;

/** Ids with a meaning of their own. */
export interface SpecialIds {
  readonly pad: number;
  readonly unk: number;
  /** Where the vocabulary has one. */
  readonly mask?: number;
}

/**
 * Checks the content of a `tokenizer.json`.
 *
 * @param file the name that errors show
 * @throws {UserError} with what is wrong and where in the file
 */
export function checkTokenizerJson(content: unknown, file: string): TokenizerJson {
  const type = (Object(Object(content).model) as { type?: unknown }).type;
  const known: unknown[] = ["Unigram", "WordPiece", "BPE"];
  if (type !== undefined && !known.includes(type)) {
    throw new UserError(
      `Cannot use ${file}: its model's type must be one of ${known.join(", ")}: ` +
        `got ${JSON.stringify(type)}`,
    );
  }
  const json = checked(schema, content, file);
  const growth = growthOf(json.normalizer);
  if (growth > mostGrowth) {
    throw new UserError(
      `Cannot use ${file}: its normalizer makes texts up to ${growth} times as long, more than ` +
        `${mostGrowth}`,
    );
  }
  return json;
}

/** How many times as long the replacements of a normalizer can make a text. */
function growthOf(part: unknown): number {
  const { type, normalizers, pattern, content } = Object(part) as Record<string, unknown>;
  if (type === "Sequence" && Array.isArray(normalizers)) {
    return normalizers.reduce((growth, each) => growth * growthOf(each), 1);
  }
  if (type !== "Replace" || typeof content !== "string") return 1;
  const { String: text } = Object(pattern) as { String?: unknown };
  return Math.max(1, content.length / (typeof text === "string" ? text.length || 1 : 1));
}

/**
 * Checks the content of a `tokenizer_config.json`.
 *
 * @throws {UserError} with what is wrong and where in the file
 */
export function checkTokenizerConfig(content: unknown, file: string): TokenizerConfig {
  return checked(configSchema, content, file);
}

function checked<T>(schema: z.ZodType<T>, content: unknown, file: string): T {
  const { data, error } = schema.safeParse(content);
  if (!error) return data;
  const shown = error.issues.slice(0, 5).map(({ path, message }) =>
    `${path.length > 0 ? path.join(".") : "the file"}: ${message}`
  );
  throw new UserError(`Cannot use ${file}: ${shown.join("; ")}`);
}

/**
 * The ids of padding and the unknown piece, from the file, its config or their usual names.
 *
 * @param ids of all pieces
 * @throws {UserError} when the file has no padding or no unknown piece
 */
export function specialIdsOf(
  json: TokenizerJson,
  ids: Pick<PieceIds, "get">,
  config: TokenizerConfig,
  file: string,
): SpecialIds {
  type Names = readonly (string | undefined)[];
  const first = (names: Names): number | undefined =>
    names.map((name) => name === undefined ? undefined : ids.get(name))
      .find((id) => id !== undefined);
  const find = (what: string, names: Names): number => {
    const id = first(names);
    if (id !== undefined) return id;
    throw new UserError(
      `Cannot use ${file}: it has no ${what} piece, under none of the names ` +
        names.filter((name) => name !== undefined).map((name) => `"${name}"`).join(", "),
    );
  };
  const { model, padding } = json;
  return {
    pad: padding?.pad_id ?? find("padding", [contentOf(config.pad_token), "<pad>", "[PAD]"]),
    unk: model.type === "Unigram" && typeof model.unk_id === "number"
      ? model.unk_id
      : find("unknown", [
        model.type === "Unigram" ? undefined : model.unk_token ?? undefined,
        contentOf(config.unk_token),
        "<unk>",
        "[UNK]",
      ]),
    mask: first([contentOf(config.mask_token), "<mask>", "[MASK]"]),
  };
}

/** Whether the pre-tokenizer leaves it to the caller to put a space before a word. */
export function wantsLeadingSpace({ pre_tokenizer }: TokenizerJson): boolean {
  const inside = (part: PreTokenizer): boolean =>
    part.type === "ByteLevel"
      ? part.add_prefix_space !== true
      : (part.pretokenizers ?? []).some(inside);
  return pre_tokenizer !== null && inside(pre_tokenizer);
}

function contentOf(token: TokenizerConfig["pad_token"]): string | undefined {
  return typeof token === "string" ? token : token?.content;
}
