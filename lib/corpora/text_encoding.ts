/**
 * Decodes the bytes of a text file, strictly, and says what a file is that is no text.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { UserError } from "../core/errors.ts";

/** How a text file is encoded. `latin1` is ISO 8859-1 proper, not windows-1252. */
export type TextEncoding = "utf-8" | "latin1";

/** How files begin that are no text. */
const signatures: readonly (readonly [name: string, bytes: readonly number[]])[] = [
  ["gzip", [0x1f, 0x8b]],
  ["zip", [0x50, 0x4b, 0x03, 0x04]],
  ["zip", [0x50, 0x4b, 0x05, 0x06]],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ["Zstandard", [0x28, 0xb5, 0x2f, 0xfd]],
  ["7-Zip", [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ["RAR", [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07]],
  ["PDF", [0x25, 0x50, 0x44, 0x46, 0x2d]],
];

const recode = "convert it to UTF-8, such as by `iconv -f";
/** Unicode in units of two or four bytes, by its byte-order mark; the longer ones first. */
const wideMarks: readonly (readonly [name: string, bytes: readonly number[]])[] = [
  ["UTF-32LE", [0xff, 0xfe, 0x00, 0x00]],
  ["UTF-32BE", [0x00, 0x00, 0xfe, 0xff]],
  ["UTF-16LE", [0xff, 0xfe]],
  ["UTF-16BE", [0xfe, 0xff]],
];

/** How much of a file is looked at to find out what it is, in bytes. */
const headBytes = 4096;

/**
 * The text of a file; a byte-order mark stays in it.
 *
 * @param file the name that errors show
 * @throws {UserError} when the file is no text, or at the first byte that is not of the encoding
 */
export function decodeText(bytes: Uint8Array, file: string, encoding: TextEncoding): string {
  refuseOtherKinds(bytes, file);
  if (encoding === "latin1") {
    if (startsWith(bytes, [0xef, 0xbb, 0xbf])) {
      throw notText(bytes, file, "it starts with the byte-order mark of UTF-8", {
        hint: "take out `encoding: latin1` in data/sources.yaml",
      });
    }
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    const at = firstNonUtf8(bytes);
    if (at === undefined) throw cause;
    throw notUtf8(bytes, at, file, cause);
  }
}

/** What a file is by its first bytes: gzip, zip, …; undefined when it may be text. */
export function archiveKind(bytes: Uint8Array): string | undefined {
  if (/^BZh[1-9]1AY&SY/.test(latin1(bytes.subarray(0, 10)))) return "bzip2";
  const ends = [bytes.subarray(0, 4), bytes.subarray(-4)].map(latin1);
  if (bytes.length >= 12 && ends.every((end) => end === "PAR1")) return "Parquet";
  return signatures.find(([, signature]) => startsWith(bytes, signature))?.[0];
}

/** Whether a file begins as a page of the web. */
export function isHtml(bytes: Uint8Array): boolean {
  const head = latin1(bytes.subarray(0, 512)).replace(/^\xef\xbb\xbf/, "").trimStart();
  return /^<(?:!doctype html|html|head|\?xml)\b/i.test(head);
}

function refuseOtherKinds(bytes: Uint8Array, file: string): void {
  const marked = wideMarks.find(([, mark]) => startsWith(bytes, mark))?.[0];
  const archive = archiveKind(bytes);
  const wide = marked ?? (archive === undefined ? wideWithoutMark(bytes) : undefined);
  if (wide !== undefined) {
    throw notText(bytes, file, `it is ${wide}`, { hint: `${recode} ${wide} -t UTF-8\`` });
  }
  if (archive !== undefined) {
    throw notText(bytes, file, `it is a ${archive} file`, {
      hint: "unpack it, and take the address of what is inside",
    });
  }
  if (isHtml(bytes)) {
    throw notText(bytes, file, "it is a web page (HTML or XML)", {
      hint: "take the address of the file itself, not of a page about it",
    });
  }
  if (latin1(bytes.subarray(0, 50)).startsWith("version https://git-lfs.github.com/spec/")) {
    throw notText(bytes, file, "it is a pointer of Git LFS", {
      hint: "take the address of the content that it points to",
    });
  }
}

/** UTF-16 or UTF-32 whose text has ASCII in it: every second byte, or three of four, is NUL. */
function wideWithoutMark(bytes: Uint8Array): string | undefined {
  const head = bytes.subarray(0, headBytes);
  const nuls = [0, 0, 0, 0];
  head.forEach((byte, i) => {
    if (byte === 0) nuls[i % 4]++;
  });
  const quarter = head.length / 4;
  const [a, b, c, d] = nuls.map((count) => quarter > 0 ? count / quarter : 0);
  if (a + b + c + d < 0.4) return undefined;
  if (b > 0.5 && c > 0.9 && d > 0.9 && a < 0.1) return "UTF-32LE";
  if (c > 0.5 && a > 0.9 && b > 0.9 && d < 0.1) return "UTF-32BE";
  if (a + c < (b + d) / 9) return "UTF-16LE";
  if (b + d < (a + c) / 9) return "UTF-16BE";
  return undefined;
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return bytes.length >= start.length && start.every((byte, i) => bytes[i] === byte);
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

function notText(
  bytes: Uint8Array,
  file: string,
  what: string,
  { hint }: { hint: string },
): UserError {
  const lineText = latin1(bytes.subarray(0, 60)).split(/[\r\n]/, 1)[0];
  const range = { file, line: 1, column: 1, length: 1, lineText };
  return new UserError({ message: `Cannot read the file as text: ${what}`, range, hint });
}

function notUtf8(bytes: Uint8Array, at: number, file: string, cause: unknown): UserError {
  let line = 1;
  let start = 0;
  for (let i = 0; i < at; i++) {
    if (bytes[i] !== 0x0a && (bytes[i] !== 0x0d || bytes[i + 1] === 0x0a)) continue;
    line++;
    start = i + 1;
  }
  let end = at;
  while (end < bytes.length && bytes[end] !== 0x0a && bytes[end] !== 0x0d) end++;
  const lenient = (from: number, to: number) =>
    new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(from, to))
      .replaceAll("\uFEFF", "");
  const before = lenient(start, at);
  return new UserError({
    message: "Cannot read the file as UTF-8: a byte on this line is not",
    range: {
      file,
      line,
      column: before.length + 1,
      length: 1,
      lineText: before + lenient(at, end),
    },
    hint: "declare `encoding: latin1` for it in data/sources.yaml if it is ISO 8859-1",
  }, { cause });
}

/** Where the first sequence begins that is not UTF-8 (Unicode 16, table 3-7). */
function firstNonUtf8(bytes: Uint8Array): number | undefined {
  for (let i = 0; i < bytes.length;) {
    const lead = bytes[i];
    if (lead < 0x80) {
      i++;
      continue;
    }
    const length = lead >= 0xc2 && lead <= 0xdf
      ? 2
      : lead >= 0xe0 && lead <= 0xef
      ? 3
      : lead >= 0xf0 && lead <= 0xf4
      ? 4
      : 0;
    if (length === 0) return i;
    const least = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    const most = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    for (let k = 1; k < length; k++) {
      const byte = bytes[i + k];
      if (!(byte >= (k === 1 ? least : 0x80) && byte <= (k === 1 ? most : 0xbf))) return i;
    }
    i += length;
  }
  return undefined;
}
