/**
 * Decodes a text file into lines, strictly, and notes what is odd about its encoding.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { UserError } from "../core/errors.ts";
import type { OddityLog } from "./oddity_log.ts";

/** How a text file is encoded. `latin1` is ISO 8859-1 proper, not windows-1252. */
export type TextEncoding = "utf-8" | "latin1";

/**
 * The lines of a file, without their line breaks. Only LF and CR LF break lines: U+0085 and
 * U+2028 occur inside words of real corpora. A byte-order mark and CRs are dropped and noted.
 *
 * @param file the name that errors show
 * @throws {UserError} at the first line that is not UTF-8
 */
export function decodeLines(
  bytes: Uint8Array,
  file: string,
  encoding: TextEncoding,
  log: OddityLog,
): string[] {
  let text = encoding === "latin1"
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1")
    : decodeUtf8(bytes, file);
  if (text.startsWith("\uFEFF")) {
    log.note("byteOrderMark", "dropped", 1, "U+FEFF");
    text = text.slice(1);
  }
  const lines = text.split("\n");
  for (let i = 0; i < lines.length; i++) {
    if (!lines[i].endsWith("\r")) continue;
    log.note("carriageReturns", "dropped", i + 1, "CR LF");
    lines[i] = lines[i].slice(0, -1);
  }
  if (lines[lines.length - 1] === "") lines.pop();
  return lines;
}

function decodeUtf8(bytes: Uint8Array, file: string): string {
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  try {
    return strict.decode(bytes);
  } catch (cause) {
    const lines = new TextDecoder("utf-8").decode(bytes).split("\n");
    const line = lines.findIndex((text) => text.includes("\uFFFD"));
    const lineText = lines[Math.max(0, line)].replace(/\r$/, "");
    throw new UserError({
      message: "Cannot read the file as UTF-8: a byte on this line is not",
      range: {
        file,
        line: line + 1,
        column: lineText.indexOf("\uFFFD") + 1,
        length: 1,
        lineText,
      },
      hint: "declare `encoding: latin1` for it in data/sources.yaml if it is ISO 8859-1",
    }, { cause });
  }
}
