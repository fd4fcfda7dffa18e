/**
 * Reads labelled texts, or pairs of them, from CSV (RFC 4180) with a header.
 *
 * @module
 */
import { CsvError, parse } from "csv-parse/sync";
import { type Problem, UserError } from "../core/errors.ts";
import { suggest } from "../core/suggest.ts";
import { type Oddity, OddityLog } from "./oddity_log.ts";
import { decodeText, type TextEncoding } from "./text_encoding.ts";
import { noteText } from "./words.ts";

/** A text, or a pair of texts, and its label. */
export interface LabelledText {
  readonly text: string;
  readonly second: string | null;
  readonly label: string;
}

/** What a reader makes of one split. */
export interface ReadTexts {
  readonly texts: LabelledText[];
  readonly oddities: Oddity[];
}

/** How a CSV file is to be taken. */
export interface CsvOptions {
  readonly separator: "comma" | "tab" | "semicolon";
  readonly encoding: TextEncoding;
  /** The names of the columns. */
  readonly text: string;
  readonly second?: string;
  readonly label: string;
}

/** What holds for a CSV file where the catalogue says nothing else. */
export const csvDefaults: CsvOptions = {
  separator: "comma",
  encoding: "utf-8",
  text: "text",
  label: "label",
};

const delimiters = { comma: ",", tab: "\t", semicolon: ";" } as const;
const problemsShown = 5;

interface ParsedRow {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/**
 * Reads a CSV file. Columns that are not declared are left out.
 *
 * @param file the name that errors show
 * @throws {UserError} naming file:line for what is no CSV, a column that is not there, and labels
 * that the corpus does not have (the first five)
 */
export function readCsvTexts(
  bytes: Uint8Array,
  file: string,
  labels: readonly string[],
  options: CsvOptions,
): ReadTexts {
  const log = new OddityLog();
  const decoded = decodeText(bytes, file, options.encoding);
  if (decoded.startsWith("\uFEFF")) log.note("byteOrderMark", "dropped", 1, "U+FEFF");
  const source = decoded.replace(/^\uFEFF/, "");
  const lineTexts = source.split(/\r\n|\r|\n/);
  const at = (line: number, message: string, hint?: string): Problem => {
    const lineText = lineTexts[line - 1] ?? "";
    return { message, hint, range: { file, line, column: 1, length: lineText.length, lineText } };
  };
  const [header, ...rows] = parseRows(source, options, at);
  if (header === undefined) return { texts: [], oddities: log.oddities() };
  const find = (name: string) => {
    const place = header.record.indexOf(name);
    if (place >= 0 && header.record.lastIndexOf(name) === place) return place;
    const names = header.record.map((each) => `"${each}"`).join(", ");
    throw new UserError(
      at(1, `Cannot find one column "${name}" in the header`, `its columns are ${names}`),
    );
  };
  const columns = {
    text: find(options.text),
    second: options.second === undefined ? undefined : find(options.second),
    label: find(options.label),
  };
  const known = new Set(labels);
  const problems: Problem[] = [];
  const texts: LabelledText[] = [];
  let wrong = 0;
  // `lines` of the parser is the line on which a record ends.
  let line = header.info.lines;
  for (const { record, info } of rows) {
    const first = Math.min(line + 1, info.lines);
    line = info.lines;
    const label = record[columns.label];
    if (!known.has(label)) {
      if (++wrong > problemsShown) continue;
      const message = `Cannot use the label "${label}": this corpus has ${labels.join(", ")}`;
      problems.push(at(first, message, suggest(label.slice(0, 100), labels)));
      continue;
    }
    const second = columns.second === undefined ? null : record[columns.second];
    for (const text of second === null ? [record[columns.text]] : [record[columns.text], second]) {
      noteText(text, first, log);
    }
    texts.push({ text: record[columns.text], second, label });
  }
  if (wrong > problemsShown) {
    problems.push({ message: `… and ${wrong - problemsShown} more such lines in ${file}` });
  }
  if (problems.length > 0) throw new UserError(problems);
  return { texts, oddities: log.oddities() };
}

function parseRows(
  source: string,
  { separator }: CsvOptions,
  at: (line: number, message: string, hint?: string) => Problem,
): ParsedRow[] {
  try {
    return parse(source, {
      delimiter: delimiters[separator],
      record_delimiter: ["\r\n", "\n", "\r"],
      skip_empty_lines: true,
      info: true,
    }) as unknown as ParsedRow[];
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const line = Number((cause as { lines?: unknown }).lines);
    const what = cause.message.split("\n")[0];
    throw new UserError(at(line || 1, `Cannot read the file as CSV: ${what}`), { cause });
  }
}
