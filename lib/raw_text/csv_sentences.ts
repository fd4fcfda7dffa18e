/**
 * Sentences of a column of a table: CSV (RFC 4180), or tabs.
 *
 * @module
 */
import { CsvError, parse } from "csv-parse";
import { Readable } from "node:stream";
import { UserError } from "../core/errors.ts";
import { type PlainOptions, plainSentences } from "./plain_sentences.ts";
import type { RawSentence } from "./raw_sentence.ts";

/** How a table is read. */
export interface CsvReading {
  readonly separator: "," | "\t";
  /** The name of the column of the texts, or its number from 1. */
  readonly column: string;
}

/** A cell longer than this is refused, in UTF-16 code units. */
const mostLength = 16 * 2 ** 20;

/**
 * The sentences of every row's text; the first row names the columns. A row is a document.
 *
 * @param file the name that errors show
 * @throws {UserError} naming the line for what is no table, or has no such column
 */
export async function* csvSentences(
  chunks: AsyncIterable<string>,
  file: string,
  { separator, column }: CsvReading,
  options: PlainOptions,
): AsyncGenerator<RawSentence> {
  const source = Readable.from(chunks, { objectMode: true });
  const parser = source.pipe(parse({
    delimiter: separator,
    bom: true,
    quote: separator === "\t" ? null : '"',
    skip_empty_lines: true,
    max_record_size: mostLength,
  }));
  source.on("error", (error) => parser.destroy(error));
  let at: number | undefined, id: number | undefined, document = 0;
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      if (at === undefined) {
        at = columnOf(record, column, file);
        const found = record.indexOf("id");
        id = found < 0 ? undefined : found;
        continue;
      }
      const place = { document: document++, ...id === undefined ? {} : { id: record[id] } };
      yield* plainSentences([record[at]], options, place);
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
