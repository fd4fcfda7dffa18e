/** Damaged CSV files are refused, or read as an independent reader reads them. */
import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { CounterRandom } from "../core/random.ts";
import { csvDefaults, readCsvTexts } from "./csv_texts.ts";

const files = 2_000;
const labels = ["good", "bad", "2"];

/** The rows of a file by RFC 4180, character by character; undefined for what is no CSV. */
function independent(text: string): string[][] | undefined {
  const rows: string[][] = [];
  let row: string[] = [], field = "", state: "start" | "plain" | "quoted" | "closed" = "start";
  for (let i = 0; i <= text.length; i++) {
    const character = text[i];
    if (state === "quoted") {
      if (character === undefined) return undefined;
      if (character !== '"') field += character;
      else if (text[i + 1] === '"') field += text[++i];
      else state = "closed";
    } else if (character === "," || character === undefined || /[\r\n]/.test(character)) {
      const isEmptyLine = row.length === 0 && field === "" && state === "start";
      if (character === "," || !isEmptyLine) row.push(field);
      [field, state] = ["", "start"];
      if (character === ",") continue;
      if (character === "\r" && text[i + 1] === "\n") i++;
      if (row.length > 0) rows.push(row);
      row = [];
    } else if (character === '"') {
      if (state !== "start") return undefined;
      state = "quoted";
    } else if (state === "closed") return undefined;
    else [field, state] = [field + character, "plain"];
  }
  return rows.every(({ length }) => length === rows[0].length) ? rows : undefined;
}

function written(random: CounterRandom): string {
  const words = ["a film", "naïve, but fun", 'he said "no"', "two\nlines", " ", "ж", "x"];
  const quoted = (text: string) =>
    /[",\r\n]/.test(text) || random.integer(3) === 0 ? `"${text.replaceAll('"', '""')}"` : text;
  const rows = Array.from(
    { length: 1 + random.integer(6) },
    () => [random.pick(words), String(random.integer(9)), random.pick(labels)],
  );
  return [["text", "id", "label"], ...rows].map((row) => row.map(quoted).join(",") + "\n").join("");
}

function mutate(text: string, random: CounterRandom): Uint8Array {
  const at = random.integer(text.length), other = random.integer(text.length);
  const odd = ['"', ",", "\r", "\n", "\r\n", "\uFEFF", "\0", ";", "\t", "", '""', "é", "\u2028"];
  const changed = [
    () => text.slice(0, at) + random.pick(odd) + text.slice(at),
    () => text.slice(0, at) + random.pick(odd) + text.slice(at + 1),
    () => text.slice(0, at),
    () => text.slice(Math.min(at, 20)),
    () => text.slice(0, Math.min(at, other)) + text.slice(Math.max(at, other)),
    () => text.replaceAll("\n", random.pick(["\r", "\r\n", "\n\n", "\n\r"])),
    () => text.replaceAll(",", random.pick([";", "\t", ", ", ",,"])),
    () => `\uFEFF${text}`,
    () => text.trimEnd(),
    () => text + text,
  ][random.integer(10)]();
  const bytes = new TextEncoder().encode(changed);
  if (bytes.length > 0 && random.integer(4) === 0) {
    bytes[random.integer(bytes.length)] ^= 1 << random.integer(8);
  }
  return bytes;
}

Deno.test(`${files} mutated CSV files are refused in their place or read by two readers alike`, () => {
  const counts = { refused: 0, read: 0 };
  for (let number = 0; number < files; number++) {
    const random = new CounterRandom("mutants of CSV", number);
    const bytes = mutate(written(random), random);
    let texts: unknown[];
    try {
      ({ texts } = readCsvTexts(bytes, "f.csv", labels, csvDefaults));
    } catch (error) {
      assert.ok(error instanceof UserError, String(error));
      assert.match(error.message, /^f\.csv:\d+:\d+: Cannot /);
      counts.refused++;
      continue;
    }
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const [header = [], ...rows] = independent(text.replace(/^\uFEFF/, "")) ?? [[]];
    const [textAt, labelAt] = [header.indexOf("text"), header.indexOf("label")];
    assert.deepEqual(
      texts,
      rows.map((row) => ({ text: row[textAt], second: null, label: row[labelAt] })),
      `file ${number}: ${JSON.stringify(text)}`,
    );
    counts.read++;
  }
  assert.ok(Math.min(counts.refused, counts.read) > files / 5, JSON.stringify(counts));
});
