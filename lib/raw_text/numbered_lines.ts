/**
 * The lines of a text that comes in parts.
 *
 * @module
 */
import { UserError } from "../core/errors.ts";

/** A line longer than this is refused, in UTF-16 code units. */
const mostLength = 64 * 2 ** 20;

/** A line without its line end, and its number from 1. */
export interface NumberedLine {
  readonly text: string;
  readonly number: number;
}

/**
 * The lines of a text: LF or CR LF. A byte-order mark at the beginning is left out.
 *
 * @param file the name that errors show
 * @throws {UserError} for a line that is too long to be held
 */
export async function* numberedLines(
  chunks: AsyncIterable<string>,
  file: string,
): AsyncGenerator<NumberedLine> {
  let parts: string[] = [], length = 0, number = 0;
  const line = (text: string): NumberedLine => {
    const whole = text.endsWith("\r") ? text.slice(0, -1) : text;
    return { text: ++number === 1 ? whole.replace(/^\uFEFF/, "") : whole, number };
  };
  for await (const chunk of chunks) {
    const pieces = chunk.split("\n");
    const rest = pieces.pop()!;
    for (const piece of pieces) {
      yield line(parts.join("") + piece);
      [parts, length] = [[], 0];
    }
    parts.push(rest);
    length += rest.length;
    if (length <= mostLength) continue;
    throw new UserError({
      message: `Cannot read line ${number + 1} of "${file}": it is longer than ` +
        `${mostLength / 2 ** 20} Mi characters`,
      hint: "cut it into several lines",
    });
  }
  const last = parts.join("");
  if (last !== "") yield line(last);
}
