/**
 * Tokenizers in the hub's format (`tokenizer.json`), word by word.
 *
 * @module
 */
import { Tokenizer } from "@huggingface/tokenizers";
import { messageOf, UserError } from "../core/errors.ts";
import { exactNormalizer, exactPreTokenizer } from "./exact_parts.ts";
import type { Encoding, WordTokenizer } from "./tokenizer.ts";
import {
  checkTokenizerConfig,
  checkTokenizerJson,
  type SpecialIds,
  specialIdsOf,
  vocabSizeOf,
  wantsLeadingSpace,
} from "./tokenizer_json.ts";

/** Words whose pieces are kept; past this many the cache starts anew. */
const cachedWords = 200_000;

/**
 * Unigram with Metaspace (XLM-R), WordPiece with BERT's pre-tokenisation (mBERT, DistilBERT), and
 * byte-level BPE (RoBERTa). Each word is encoded on its own, as Python's tokenizers does with
 * `is_pretokenized`; byte-level BPE without a prefix space of its own sees a space before every
 * word but the first.
 */
export class HubTokenizer implements WordTokenizer {
  readonly vocabSize: number;
  readonly padId: number;
  readonly #tokenizer: Tokenizer;
  readonly #specials: SpecialIds;
  readonly #leadingSpace: boolean;
  readonly #pieces = new Map<string, readonly number[]>();

  /**
   * @param tokenizerJson the parsed content of a `tokenizer.json`
   * @param tokenizerConfig the parsed content of its `tokenizer_config.json`, where there is one
   * @param file the name that errors show
   * @throws {UserError} when the content is not a tokenizer that can be used here, with the reason
   */
  constructor(tokenizerJson: unknown, tokenizerConfig: unknown, file: string) {
    const json = checkTokenizerJson(tokenizerJson, file);
    const config = checkTokenizerConfig(tokenizerConfig ?? {}, `the configuration of ${file}`);
    this.vocabSize = vocabSizeOf(json);
    this.#specials = specialIdsOf(json, config, file);
    this.padId = this.#specials.pad;
    this.#leadingSpace = wantsLeadingSpace(json);
    try {
      const tokenizer = this.#tokenizer = new Tokenizer(json, config);
      tokenizer.normalizer = exactNormalizer(tokenizer.normalizer);
      tokenizer.pre_tokenizer = exactPreTokenizer(tokenizer.pre_tokenizer);
    } catch (cause) {
      throw new UserError(`Cannot use ${file}: ${messageOf(cause)}`, { cause });
    }
  }

  encode(words: readonly string[], maxTokens: number): Encoding {
    const { before, after, unk } = this.#specials;
    const least = before.length + after.length + 1;
    if (maxTokens < least) {
      throw new RangeError(`Cannot encode into ${maxTokens} tokens: at least ${least} are needed`);
    }
    const inputIds = [...before];
    const wordIds = before.map(() => -1);
    let emptyWords = 0;
    let word = 0;
    for (; word < words.length; word++) {
      const found = this.#piecesOf(
        this.#leadingSpace && word > 0 ? ` ${words[word]}` : words[word],
      );
      const pieces = found.length > 0 ? found : [unk];
      if (inputIds.length + pieces.length + after.length > maxTokens) break;
      if (found.length === 0) emptyWords++;
      for (const piece of pieces) {
        inputIds.push(piece);
        wordIds.push(word);
      }
    }
    for (const id of after) {
      inputIds.push(id);
      wordIds.push(-1);
    }
    return { inputIds, wordIds, lostWords: words.length - word, emptyWords };
  }

  #piecesOf(text: string): readonly number[] {
    const known = this.#pieces.get(text);
    if (known) return known;
    const { ids } = this.#tokenizer.encode(text, { add_special_tokens: false });
    if (this.#pieces.size === cachedWords) this.#pieces.clear();
    this.#pieces.set(text, ids);
    return ids;
  }
}
