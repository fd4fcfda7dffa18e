import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { OddityLog } from "./oddity_log.ts";
import { decodeLines } from "./text_lines.ts";

function decode(bytes: Uint8Array | string, encoding: "utf-8" | "latin1" = "utf-8") {
  const log = new OddityLog();
  const given = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
  const lines = decodeLines(given, "f", encoding, log);
  return {
    lines,
    noted: log.oddities().map(({ oddity, line, count }) => `${oddity} ${line} ${count}`),
  };
}

function messageFor(bytes: Uint8Array | string, encoding: "utf-8" | "latin1" = "utf-8"): string {
  try {
    decode(bytes, encoding);
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    return error.message;
  }
  throw new Error("expected an error");
}

const bytesOf = (...parts: (string | number)[]) =>
  Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === "number" ? [part] : [...new TextEncoder().encode(part)]
    ),
  );

function utf16(text: string, isLittle: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 * text.length));
  [...Array(text.length).keys()].forEach((i) =>
    view.setUint16(2 * i, text.charCodeAt(i), isLittle)
  );
  return new Uint8Array(view.buffer);
}

for (
  const [name, text, lines, noted] of [
    ["LF", "a\nb\n", ["a", "b"], []],
    ["no end", "a\nb", ["a", "b"], []],
    ["CR LF", "a\r\nb\r\n", ["a", "b"], ["carriageReturns 1 1", "carriageReturns 2 1"]],
    ["CR", "a\rb\r\rc", ["a", "b", "", "c"], [1, 2, 3].map((i) => `loneCarriageReturns ${i} 1`)],
    ["all kinds", "a\nb\r\nc\rd\n\r\ne", ["a", "b", "c", "d", "", "e"], [
      "carriageReturns 2 1",
      "carriageReturns 5 1",
      "loneCarriageReturns 3 1",
    ]],
    ["characters that break lines elsewhere", "a\u2028b\u0085c\vd\fe\u2029f\n", [
      "a\u2028b\u0085c\vd\fe\u2029f",
    ], []],
    ["a byte-order mark", "\ufeffa\nb", ["a", "b"], ["byteOrderMark 1 1"]],
    ["byte-order marks inside", "\ufeff\ufeffa\n\ufeff\nb\ufeffc", ["a", "", "bc"], [
      "byteOrderMark 1 1",
      "byteOrderMarkInside 1 1",
      "byteOrderMarkInside 2 1",
      "byteOrderMarkInside 3 1",
    ]],
    ["nothing", "", [], []],
  ] as const
) {
  Deno.test(`lines: ${name}`, () => {
    assert.deepEqual(decode(text), { lines: [...lines], noted: [...noted] });
  });
}

for (
  const [name, text, message] of [
    ["CR CR LF", "a O\r\nb O\r\r\nc O", /^f:2:4: Cannot tell where lines end: CR CR LF may be/],
    ["LF CR", "a O\n\rb O\n\r", /^f:1:4: Cannot tell where lines end: LF CR may be/],
  ] as const
) {
  Deno.test(`line ends that can be read in two ways are refused: ${name}`, () => {
    assert.match(messageFor(text), message);
  });
}

for (
  const [name, bytes, place] of [
    ["after a replacement character", bytesOf("a\ufffd O\nb O\n\nJos", 0xe9, " O\n"), "4:4"],
    ["after CRs", bytesOf("a O\rb O\r\nJos", 0xe9, " O\n"), "3:4"],
    ["after characters of two units", bytesOf("🙂 O\n🙂é", 0xff, " O\n"), "2:4"],
    ["after a byte-order mark", bytesOf("\ufeffJos", 0xe9, " O\n"), "1:4"],
    ["at the end", bytesOf("a O\nb", 0xc3), "2:2"],
    ["a surrogate", bytesOf("a O\n", 0xed, 0xa0, 0x80), "2:1"],
    ["too long a form", bytesOf("a O\n", 0xc0, 0x80), "2:1"],
    ["beyond Unicode", bytesOf("a O\n", 0xf4, 0x90, 0x80, 0x80), "2:1"],
    ["cut short by ASCII", bytesOf("a", 0xe2, 0x82, "x O"), "1:2"],
  ] as const
) {
  Deno.test(`the place of a byte that is not UTF-8: ${name}`, () => {
    assert.match(
      messageFor(bytes),
      new RegExp(`^f:${place}: Cannot read the file as UTF-8: a byte on this line is not\n`),
    );
  });
}

for (
  const [name, bytes, message] of [
    ["UTF-16LE with a mark", utf16("\ufeffa O\n", true), "it is UTF-16LE"],
    ["UTF-16BE with a mark", utf16("\ufeffa O\n", false), "it is UTF-16BE"],
    ["UTF-16LE", utf16("Anna B-PER\nran O\n", true), "it is UTF-16LE"],
    ["UTF-16BE", utf16("Anna B-PER\nran O\n", false), "it is UTF-16BE"],
    ["UTF-16LE of another script", utf16("Анна B-PER\nпошла O\n", true), "it is UTF-16LE"],
    ["UTF-32LE", bytesOf(0xff, 0xfe, 0, 0, "a", 0, 0, 0), "it is UTF-32LE"],
    [
      "UTF-32BE without a mark",
      bytesOf(...[..."a O\n"].flatMap((c) => [0, 0, 0, c])),
      "it is UTF-32BE",
    ],
    ["gzip", bytesOf(0x1f, 0x8b, 8, 0), "it is a gzip file"],
    ["zip", bytesOf("PK", 3, 4, 20), "it is a zip file"],
    ["bzip2", bytesOf("BZh91AY&SYxx"), "it is a bzip2 file"],
    ["xz", bytesOf(0xfd, "7zXZ", 0), "it is a xz file"],
    ["Parquet", bytesOf("PAR1", 21, 0, 21, 0, "PAR1"), "it is a Parquet file"],
    ["HTML", "\n<!DOCTYPE html>\n<p>Not found</p>", "it is a web page"],
    ["HTML in capitals", "<HTML><head>", "it is a web page"],
    ["a pointer", "version https://git-lfs.github.com/spec/v1\noid", "it is a pointer of Git LFS"],
  ] as const
) {
  Deno.test(`a file that is no text is named: ${name}`, () => {
    for (const encoding of ["utf-8", "latin1"] as const) {
      assert.ok(
        messageFor(bytes, encoding).startsWith(`f:1:1: Cannot read the file as text: ${message}`),
        messageFor(bytes, encoding),
      );
    }
  });
}

Deno.test("Latin-1 that has the mark of UTF-8 is refused", () => {
  assert.match(messageFor("\ufeffa", "latin1"), /starts with the byte-order mark of UTF-8/);
});
