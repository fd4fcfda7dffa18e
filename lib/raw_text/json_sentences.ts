/**
 * Sentences of JSON lines: an object with a text, or with words, a line.
 *
 * @module
 */
import { messageOf, UserError } from "../core/errors.ts";
import { parseSmallJson } from "../core/small_file.ts";
import type { NumberedLine } from "./numbered_lines.ts";
import { type PlainOptions, plainSentences } from "./plain_sentences.ts";
import { type DocumentPlace, type RawSentence, sentenceOfWords } from "./raw_sentence.ts";

/** Fields that hold a text or words, where none is named. */
const usualFields = ["text", "tokens", "words", "sentence"];

/** The fields of objects that are read. */
export interface JsonFields {
  /** That of the text or the words; a usual one if left out. */
  readonly text?: string;
  /** That of the language, which not every object has. */
  readonly language: string;
}

/** What an object says. */
export interface JsonRow {
  readonly place: DocumentPlace;
  /** A text, or words. */
  readonly value: string | readonly string[];
}

/**
 * The objects of an input; a field `id` is kept.
 *
 * @param file the name that errors show
 * @throws {UserError} naming file:line:column for what is no such object
 */
export async function* jsonRows(
  lines: AsyncIterable<NumberedLine>,
  file: string,
  fields: JsonFields,
): AsyncGenerator<JsonRow> {
  let document = 0;
  for await (const line of lines) {
    if (line.text.trim() === "") continue;
    const { value, ...said } = valueIn(line, file, fields);
    yield { place: { document: document++, ...said }, value };
  }
}

/** The sentences of every object. Words in a list stay as they are. */
export async function* jsonSentences(
  rows: AsyncIterable<JsonRow>,
  options: PlainOptions,
): AsyncGenerator<RawSentence> {
  for await (const { place, value } of rows) {
    if (typeof value === "string") yield* plainSentences([value], options, place);
    else if (value.length > 0) {
      yield sentenceOfWords(value, { ...place, sentence: 0 }, options.unit);
    }
  }
}

function valueIn(
  { text, number }: NumberedLine,
  file: string,
  { text: field, language: languageField }: JsonFields,
): { value: string | readonly string[] } & Omit<DocumentPlace, "document"> {
  const fail = (message: string, hint?: string, column = 1, cause?: unknown): never => {
    const range = { file, line: number, column, length: 1, lineText: text };
    throw new UserError({ message, range, hint }, { cause });
  };
  let parsed: unknown;
  try {
    parsed = parseSmallJson(text, "the line");
  } catch (error) {
    const { cause } = error as Error;
    if (cause === undefined) fail(messageOf(error)); // it is nested too deeply
    const at = Number(/position (\d+)/.exec(messageOf(cause))?.[1] ?? 0);
    fail(
      `Cannot read the line as JSON: ${messageOf(cause).split(" in JSON")[0]}`,
      "each line must be one object, such as " + '{"text": "Amina lives in Dodoma."}',
      at + 1,
      cause,
    );
  }
  if (parsed === null || typeof parsed !== "object" || Array.isArray(parsed)) {
    fail("Cannot read the line: it is no object", 'such as {"text": "Amina lives in Dodoma."}');
  }
  const object = parsed as Record<string, unknown>;
  const found = (field === undefined ? usualFields : [field])
    .find((name) => Object.hasOwn(object, name));
  if (found === undefined) {
    const keys = Object.keys(object).map((key) => `"${key}"`).join(", ") || "none";
    fail(
      `Cannot find ${
        field === undefined ? "a text" : `the field "${field}"`
      }: the fields are ${keys}`,
      "name the field of the text, or of the list of words, with --column",
    );
  }
  const value = object[found!];
  const isWords = Array.isArray(value) && value.every((word) => typeof word === "string");
  if (typeof value !== "string" && !isWords) {
    fail(`Cannot read the field "${found}": it is neither a text nor a list of words`);
  }
  const { id } = object;
  const language = Object.hasOwn(object, languageField) ? object[languageField] : undefined;
  return {
    value: value as string | string[],
    ...typeof id === "string" || typeof id === "number" ? { id } : {},
    ...typeof language === "string" && language !== "" ? { language } : {},
  };
}
