/**
 * Decodes a stream as UTF-8, strictly, a bounded part at a time.
 *
 * @module
 */
import { UserError } from "../core/errors.ts";
import { archiveKind } from "../corpora/text_encoding.ts";

/** How long a line may be that is held whole, in bytes. */
const blockBytes = 2 ** 16;
/** How much of the beginning shows what a file is, in bytes. */
const headBytes = 4096;

/**
 * The text of a stream in parts, which join to all of it: line ends stay as they are, and a
 * byte-order mark stays in it.
 *
 * @param file the name that errors show
 * @throws {UserError} when it is no text, or at the first byte that is not UTF-8, with its place
 */
export async function* textChunks(
  stream: AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<string> {
  let rest = new Uint8Array(0), line = 1, column = 1, isChecked = false;
  const take = (bytes: Uint8Array): string => {
    const text = decoded(bytes, file, line, column);
    const { breaks, last } = lineBreaks(text);
    line += breaks;
    column = breaks > 0 ? text.length - last : column + text.length;
    return text;
  };
  for await (const chunk of stream) {
    const bytes = new Uint8Array(rest.length + chunk.length);
    bytes.set(rest);
    bytes.set(chunk, rest.length);
    rest = bytes;
    if (!isChecked) {
      if (rest.length < headBytes) continue;
      refuseOtherKinds(rest, file);
      isChecked = true;
    }
    const end = safeEnd(rest);
    if (end === 0) continue;
    yield take(rest.subarray(0, end));
    rest = rest.slice(end);
  }
  if (!isChecked) refuseOtherKinds(rest, file);
  if (rest.length > 0) yield take(rest);
}

/** How many bytes can be decoded now: up to the last line, or the last character of a long line. */
function safeEnd(bytes: Uint8Array): number {
  const line = bytes.lastIndexOf(0x0a) + 1;
  if (line > 0 || bytes.length < blockBytes) return line;
  let end = bytes.length;
  for (let back = 0; back < 4 && end > 0; back++) {
    end--;
    if (bytes[end] >= 0xc0) return end; // the first byte of a character that may go on
    if (bytes[end] < 0x80) return bytes.length - (back === 0 ? 0 : back);
  }
  return bytes.length; // no character is as long: the decoder says where it is wrong
}

function decoded(bytes: Uint8Array, file: string, line: number, column: number): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    const good = validLength(bytes);
    const before = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, good));
    const { breaks, last } = lineBreaks(before);
    const lineStart = breaks > 0 ? last + 1 : 0;
    const [after] = new TextDecoder().decode(bytes.subarray(good, good + 200)).split(/[\r\n]/, 1);
    const shown = before.slice(lineStart);
    throw new UserError({
      message: `Cannot read "${file}" as UTF-8: byte 0x${
        bytes[good].toString(16)
      } on this line is not`,
      range: {
        file,
        line: line + breaks,
        column: (breaks > 0 ? 1 : column) + shown.length,
        length: 1,
        // What was read of the line before stands for its columns.
        lineText: (breaks > 0 ? "" : " ".repeat(column - 1)) + shown + after,
      },
      hint: "convert it to UTF-8 first, such as by `iconv -f WINDOWS-1252 -t UTF-8`",
    }, { cause });
  }
}

/** How many bytes at the start are UTF-8, by halving. */
function validLength(bytes: Uint8Array): number {
  const isGood = (length: number) => {
    try {
      // A character that is cut at the end is not wrong yet.
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, length), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  let good = 0, bad = bytes.length + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (middle <= bytes.length && isGood(middle)) good = middle;
    else bad = middle;
  }
  // Back to the first byte of the character that is cut or wrong.
  let start = good;
  while (start > 0 && !isWhole(bytes.subarray(0, start))) start--;
  return start;
}

function isWhole(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** How many line feeds a text has, and where the last one is. */
function lineBreaks(text: string): { breaks: number; last: number } {
  let breaks = 0, last = -1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
    breaks++;
    last = at;
  }
  return { breaks, last };
}

function refuseOtherKinds(bytes: Uint8Array, file: string): void {
  const head = bytes.subarray(0, headBytes);
  const name = new TextDecoder().decode(head.subarray(0, 4));
  const archive = name === "PAR1" ? "Parquet" : archiveKind(head);
  if (archive !== undefined) {
    throw new UserError({
      message: `Cannot read "${file}" as text: it is a ${archive} file`,
      hint: archive === "gzip"
        ? "unpack it on the way: gunzip -c FILE | deno task predict MODEL -"
        : "give the text that is in it",
    });
  }
  const isWide = head[0] === 0xff && head[1] === 0xfe || head[0] === 0xfe && head[1] === 0xff;
  const zeros = head.reduce((sum, byte) => sum + (byte === 0 ? 1 : 0), 0);
  if (isWide || zeros > head.length / 10) {
    throw new UserError({
      message: `Cannot read "${file}" as text: it has bytes that are 0, as UTF-16 and files of ` +
        "other kinds have",
      hint: "convert it to UTF-8 first, such as by `iconv -f UTF-16 -t UTF-8`",
    });
  }
}
