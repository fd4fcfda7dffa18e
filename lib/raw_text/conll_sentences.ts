/**
 * Sentences of column files in the tradition of CoNLL: a word a line, a blank line between sentences.
 *
 * @module
 */
import { UserError } from "../core/errors.ts";
import type { NumberedLine } from "./numbered_lines.ts";
import { type OffsetUnit, type RawSentence, sentenceOfWords } from "./raw_sentence.ts";

/** How column files are read. */
export interface ConllReading {
  /** The column of the words, from 1. */
  readonly column: number;
  readonly unit: OffsetUnit;
  /** Whether it is CoNLL-U: comments, and lines of several words or none, are no words. */
  readonly isUniversal: boolean;
}

/** Words in a sentence beyond which blank lines must be missing. */
const mostWords = 10_000;
/** The longest sentence that is held with all columns of its lines, in UTF-16 code units. */
const mostLength = 64 * 2 ** 20;

/**
 * The sentences; each is a document of its own. Columns stand between tabs where a line has one, else
 * between spaces; the lines of words are kept as they are.
 *
 * @param file the name that errors show
 * @throws {UserError} naming file:line:column for a line without a word, and for a sentence without
 * an end
 */
export async function* conllSentences(
  lines: AsyncIterable<NumberedLine>,
  file: string,
  { column, unit, isUniversal }: ConllReading,
): AsyncGenerator<RawSentence> {
  let words: string[] = [], kept: string[] = [], length = 0, document = 0;
  const fail = ({ text, number }: NumberedLine, message: string, hint: string): never => {
    throw new UserError({
      message,
      range: { file, line: number, column: 1, length: text.length, lineText: text },
      hint,
    });
  };
  for await (const line of lines) {
    const { text } = line;
    const isBlank = text.trim() === "";
    if (isBlank || text.startsWith("-DOCSTART-")) {
      if (words.length > 0) {
        yield sentenceOfWords(words, { document: document++, sentence: 0, lines: kept }, unit);
      }
      [words, kept, length] = [[], [], 0];
      continue;
    }
    if (isUniversal && (text.startsWith("#") || /^\d+[-.]\d+\t/.test(text))) continue;
    const columns = text.includes("\t") ? text.split("\t") : text.split(/ +/);
    const word = columns[column - 1];
    if (word === undefined || word.trim() === "") {
      const count = columns.length === 1 ? "1 column" : `${columns.length} columns`;
      fail(
        line,
        `Cannot find a word in column ${column}: this line has ` +
          (word === undefined ? count : "none there"),
        "name the column of the words with --column, from 1",
      );
    }
    length += text.length;
    if (words.length === mostWords || length > mostLength) {
      fail(
        line,
        `Cannot use a sentence of more than ${
          length > mostLength ? `${mostLength} characters` : `${mostWords} words`
        }`,
        "put a blank line between sentences, or give plain text with --from text",
      );
    }
    words.push(word);
    kept.push(text);
  }
  if (words.length > 0) {
    yield sentenceOfWords(words, { document, sentence: 0, lines: kept }, unit);
  }
}
