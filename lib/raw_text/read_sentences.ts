/**
 * Reads the sentences, or the texts, of an input in any format.
 *
 * @module
 */
import { UserError } from "../core/errors.ts";
import { conllSentences } from "./conll_sentences.ts";
import { type CsvRow, csvRows, csvSentences } from "./csv_sentences.ts";
import { jsonRows, jsonSentences } from "./json_sentences.ts";
import { numberedLines } from "./numbered_lines.ts";
import { type PlainOptions, plainSentences } from "./plain_sentences.ts";
import type { RawFormat } from "./raw_formats.ts";
import type { DocumentPlace, RawSentence } from "./raw_sentence.ts";
import { textChunks } from "./text_chunks.ts";

/** How input is read. */
export interface ReadingOptions extends PlainOptions {
  readonly format: RawFormat;
  /** The column or field of the text or the words. */
  readonly column?: string;
  /** The column or field of the language of a text; `language` if left out. */
  readonly languageColumn?: string;
}

/** The column of languages where none is named. */
const usualLanguage = "language";

/**
 * The sentences of a stream, in order. Little of it is held at once.
 *
 * @param file the name that errors show
 * @throws {UserError} with its place for what is not of the format
 */
export function readSentences(
  stream: AsyncIterable<Uint8Array>,
  file: string,
  options: ReadingOptions,
): AsyncGenerator<RawSentence> {
  const { format, column, languageColumn: language = usualLanguage } = options;
  const chunks = textChunks(stream, file);
  switch (format) {
    case "text":
      return plainSentences(chunks, options);
    case "conll":
    case "conllu":
      return conllSentences(numberedLines(chunks, file), file, columnFile(options));
    case "jsonl":
      return jsonSentences(
        jsonRows(numberedLines(chunks, file), file, { text: column, language }),
        options,
      );
    case "csv":
    case "tsv":
      return csvSentences(tableRows(chunks, file, options), options);
  }
}

/**
 * The texts of a stream, which nothing cuts: lines of plain text, texts of JSON lines or a table, and
 * sentences of a column file with a space between words. Blank ones are left out.
 *
 * @param file the name that errors show
 * @throws {UserError} as {@linkcode readSentences} does
 */
export async function* readTexts(
  stream: AsyncIterable<Uint8Array>,
  file: string,
  options: ReadingOptions,
): AsyncGenerator<RawText> {
  const { format, column, languageColumn: language = usualLanguage } = options;
  const chunks = textChunks(stream, file);
  if (format === "text") {
    for await (const { text, number } of numberedLines(chunks, file)) {
      if (text.trim() !== "") yield { document: number - 1, text: text.trim() };
    }
  } else if (format === "jsonl") {
    const fields = { text: column, language };
    for await (const { place, value } of jsonRows(numberedLines(chunks, file), file, fields)) {
      const text = typeof value === "string" ? value : value.join(" ");
      if (text.trim() !== "") yield { ...place, text };
    }
  } else if (format === "csv" || format === "tsv") {
    for await (const { place, text } of tableRows(chunks, file, options)) {
      if (text.trim() !== "") yield { ...place, text };
    }
  } else {
    const sentences = conllSentences(numberedLines(chunks, file), file, columnFile(options));
    for await (const { document, text } of sentences) yield { document, text };
  }
}

/** A text, with its place in its input. */
export interface RawText extends DocumentPlace {
  readonly text: string;
}

function columnFile({ format, column, unit }: ReadingOptions) {
  const isUniversal = format === "conllu";
  return { column: columnNumber(column, isUniversal ? 2 : 1), unit, isUniversal };
}

function tableRows(
  chunks: AsyncIterable<string>,
  file: string,
  { format, column = "text", languageColumn: language = usualLanguage }: ReadingOptions,
): AsyncGenerator<CsvRow> {
  return csvRows(chunks, file, { separator: format === "csv" ? "," : "\t", column, language });
}

function columnNumber(column: string | undefined, usual: number): number {
  if (column === undefined) return usual;
  const number = Number(column);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new UserError({
    message: `Cannot use the column "${column}" of a CoNLL file: its columns have no names`,
    hint: "give the number of the column, from 1",
  });
}
