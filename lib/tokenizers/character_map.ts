/**
 * SentencePiece's character map, as the normalizer `Precompiled` of a `tokenizer.json` holds it.
 *
 * @module
 */

const utf8 = new TextEncoder();
const utf8Text = new TextDecoder();

/** Only shorter graphemes are looked up whole, as in Python's tokenizers. */
const shortGraphemeBytes = 6;

/**
 * A double-array trie over UTF-8 (darts-clone) whose values are places in a pool of replacements.
 * Normalizes as Python's tokenizers does, its habits included: graphemes below six bytes are looked
 * up first, by their shortest prefix that has an entry ("ª" with an accent becomes "a"), then single
 * characters.
 */
export class CharacterMap {
  readonly #units: Uint32Array;
  readonly #pool: Uint8Array;
  readonly #graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });
  /** Whether printable ASCII stands for itself, so that words of it need no look. */
  readonly #keepsAscii: boolean;

  /**
   * @param base64 little-endian: size of the trie in bytes (uint32), the trie (uint32 each), and
   * replacements in UTF-8 with a zero byte after each
   * @throws {RangeError} when the sizes do not fit
   */
  constructor(base64: string) {
    const bytes = Uint8Array.fromBase64(base64);
    const view = new DataView(bytes.buffer);
    const trieBytes = bytes.length < 4 ? NaN : view.getUint32(0, true);
    if (!(trieBytes % 4 === 0 && trieBytes > 0 && 4 + trieBytes <= bytes.length)) {
      throw new RangeError(
        `Cannot read a character map of ${bytes.length} bytes: its trie claims ${trieBytes}`,
      );
    }
    this.#units = new Uint32Array(bytes.slice(4, 4 + trieBytes).buffer);
    this.#pool = bytes.subarray(4 + trieBytes);
    this.#keepsAscii = Array.from({ length: 94 }, (_, i) => String.fromCharCode(0x21 + i))
      .every((char) => this.#replacement(utf8.encode(char)) === undefined);
  }

  /** The text with every mapped character replaced. */
  normalize(text: string): string {
    if (this.#keepsAscii && /^[!-~]*$/.test(text)) return text;
    let result = "";
    for (const { segment } of this.#graphemes.segment(text)) {
      const bytes = utf8.encode(segment);
      const whole = bytes.length < shortGraphemeBytes ? this.#replacement(bytes) : undefined;
      const chars = whole === undefined ? [...segment] : [];
      if (chars.length < 2) result += whole ?? segment;
      else for (const char of chars) result += this.#replacement(utf8.encode(char)) ?? char;
    }
    return result;
  }

  /** For the shortest prefix of `key` that has an entry. */
  #replacement(key: Uint8Array): string | undefined {
    let at = offsetOf(this.#units[0]);
    for (const byte of key) {
      if (byte === 0) return undefined;
      at ^= byte;
      const unit = this.#units[at] ?? 0;
      // A leaf has its highest bit set and matches no byte.
      if ((unit & 0x800000ff) !== byte) return undefined;
      at ^= offsetOf(unit);
      if (unit & 0x100) {
        const start = this.#units[at] & 0x7fffffff;
        return utf8Text.decode(this.#pool.subarray(start, this.#pool.indexOf(0, start)));
      }
    }
    return undefined;
  }
}

/** Where a unit's children begin, relative to it: 21 bits, in steps of 256 where bit 9 is set. */
function offsetOf(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}
