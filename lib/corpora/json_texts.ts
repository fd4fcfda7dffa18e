/**
 * Reads labelled texts, or pairs of them, from JSON: a list of objects, or one object a line.
 *
 * @module
 */
import { type Problem, UserError } from "../core/errors.ts";
import { type JsonPlaces, parsePlacedJson } from "./json_places.ts";
import { type LabelOptions, type ReadTexts, TextRows } from "./labelled_texts.ts";
import { decodeText } from "./text_encoding.ts";

/** How a JSON file is to be taken. */
export interface JsonOptions extends LabelOptions {
  /** Whether every line is an object (JSON lines). */
  readonly lines: boolean;
  /** Where the file is an object, its key that has the list of rows. */
  readonly list?: string;
  /** The keys of a row. */
  readonly text: string;
  readonly second?: string;
  readonly label: string;
  /** Where a file has several languages, the key of their codes. */
  readonly language?: string;
}

/** What holds for a JSON file where the catalogue says nothing else. */
export const jsonDefaults: JsonOptions = { lines: false, text: "text", label: "label" };

/** A row with its place, from 1 for people. */
interface PlacedRow {
  readonly value: unknown;
  readonly line: number;
  at(message: string, hint?: string): Problem;
}

/**
 * Reads a JSON file. Keys that are not declared are left out, whatever they are called.
 *
 * @param file the name that errors show
 * @param language whose rows are read, where the options name a key of languages
 * @throws {UserError} naming file:line:column for what is no JSON, rows without a text or a label,
 * and labels that the corpus does not have (the first five)
 */
export function readJsonTexts(
  bytes: Uint8Array,
  file: string,
  labels: readonly string[],
  options: JsonOptions,
  language?: string,
): ReadTexts {
  const texts = new TextRows(labels, options);
  const decoded = decodeText(bytes, file, "utf-8");
  if (decoded.startsWith("\uFEFF")) texts.log.note("byteOrderMark", "dropped", 1, "U+FEFF");
  const source = decoded.replace(/^\uFEFF/, "");
  const others = new Set<string>();
  let own = 0;
  for (const row of options.lines ? lineRows(source, file) : listRows(source, file, options)) {
    const { value, line, at } = row;
    if (value === null || typeof value !== "object" || Array.isArray(value)) {
      texts.refuse(() => at(`Cannot read a row: expected an object, not ${kindOf(value)}`));
      continue;
    }
    const cells = new Map(Object.entries(value));
    if (options.language !== undefined && cells.get(options.language) !== language) {
      others.add(String(cells.get(options.language)));
      continue;
    }
    own++;
    const wrong = wrongCell(cells, options);
    if (wrong !== undefined) {
      texts.refuse(() => at(wrong, `its keys are ${[...cells.keys()].map(quoted).join(", ")}`));
      continue;
    }
    const textOf = (key: string) => (cells.get(key) as string).toWellFormed();
    texts.add({
      text: textOf(options.text),
      second: options.second === undefined ? null : textOf(options.second),
      label: String(cells.get(options.label)),
      line,
      at,
    });
  }
  if (own === 0 && others.size > 0) {
    const shown = [...others].slice(0, 20).map(quoted).join(", ");
    throw new UserError({
      message: `Cannot find rows of the language "${language}" in ${file}`,
      hint: `its rows are of ${shown}`,
    });
  }
  return texts.finish(file);
}

/** What is wrong with the cells of a row; undefined where nothing is. */
function wrongCell(
  cells: ReadonlyMap<string, unknown>,
  { text, second, label }: JsonOptions,
): string | undefined {
  for (const key of second === undefined ? [text] : [text, second]) {
    const value = cells.get(key);
    if (typeof value === "string") continue;
    return `Cannot use the text ${quoted(key)} of a row: expected a text, not ${kindOf(value)}`;
  }
  const value = cells.get(label);
  if (["string", "number", "boolean"].includes(typeof value)) return undefined;
  return `Cannot use the label ${quoted(label)} of a row: expected a text or a number, ` +
    `not ${kindOf(value)}`;
}

function* lineRows(source: string, file: string): Generator<PlacedRow> {
  for (const [i, text] of source.split("\n").entries()) {
    if (text.trim() === "") continue;
    const { value, at } = parsePlacedJson(text, file, i + 1);
    yield { value, line: i + 1, at: (...problem) => at([], ...problem) };
  }
}

function* listRows(source: string, file: string, { list }: JsonOptions): Generator<PlacedRow> {
  if (source.trim() === "") return;
  const { value, at } = parsePlacedJson(source, file);
  const isList = Array.isArray(value);
  const rows = isList ? value : rowsWithin(value, list, at);
  for (const [i, row] of rows.entries()) {
    const path = isList ? [i] : [list!, i];
    yield { value: row, line: i + 1, at: (...problem) => at(path, ...problem) };
  }
}

/** The list of rows that an object has at a key. */
function rowsWithin(value: unknown, list: string | undefined, at: JsonPlaces["at"]): unknown[] {
  const keys = Object.keys(Object(value));
  const rows = list === undefined ? undefined : new Map(Object.entries(Object(value))).get(list);
  if (Array.isArray(rows)) return rows;
  const shown = `its keys are ${keys.map(quoted).join(", ")}`;
  if (value === null || typeof value !== "object") {
    throw new UserError(at([], `Cannot read the file as rows: it is ${kindOf(value)}`));
  }
  if (list !== undefined) {
    throw new UserError(at([], `Cannot find a list at ${quoted(list)} of the file`, shown));
  }
  throw new UserError(
    at(
      [],
      "Cannot read the file as rows: it is an object",
      `declare the key of the list, such as \`list: predictions\`, or \`lines: true\` for an ` +
        `object a line; ${shown}`,
    ),
  );
}

function kindOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  return typeof value === "string" ? "a text" : `the ${typeof value} ${value}`;
}

function quoted(key: string): string {
  return `"${key}"`;
}
