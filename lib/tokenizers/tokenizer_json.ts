/**
 * The hub's format of a tokenizer: what must stand in a `tokenizer.json`, and what follows from it.
 *
 * @module
 */
import { z } from "zod";
import { messageOf, UserError } from "../core/errors.ts";
import { everyKey } from "../core/every_key.ts";
import { quickly } from "../core/quick_schema.ts";
import type { PieceIds } from "./piece_ids.ts";
import { postProcessorSchema } from "./post_processor.ts";

const isId = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0;
const isPair = (value: unknown): value is [unknown, unknown] =>
  Array.isArray(value) && value.length === 2;
const isText = (value: unknown) => typeof value === "string";

const vocabulary = quickly(
  (value) =>
    typeof value === "object" && value !== null && !Array.isArray(value) &&
    Object.values(value).every(isId),
  everyKey(z.record(z.string(), z.int().nonnegative())),
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
    value.every((each) => isText(each) || isPair(each) && each.every(isText)),
  z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
);

const model = z.discriminatedUnion("type", [
  z.looseObject({
    type: z.literal("Unigram"),
    vocab: scoredVocabulary,
    unk_id: z.int().nonnegative().nullish(),
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
    z.looseObject({ id: z.int().nonnegative(), content: z.string(), special: z.boolean() }),
  ),
  normalizer: z.looseObject({ type: z.string() }).nullable(),
  pre_tokenizer: preTokenizer.nullable(),
  post_processor: postProcessorSchema.nullable(),
  decoder: z.looseObject({ type: z.string() }).nullable(),
  padding: z.looseObject({ pad_id: z.int().nonnegative() }).nullish(),
  model,
});

const namedToken = z.union([z.string(), z.looseObject({ content: z.string() })]).nullish();
const configSchema = z.looseObject({
  pad_token: namedToken,
  unk_token: namedToken,
  mask_token: namedToken,
});

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
  return checked(schema, content, file);
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
 * Parses JSON.
 *
 * @throws {UserError} with the file's name
 */
export function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UserError(`Cannot read ${file} as JSON: ${messageOf(cause)}`, { cause });
  }
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
