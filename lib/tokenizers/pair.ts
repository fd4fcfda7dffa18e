/**
 * Two sentences as one sequence, such as a text and a hypothesis about it.
 *
 * @module
 */
import type { TemplatePart } from "./post_processor.ts";

/** The pieces of a sentence without special tokens. */
export interface Pieces {
  readonly ids: readonly number[];
  /** The word of every piece, −1 for separators. */
  readonly wordIds: readonly number[];
  /** Words that give no piece and have the unknown piece in their place. */
  readonly emptyWords: number;
}

/** Sentences A and B as a model reads them, all arrays of length T. */
export interface PairEncoding {
  inputIds: number[];
  /** The word of every piece in its sentence, −1 for special tokens and separators. */
  wordIds: number[];
  /** 0 in A, 1 in B, −1 for special tokens. */
  sentenceIds: number[];
  /** Token types as BERT wants them; all 0 for RoBERTa and XLM-R, and DistilBERT takes none. */
  typeIds: number[];
  /** Words of A and of B that are cut off, in part or whole. */
  lostWords: [a: number, b: number];
  /** Words that give no piece and have the unknown piece in their place. */
  emptyWords: number;
}

/**
 * Puts two sentences into a template. Where they are too long the longer one is cut at its end until
 * both are alike, then both, piece by piece: `longest_first` of Python's tokenizers.
 *
 * @param maxTokens greatest T, special tokens included
 * @throws {RangeError} when the template has no place for two sentences, or `maxTokens` no room
 */
export function encodePair(
  a: Pieces,
  b: Pieces,
  template: readonly TemplatePart[],
  maxTokens: number,
): PairEncoding {
  const least = template.length;
  if (least === 0) {
    throw new RangeError("Cannot encode a pair: the tokenizer has no template for it");
  }
  if (maxTokens < least) {
    throw new RangeError(
      `Cannot encode a pair into ${maxTokens} tokens: at least ${least} are needed`,
    );
  }
  const room = maxTokens - template.filter((part) => "id" in part).length;
  const kept = longestFirst(a.ids.length, b.ids.length, room);
  const encoding: PairEncoding = {
    inputIds: [],
    wordIds: [],
    sentenceIds: [],
    typeIds: [],
    lostWords: [cutWords(a, kept[0]), cutWords(b, kept[1])],
    emptyWords: a.emptyWords + b.emptyWords,
  };
  const put = (id: number, word: number, sentence: number, type: number) => {
    encoding.inputIds.push(id);
    encoding.wordIds.push(word);
    encoding.sentenceIds.push(sentence);
    encoding.typeIds.push(type);
  };
  for (const part of template) {
    if ("id" in part) put(part.id, -1, -1, part.type);
    else {
      const which = part.sentence === "A" ? 0 : 1;
      const { ids, wordIds } = [a, b][which];
      for (let i = 0; i < kept[which]; i++) put(ids[i], wordIds[i], which, part.type);
    }
  }
  return encoding;
}

/** How many pieces of each sentence stay; of two that are cut alike, the longer has the odd one. */
function longestFirst(a: number, b: number, room: number): [a: number, b: number] {
  if (a + b <= room) return [a, b];
  const half = Math.floor(room / 2);
  if (a > b) return [room - Math.min(b, half), Math.min(b, half)];
  return [Math.min(a, half), room - Math.min(a, half)];
}

function cutWords({ ids, wordIds }: Pieces, kept: number): number {
  const cut = new Set(wordIds.slice(kept, ids.length));
  cut.delete(-1);
  return cut.size;
}
