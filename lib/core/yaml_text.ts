/**
 * Turns the bytes of a text file into text, or says which of them are none.
 *
 * @module
 */
import { type Problem, type SourceRange, UserError } from "./errors.ts";

const utf8Hint = "save it with the encoding UTF-8";

/**
 * Decodes UTF-8, with or without a byte order mark.
 *
 * @throws {UserError} with the place of the first byte that is no UTF-8
 */
export function decodeUtf8(bytes: Uint8Array, file: string): string {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new UserError({ message: `Cannot read "${file}": it is UTF-16`, hint: utf8Hint });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    const end = validLength(bytes);
    const before = new TextDecoder().decode(bytes.subarray(0, end));
    const lineText = before.slice(before.lastIndexOf("\n") + 1) + "\ufffd";
    const range = {
      file,
      line: before.split("\n").length,
      column: lineText.length,
      length: 1,
      lineText,
    };
    const byte = bytes[end].toString(16).toUpperCase().padStart(2, "0");
    const message = `Cannot read byte ${byte} as UTF-8`;
    throw new UserError({ message, range, hint: utf8Hint }, { cause });
  }
}

/** How many bytes at the start are whole characters of UTF-8, found by halving. */
function validLength(bytes: Uint8Array): number {
  let low = 0, high = bytes.length;
  while (low + 1 < high) {
    const middle = (low + high) >> 1;
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, middle), { stream: true });
      low = middle;
    } catch {
      high = middle;
    }
  }
  // The last character may be cut short: it is then the first that is wrong.
  for (let lead = low - 1; lead >= Math.max(0, low - 3); lead--) {
    if ((bytes[lead] & 0xc0) === 0x80) continue;
    const length = bytes[lead] >= 0xf0 ? 4 : bytes[lead] >= 0xe0 ? 3 : bytes[lead] >= 0xc0 ? 2 : 1;
    return lead + length > low ? lead : low;
  }
  return low;
}

/** The first characters that no text file has: controls, and carriage returns that stand alone. */
export function controlCharacters(
  text: string,
  rangeAt: (start: number, end: number) => SourceRange,
): Problem[] {
  // deno-lint-ignore no-control-regex
  const pattern = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)/;
  const place = text.search(pattern);
  if (place < 0) return [];
  const code = text.charCodeAt(place).toString(16).toUpperCase().padStart(4, "0");
  const hint = code === "0000"
    ? `${utf8Hint}: this may be UTF-16`
    : code === "000D"
    ? "end lines with LF or CR LF"
    : 'write it as an escape in double quotes, such as "\\t"';
  return [{
    message: `Cannot read the character U+${code}`,
    range: rangeAt(place, place + 1),
    hint,
  }];
}
