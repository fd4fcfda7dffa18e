/**
 * Decodes a text file into lines, and notes what is odd about its line ends and byte-order marks.
 *
 * @module
 */
import { UserError } from "../core/errors.ts";
import type { OddityLog } from "./oddity_log.ts";
import { decodeText, type TextEncoding } from "./text_encoding.ts";

/**
 * Characters that some programs take for line breaks. They occur inside words of real corpora, so
 * that they break no lines here: inside a word they are odd, anywhere else a mistake.
 */
// deno-lint-ignore no-control-regex
export const otherLineBreak = /[\x0b\x0c\x85\u2028\u2029]/;

/**
 * The lines of a file, without their line breaks: LF, CR LF or CR. Byte-order marks, wherever they
 * stand, and CRs are dropped and noted.
 *
 * @param file the name that errors show
 * @throws {UserError} at the first byte that is not of the encoding, and at line ends that can be
 * read in two ways
 */
export function decodeLines(
  bytes: Uint8Array,
  file: string,
  encoding: TextEncoding,
  log: OddityLog,
): string[] {
  let text = decodeText(bytes, file, encoding);
  if (text.startsWith("\uFEFF")) {
    log.note("byteOrderMark", "dropped", 1, "U+FEFF");
    text = text.slice(1);
  }
  const lines = text.includes("\r") ? splitAtCarriageReturns(text, file, log) : text.split("\n");
  if (text.includes("\uFEFF")) {
    for (let i = 0; i < lines.length; i++) {
      if (!lines[i].includes("\uFEFF")) continue;
      log.note("byteOrderMarkInside", "dropped", i + 1, "U+FEFF");
      lines[i] = lines[i].replaceAll("\uFEFF", "");
    }
  }
  if (lines[lines.length - 1] === "") lines.pop();
  return lines;
}

function splitAtCarriageReturns(text: string, file: string, log: OddityLog): string[] {
  const lines: string[] = [];
  let start = 0;
  for (const { 0: end, index } of text.matchAll(/\r\n|\r|\n/g)) {
    lines.push(text.slice(start, index));
    start = index + end.length;
    if (end === "\n") {
      // LF CR, not before another LF: a line end of two characters, or a blank line?
      if (text[start] === "\r" && text[start + 1] !== "\n") throw ambiguous("LF CR", lines, file);
      continue;
    }
    if (end === "\r" && text[start] === "\r" && text[start + 1] === "\n") {
      throw ambiguous("CR CR LF", lines, file);
    }
    const [kind, detail] = end === "\r"
      ? ["loneCarriageReturns", "CR"] as const
      : ["carriageReturns", "CR LF"] as const;
    log.note(kind, "dropped", lines.length, detail);
  }
  lines.push(text.slice(start));
  return lines;
}

function ambiguous(ends: string, lines: readonly string[], file: string): UserError {
  const lineText = lines[lines.length - 1];
  return new UserError({
    message: `Cannot tell where lines end: ${ends} may be one line break or two`,
    range: { file, line: lines.length, column: lineText.length + 1, length: 1, lineText },
    hint: "end all lines of the file with LF or CR LF",
  });
}
