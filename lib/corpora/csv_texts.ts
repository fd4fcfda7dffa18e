/**
 * Reads labelled texts, or pairs of them, from CSV (RFC 4180) and from tables without quoting.
 *
 * @module
 */
import { CsvError, parse } from "csv-parse/sync";
import { type Problem, UserError } from "../core/errors.ts";
import { type LabelOptions, type ReadTexts, TextRows } from "./labelled_texts.ts";
import { decodeText, type TextEncoding } from "./text_encoding.ts";

/** A column: its number from 1, or its name in the header. */
export type TextColumn = string | number;

/** How a CSV file is to be taken. */
export interface CsvOptions extends LabelOptions {
  readonly separator: "comma" | "tab" | "semicolon";
  /** Whether columns may be in double quotes; else a double quote is a character like others. */
  readonly quotes: boolean;
  /** Whether the first line names the columns. */
  readonly header: boolean;
  readonly encoding: TextEncoding;
  readonly text: TextColumn;
  readonly second?: TextColumn;
  readonly label: TextColumn;
  /** Where a file has several languages, the column of their codes. */
  readonly language?: TextColumn;
}

/** What holds for a CSV file where the catalogue says nothing else. */
export const csvDefaults: CsvOptions = {
  separator: "comma",
  quotes: true,
  header: true,
  encoding: "utf-8",
  text: "text",
  label: "label",
};

const delimiters = { comma: ",", tab: "\t", semicolon: ";" } as const;

interface ParsedRow {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

type At = (line: number, message: string, hint?: string) => Problem;

/**
 * Reads a CSV file. Columns that are not declared are left out.
 *
 * @param file the name that errors show
 * @param language whose rows are read, where the options name a column of languages
 * @throws {UserError} naming file:line for what is no CSV, a column or a language that is not
 * there, and labels that the corpus does not have (the first five)
 */
export function readCsvTexts(
  bytes: Uint8Array,
  file: string,
  labels: readonly string[],
  options: CsvOptions,
  language?: string,
): ReadTexts {
  const texts = new TextRows(labels, options);
  const decoded = decodeText(bytes, file, options.encoding);
  if (decoded.startsWith("\uFEFF")) texts.log.note("byteOrderMark", "dropped", 1, "U+FEFF");
  const source = decoded.replace(/^\uFEFF/, "");
  const lineTexts = source.split(/\r\n|\r|\n/);
  const at: At = (line, message, hint) => {
    const lineText = lineTexts[line - 1] ?? "";
    return { message, hint, range: { file, line, column: 1, length: lineText.length, lineText } };
  };
  const rows = parseRows(source, options, at);
  if (rows.length === 0) return texts.finish(file);
  const columns = columnsOf(rows[0], options, at);
  // `lines` of the parser is the line on which a record ends.
  let line = options.header ? rows[0].info.lines : 0;
  const others = new Set<string>();
  let own = 0;
  for (const { record, info } of options.header ? rows.slice(1) : rows) {
    const first = Math.min(line + 1, info.lines);
    line = info.lines;
    if (columns.language !== undefined && record[columns.language] !== language) {
      others.add(record[columns.language]);
      continue;
    }
    own++;
    if (options.separator === "tab" && record.some(swallowsRows)) {
      texts.log.note("quotedRows", "kept", first, record.find(swallowsRows)!);
    }
    texts.add({
      text: record[columns.text],
      second: columns.second === undefined ? null : record[columns.second],
      label: record[columns.label],
      line: first,
      at: (message, hint) => at(first, message, hint),
    });
  }
  if (own === 0 && others.size > 0) throw new UserError(missingLanguage(language, others, at));
  return texts.finish(file);
}

/** Whether a column holds what looks like rows: a double quote that is none opened it. */
function swallowsRows(column: string): boolean {
  return column.includes("\t") && /[\r\n]/.test(column);
}

/** Where the columns stand in a record, from 0. */
function columnsOf({ record: first, info }: ParsedRow, options: CsvOptions, at: At) {
  const shown = first.map((each) => `"${each}"`).join(", ");
  const find = (column: TextColumn): number => {
    if (typeof column === "number") {
      if (column <= first.length) return column - 1;
      throw new UserError(
        at(info.lines, `Cannot find column ${column}: the file has ${first.length}`),
      );
    }
    const place = options.header ? first.indexOf(column) : -1;
    if (place >= 0 && first.lastIndexOf(column) === place) return place;
    const message = `Cannot find one column "${column}" in the header`;
    throw new UserError(at(1, message, `its columns are ${shown}`));
  };
  const { text, second, label, language } = options;
  const columns = {
    text: find(text),
    second: second === undefined ? undefined : find(second),
    label: find(label),
    language: language === undefined ? undefined : find(language),
  };
  const places = Object.values(columns).filter((place) => place !== undefined);
  if (new Set(places).size === places.length) return columns;
  throw new UserError(
    at(info.lines, "Cannot read one column as two", "name another column for each in its options"),
  );
}

/** What is wrong where no row is of the language. */
function missingLanguage(language = "", others: ReadonlySet<string>, at: At): Problem {
  const shown = [...others].slice(0, 20).map((each) => `"${each}"`).join(", ");
  return at(1, `Cannot find rows of the language "${language}"`, `its rows are of ${shown}`);
}

function parseRows(source: string, { separator, quotes }: CsvOptions, at: At): ParsedRow[] {
  try {
    return parse(source, {
      delimiter: delimiters[separator],
      record_delimiter: ["\r\n", "\n", "\r"],
      quote: quotes ? '"' : false,
      skip_empty_lines: true,
      info: true,
    }) as unknown as ParsedRow[];
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const line = Number((cause as { lines?: unknown }).lines);
    const what = cause.message.split("\n")[0];
    const hint = quotes
      ? "declare `quotes: false` in data/sources.yaml where double quotes are ordinary characters"
      : "declare `quotes: true` in data/sources.yaml where columns are in double quotes";
    throw new UserError(at(line || 1, `Cannot read the file as CSV: ${what}`, hint), { cause });
  }
}
