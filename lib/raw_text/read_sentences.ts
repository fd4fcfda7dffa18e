/**
 * Reads the sentences of an input in any format.
 *
 * @module
 */
import { UserError } from "../core/errors.ts";
import { conllSentences } from "./conll_sentences.ts";
import { csvSentences } from "./csv_sentences.ts";
import { jsonSentences } from "./json_sentences.ts";
import { numberedLines } from "./numbered_lines.ts";
import { type PlainOptions, plainSentences } from "./plain_sentences.ts";
import type { RawFormat } from "./raw_formats.ts";
import type { RawSentence } from "./raw_sentence.ts";
import { textChunks } from "./text_chunks.ts";

/** How input is read. */
export interface ReadingOptions extends PlainOptions {
  readonly format: RawFormat;
  /** The column or field of the text or the words. */
  readonly column?: string;
}

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
  const { format, column } = options;
  const chunks = textChunks(stream, file);
  switch (format) {
    case "text":
      return plainSentences(chunks, options);
    case "conll":
    case "conllu":
      return conllSentences(numberedLines(chunks, file), file, {
        column: columnNumber(column, format === "conllu" ? 2 : 1),
        unit: options.unit,
        isUniversal: format === "conllu",
      });
    case "jsonl":
      return jsonSentences(numberedLines(chunks, file), file, column, options);
    case "csv":
    case "tsv":
      return csvSentences(chunks, file, {
        separator: format === "csv" ? "," : "\t",
        column: column ?? "text",
      }, options);
  }
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
