/**
 * Tokenizers in the hub's format (`tokenizer.json`), word by word.
 *
 * @module
 */
import { messageOf, UserError } from "../core/errors.ts";
import { exactTokenizer } from "./exact_parts.ts";
import { encodePair, type PairEncoding, type Pieces } from "./pair.ts";
import { pieceIdsOf } from "./piece_ids.ts";
import { type Templates, templatesOf } from "./post_processor.ts";
import type { Encoding, WordTokenizer } from "./tokenizer.ts";
import {
  checkTokenizerConfig,
  checkTokenizerJson,
  specialIdsOf,
  wantsLeadingSpace,
} from "./tokenizer_json.ts";

/**
 * Unigram with Metaspace (XLM-R), WordPiece with BERT's pre-tokenisation (mBERT, DistilBERT), and
 * byte-level BPE (RoBERTa). Each word is encoded on its own, as Python's tokenizers does with
 * `is_pretokenized`; byte-level BPE without a prefix space of its own sees a space before every
 * word but the first.
 */
export class HubTokenizer implements WordTokenizer {
  readonly vocabSize: number;
  readonly padId: number;
  readonly maskId?: number;
  readonly #tokenizer: ReturnType<typeof exactTokenizer>;
  readonly #templates: Templates;
  readonly #unknown: readonly number[];
  readonly #leadingSpace: boolean;
  readonly #cachedWords: number;
  readonly #pieces = new Map<string, readonly number[]>();

  /**
   * @param tokenizerJson the parsed content of a `tokenizer.json`
   * @param tokenizerConfig the parsed content of its `tokenizer_config.json`, where there is one
   * @param file the name that errors show
   * @param cachedWords words at most whose pieces are kept; past this many the cache starts anew
   * @throws {UserError} when the content is not a tokenizer that can be used here, with the reason
   */
  constructor(
    tokenizerJson: unknown,
    tokenizerConfig: unknown,
    file: string,
    cachedWords = 200_000,
  ) {
    const json = checkTokenizerJson(tokenizerJson, file);
    const config = checkTokenizerConfig(tokenizerConfig ?? {}, `the configuration of ${file}`);
    const ids = pieceIdsOf(json);
    this.vocabSize = ids.count;
    const { pad, unk, mask } = specialIdsOf(json, ids, config, file);
    this.padId = pad;
    this.maskId = mask;
    this.#unknown = [unk];
    this.#templates = templatesOf(json.post_processor, file);
    checkIds(ids.count, [pad, unk, mask, ...specialIds(this.#templates)], file);
    this.#cachedWords = cachedWords;
    this.#leadingSpace = wantsLeadingSpace(json);
    try {
      this.#tokenizer = exactTokenizer(json, ids, config);
    } catch (cause) {
      throw new UserError(`Cannot use ${file}: ${messageOf(cause)}`, { cause });
    }
  }

  encode(words: readonly string[], maxTokens: number): Encoding {
    const { before, after } = this.#templates;
    const least = before.length + after.length + 1;
    if (maxTokens < least) {
      throw new RangeError(`Cannot encode into ${maxTokens} tokens: at least ${least} are needed`);
    }
    const { ids, wordIds, emptyWords, read } = this.#read(words, maxTokens - least + 1);
    return {
      inputIds: [...before, ...ids, ...after],
      wordIds: [...before.map(() => -1), ...wordIds, ...after.map(() => -1)],
      lostWords: words.length - read,
      emptyWords,
    };
  }

  encodePair(a: readonly string[], b: readonly string[], maxTokens: number): PairEncoding {
    return encodePair(
      this.#read(a, Infinity),
      this.#read(b, Infinity),
      this.#templates.pair,
      maxTokens,
    );
  }

  /** The pieces of the first words, as many as have room whole. */
  #read(words: readonly string[], room: number): Pieces & { readonly read: number } {
    const ids: number[] = [];
    const wordIds: number[] = [];
    let emptyWords = 0;
    let read = 0;
    for (; read < words.length; read++) {
      const found = this.#piecesOf(
        this.#leadingSpace && read > 0 ? ` ${words[read]}` : words[read],
      );
      const pieces = found.length > 0 ? found : this.#unknown;
      if (ids.length + pieces.length > room) break;
      if (found.length === 0) emptyWords++;
      for (const piece of pieces) {
        ids.push(piece);
        wordIds.push(read);
      }
    }
    return { ids, wordIds, emptyWords, read };
  }

  #piecesOf(text: string): readonly number[] {
    const known = this.#pieces.get(text);
    if (known) return known;
    const { ids } = this.#tokenizer.encode(text, { add_special_tokens: false });
    if (this.#pieces.size >= this.#cachedWords) this.#pieces.clear();
    if (this.#cachedWords > 0) this.#pieces.set(text, ids);
    return ids;
  }
}

function specialIds({ before, after, pair }: Templates): number[] {
  return [...before, ...after, ...pair.flatMap((part) => "id" in part ? [part.id] : [])];
}

/** @throws {UserError} when an id is no piece's: an embedding has no row for it */
function checkIds(count: number, ids: readonly (number | undefined)[], file: string): void {
  const beyond = ids.find((id) => id !== undefined && id >= count);
  if (beyond === undefined) return;
  throw new UserError(
    `Cannot use ${file}: it names the id ${beyond}, and its pieces have 0 … ${count - 1}`,
  );
}
