/**
 * Sentences of JSON lines: an object with a text, or with words, a line.
 *
 * @module
 */
import { messageOf, UserError } from "../core/errors.ts";
import type { NumberedLine } from "./numbered_lines.ts";
import { type PlainOptions, plainSentences } from "./plain_sentences.ts";
import { type RawSentence, sentenceOfWords } from "./raw_sentence.ts";

/** Fields that hold a text or words, where none is named. */
const usualFields = ["text", "tokens", "words", "sentence"];

/**
 * The sentences of every object; a field `id` is kept. Words in a list stay as they are.
 *
 * @param file the name that errors show
 * @param field the field of the text or the words; a usual one if left out
 * @throws {UserError} naming file:line:column for what is no such object
 */
export async function* jsonSentences(
  lines: AsyncIterable<NumberedLine>,
  file: string,
  field: string | undefined,
  options: PlainOptions,
): AsyncGenerator<RawSentence> {
  let document = 0;
  for await (const line of lines) {
    if (line.text.trim() === "") continue;
    const { value, id } = valueIn(line, file, field);
    const place = { document: document++, ...id === undefined ? {} : { id } };
    if (typeof value === "string") yield* plainSentences([value], options, place);
    else if (value.length > 0) {
      yield sentenceOfWords(value, { ...place, sentence: 0 }, options.unit);
    }
  }
}

function valueIn(
  { text, number }: NumberedLine,
  file: string,
  field: string | undefined,
): { value: string | readonly string[]; id?: string | number } {
  const fail = (message: string, hint?: string, column = 1, cause?: unknown): never => {
    const range = { file, line: number, column, length: 1, lineText: text };
    throw new UserError({ message, range, hint }, { cause });
  };
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
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
  return {
    value: value as string | string[],
    ...typeof id === "string" || typeof id === "number" ? { id } : {},
  };
}
