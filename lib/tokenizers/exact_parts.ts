/**
 * Parts of a tokenizer that read text as Python's tokenizers does, in place of those of the package
 * that do not: exact_parts_test.ts compares them at every character.
 *
 * @module
 */
import {
  BertNormalizer,
  BertPreTokenizer,
  ByteLevelPreTokenizer,
  Model,
  Normalizer,
  PrecompiledNormalizer,
  PreTokenizer,
  SequenceNormalizer,
  SequencePreTokenizer,
  Tokenizer,
  WhitespacePreTokenizer,
  WhitespaceSplitPreTokenizer,
} from "@huggingface/tokenizers";
import { CharacterMap } from "./character_map.ts";
import type { PieceIds } from "./piece_ids.ts";
import type { PieceTable } from "./piece_table.ts";
import type { TokenizerJson } from "./tokenizer_json.ts";
import { type ScoredPiece, UnigramModel } from "./unigram_model.ts";

/**
 * A tokenizer in the hub's format with exact parts.
 *
 * @param json the content of a `tokenizer.json`
 * @param ids of its pieces
 * @param config the content of its `tokenizer_config.json`
 * @throws {Error} when there is a part that the package does not know, or that cannot be read
 */
export function exactTokenizer(
  json: TokenizerJson,
  ids: PieceIds,
  config: object,
): Tokenizer {
  const { model } = json;
  const tokenizer = new Tokenizer(
    model.type === "Unigram" ? { ...json, model: { ...model, vocab: noPieces } } : json,
    config,
  );
  const { normalizer, pre_tokenizer } = tokenizer;
  tokenizer.normalizer = exactNormalizer(normalizer);
  tokenizer.pre_tokenizer = exactPreTokenizer(pre_tokenizer);
  if (model.type === "Unigram") tokenizer.model = new LikeliestPieces(model, ids, ids.table!);
  return tokenizer;
}

/** For the package's own unigram model, which is replaced: XLM-R's pieces take it a second. */
const noPieces: readonly ScoredPiece[] = [["", 0]];

class LikeliestPieces extends Model {
  readonly #model: UnigramModel;

  constructor(
    { vocab, unk_id }: Extract<TokenizerJson["model"], { type: "Unigram" }>,
    ids: PieceIds,
    table: PieceTable,
  ) {
    super({ type: "Unigram", unk_id: unk_id ?? 0, vocab: [] });
    // All that the package does with it is to look pieces up.
    this.tokens_to_ids = ids as unknown as Map<string, number>;
    this.unk_token_id = unk_id ?? undefined;
    this.fuse_unk = true;
    this.#model = new UnigramModel(vocab, table);
  }

  encode(texts: string[]): string[] {
    return texts.flatMap((text) => this.#model.pieces(text));
  }
}

/**
 * The normalizer, with the parts replaced that the package approximates: `Precompiled`, which it
 * takes for NFKC with some rules, and `BertNormalizer`, which looks at UTF-16 halves.
 *
 * @throws {RangeError} when a character map cannot be read
 */
function exactNormalizer(part: Normalizer | null): Normalizer | null {
  if (part instanceof SequenceNormalizer) part.normalizers = part.normalizers.map(exactNormalizer);
  if (part instanceof PrecompiledNormalizer && part.charsmap) return new MappedCharacters(part);
  return part instanceof BertNormalizer ? new BertText(part.config) : part;
}

/**
 * The pre-tokenizer, with the parts replaced whose white space is JavaScript's (U+FEFF is in, U+0085
 * is not) or whose letters are ASCII's.
 */
function exactPreTokenizer(part: PreTokenizer | null): PreTokenizer | null {
  if (part instanceof SequencePreTokenizer) {
    part.tokenizers = part.tokenizers.map(exactPreTokenizer);
  }
  if (part instanceof ByteLevelPreTokenizer) {
    const source = part.pattern.source.replaceAll("\\s", space).replaceAll("\\S", noSpace);
    part.pattern = new RegExp(source, "gu");
  }
  if (part instanceof WhitespaceSplitPreTokenizer) return new Matches(`${noSpace}+`);
  if (part instanceof WhitespacePreTokenizer) {
    return new Matches(`${wordCharacter}+|[${noSpace}--${wordCharacter}]+`);
  }
  return part instanceof BertPreTokenizer
    ? new Matches(`[${noSpace}--${bertPunctuation}]+|${bertPunctuation}`)
    : part;
}

const space = "\\p{White_Space}", noSpace = "\\P{White_Space}";

/** What \w is in Rust's regex (UTS 18, Annex C). */
const wordCharacter = "[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}]";

// NOTE: the tables that Python's tokenizers has for BERT are those of Unicode 8: what became
// punctuation or a format character later is neither there.
const laterPunctuation = "\\u061D\\u09FD\\u0A76\\u0C77\\u0C84\\u1B4E\\u1B4F\\u1B7D-\\u1B7F" +
  "\\u2E43-\\u2E4F\\u2E52-\\u2E5D\\u{10D6E}\\u{10EAD}\\u{10F55}-\\u{10F59}\\u{10F86}-\\u{10F89}" +
  "\\u{113D4}-\\u{113D8}\\u{1144B}-\\u{1145D}\\u{11660}-\\u{1166C}\\u{116B9}\\u{1183B}" +
  "\\u{11944}-\\u{11946}\\u{119E2}\\u{11A3F}-\\u{11AA2}\\u{11B00}-\\u{11B09}\\u{11BE1}" +
  "\\u{11C41}-\\u{11C71}\\u{11EF7}\\u{11EF8}\\u{11F43}-\\u{11F4F}\\u{11FFF}\\u{12FF1}\\u{12FF2}" +
  "\\u{16D6D}-\\u{16D6F}\\u{16E97}-\\u{16E9A}\\u{16FE2}\\u{1E5FF}\\u{1E95E}\\u{1E95F}";
const bertPunctuation =
  `[[\\p{P}\\x21-\\x2F\\x3A-\\x40\\x5B-\\x60\\x7B-\\x7E\\u166D\\u{111C9}]--[${laterPunctuation}]]`;

/** What BERT's clean-up removes: control, format and private characters, and U+FFFD. */
const removed = new RegExp(
  "[[\\p{Cc}\\p{Cf}\\p{Co}\\uFFFD]--" +
    "[\\t\\n\\r\\u0890\\u0891\\u08E2\\u{110CD}\\u{13430}-\\u{1343F}]]",
  "gv",
);
const spaces = new RegExp(space, "gu");

/** What BERT counts as Chinese, its slip at U+2B820 included. */
const chinese =
  /[\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\u{20000}-\u{2A6DF}\u{2A700}-\u{2B81F}\u{2B920}-\u{2CEAF}\u{2F800}-\u{2FA1F}]/gu;

class BertText extends BertNormalizer {
  override normalize(text: string): string {
    const { clean_text, handle_chinese_chars, strip_accents, lowercase } = this.config;
    if (clean_text) text = text.replace(removed, "").replace(spaces, " ");
    if (handle_chinese_chars) text = text.replace(chinese, " $& ");
    if (strip_accents ?? lowercase) text = text.normalize("NFD").replace(/\p{Mn}/gu, "");
    // One by one, as a final sigma is a sigma like any other.
    return lowercase ? text.replace(/./gsu, (char) => char.toLowerCase()) : text;
  }
}

class MappedCharacters extends Normalizer {
  readonly #map: CharacterMap;

  constructor({ config, charsmap }: PrecompiledNormalizer) {
    super(config);
    this.#map = new CharacterMap(charsmap);
  }

  normalize(text: string): string {
    return this.#map.normalize(text);
  }
}

/** The matches of a pattern, which has the flag v. */
class Matches extends PreTokenizer {
  readonly #pattern: RegExp;

  constructor(pattern: string) {
    super();
    this.#pattern = new RegExp(pattern, "gv");
  }

  pre_tokenize_text(text: string): string[] {
    return text.match(this.#pattern) ?? [];
  }
}
