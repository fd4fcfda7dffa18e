/**
 * Sentences of a column of a table: CSV (RFC 4180), or tabs.
 *
 * @module
 */
import { CsvError, parse } from "csv-parse";
import { Readable } from "node:stream";
import { UserError } from "../core/errors.ts";
import { type PlainOptions, plainSentences } from "./plain_sentences.ts";
import type { DocumentPlace, RawSentence } from "./raw_sentence.ts";

/** How a table is read. */
export interface CsvReading {
  readonly separator: "," | "\t";
  /** The name of the column of the texts, or its number from 1. */
  readonly column: string;
  /** The name of the column of their languages, which not every table has. */
  readonly language: string;
}

/** A row of a table. */
export interface CsvRow {
  readonly place: DocumentPlace;
  readonly text: string;
}

/** A cell longer than this is refused, in UTF-16 code units. */
const mostLength = 16 * 2 ** 20;

/** The sentences of every row's text. A row is a document. */
export async function* csvSentences(
  rows: AsyncIterable<CsvRow>,
  options: PlainOptions,
): AsyncGenerator<RawSentence> {
  for await (const { place, text } of rows) yield* plainSentences([text], options, place);
}

/**
 * The rows of a table; the first names the columns, and a column `id` is kept.
 *
 * @param file the name that errors show
 * @throws {UserError} naming the line for what is no table, or has no such column
 */
export async function* csvRows(
  chunks: AsyncIterable<string>,
  file: string,
  { separator, column, language }: CsvReading,
): AsyncGenerator<CsvRow> {
  const source = Readable.from(chunks, { objectMode: true });
  const parser = source.pipe(parse({
    delimiter: separator,
    bom: true,
    quote: separator === "\t" ? null : '"',
    skip_empty_lines: true,
    max_record_size: mostLength,
  }));
  source.on("error", (error) => parser.destroy(error));
  let at: number | undefined, ids = -1, languages = -1, document = 0;
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      if (at === undefined) {
        at = columnOf(record, column, file);
        [ids, languages] = [record.indexOf("id"), record.indexOf(language)];
        continue;
      }
      const place = {
        document: document++,
        ...ids < 0 ? {} : { id: record[ids] },
        ...languages < 0 || record[languages] === "" ? {} : { language: record[languages] },
      };
      yield { place, text: record[at] };
    }
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const { lines } = cause as { lines?: number };
    throw new UserError({
      message: `Cannot read line ${lines ?? 1} of "${file}" as a table: ${cause.message}`,
      hint: "the table must be CSV (RFC 4180) with as many columns in every row, or --from tsv",
    }, { cause });
  }
}

function columnOf(header: readonly string[], column: string, file: string): number {
  const named = header.indexOf(column);
  if (named >= 0) return named;
  const number = Number(column);
  if (Number.isInteger(number) && number >= 1 && number <= header.length) return number - 1;
  throw new UserError({
    message: `Cannot find the column "${column}"`,
    range: { file, line: 1, column: 1, length: 1, lineText: header.join(" | ") },
    hint: "name the column of the texts with --column: its name in the first line, or its number",
  });
}
