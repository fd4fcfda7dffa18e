/**
 * Text as UTF-8 bytes: no vocabulary to learn, no word unknown in any script.
 *
 * @module
 */
import { encodePair, type PairEncoding } from "./pair.ts";
import type { TemplatePart } from "./post_processor.ts";
import type { Encoding, WordTokenizer } from "./tokenizer.ts";

/** The special tokens, in XLM-R's order; byte b has the id b + 4, and `<mask>` comes last. */
export const byteSpecials = { bos: 0, pad: 1, eos: 2, unk: 3, mask: 260 } as const;

const [bos, eos] = [byteSpecials.bos, byteSpecials.eos].map((id) => ({ id, type: 0 }));
const pairTemplate: readonly TemplatePart[] = [
  bos,
  { sentence: "A", type: 0 },
  eos,
  eos,
  { sentence: "B", type: 0 },
  eos,
];

/** The id of byte 0. */
export const firstByte = 4;
const utf8 = new TextEncoder();

/**
 * `<s>`, the bytes of the words with one space between words, `</s>`. A space belongs to no word.
 *
 * @example
 * ```ts
 * new ByteTokenizer().encode(["a", "bc"], 512).inputIds; // [0, 101, 36, 102, 103, 2]
 * ```
 */
export class ByteTokenizer implements WordTokenizer {
  readonly vocabSize = 261;
  readonly padId = byteSpecials.pad;
  readonly maskId = byteSpecials.mask;

  encode(words: readonly string[], maxTokens: number): Encoding {
    if (maxTokens < 3) {
      throw new RangeError(`Cannot encode into ${maxTokens} tokens: at least 3 are needed`);
    }
    const inputIds: number[] = [byteSpecials.bos];
    const wordIds: number[] = [-1];
    let emptyWords = 0;
    let word = 0;
    for (; word < words.length; word++) {
      const bytes = utf8.encode(words[word]);
      const separator = word > 0 ? 1 : 0;
      // An empty word still needs a piece to carry its label.
      const width = Math.max(1, bytes.length);
      if (inputIds.length + separator + width + 1 > maxTokens) break;
      if (separator) {
        inputIds.push(0x20 + firstByte);
        wordIds.push(-1);
      }
      if (bytes.length === 0) {
        inputIds.push(byteSpecials.unk);
        emptyWords++;
      }
      for (const byte of bytes) inputIds.push(byte + firstByte);
      for (let i = 0; i < width; i++) wordIds.push(word);
    }
    inputIds.push(byteSpecials.eos);
    wordIds.push(-1);
    return { inputIds, wordIds, lostWords: words.length - word, emptyWords };
  }

  /** `<s> A </s></s> B </s>`, as XLM-R has it. */
  encodePair(a: readonly string[], b: readonly string[], maxTokens: number): PairEncoding {
    const [first, second] = [a, b].map((words) => {
      const { inputIds, wordIds, emptyWords } = this.encode(words, Infinity);
      return { ids: inputIds.slice(1, -1), wordIds: wordIds.slice(1, -1), emptyWords };
    });
    return encodePair(first, second, pairTemplate, maxTokens);
  }
}
