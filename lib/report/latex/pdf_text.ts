/**
 * Texts in Helvetica, which every reader of PDF has, and how wide they are.
 *
 * @module
 */

/** Signs that Latin-1 lacks, by their byte in WinAnsiEncoding or as signs that it has. */
const others: Readonly<Record<string, string>> = {
  "−": "\x96",
  "–": "\x96",
  "—": "\x97",
  "‘": "\x91",
  "’": "\x92",
  "“": "\x93",
  "”": "\x94",
  "•": "\x95",
  "…": "\x85",
  "€": "\x80",
  "→": "->",
  "←": "<-",
  "≤": "<=",
  "≥": ">=",
};

/** A text in WinAnsiEncoding. Letters that it lacks are shown by their code points. */
export function winAnsi(text: string): Uint8Array {
  const shown = [...text].map((letter) => {
    const code = letter.codePointAt(0)!;
    if (code >= 0x20 && code < 0x7f || code >= 0xa0 && code <= 0xff) return letter;
    return others[letter] ?? `[${code.toString(16).toUpperCase().padStart(4, "0")}]`;
  }).join("");
  return Uint8Array.from(shown, (letter) => letter.charCodeAt(0));
}

/** Widths of the letters from space to ~, in thousandths (Adobe's metrics of Helvetica). */
const widths = ("278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 " +
  "556 556 556 556 556 556 556 556 556 556 278 278 584 584 584 556 " +
  "1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 " +
  "667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 " +
  "333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 " +
  "556 556 333 500 278 556 500 722 500 500 500 334 260 334 584").split(" ").map(Number);

/** The width of a text, in its size. Letters beyond ASCII count as the widest digit. */
export function helveticaWidth(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum + (widths[byte - 0x20] ?? 556), 0) / 1000;
}
