/**
 * Reads raw text: a sentence a line, words by white space, no tags.
 *
 * @module
 */
import { type Problem, UserError } from "../core/errors.ts";
import { OddityLog } from "./oddity_log.ts";
import { mostSentenceWords } from "./sentence_rules.ts";
import type { TaggedSentence } from "./tagged.ts";
import type { ReadSplit } from "./tagged_lines.ts";
import type { TextEncoding } from "./text_encoding.ts";
import { decodeLines, otherLineBreak } from "./text_lines.ts";
import { mendWord, type WordOptions } from "./words.ts";

/** How raw text is to be taken. */
export interface RawTextOptions extends WordOptions {
  readonly encoding: TextEncoding;
}

/** What holds for raw text where nothing else is said. */
export const rawTextDefaults: RawTextOptions = {
  encoding: "utf-8",
  repairMojibake: false,
  repair: [],
};

/** White space, and the one line break of Unicode that is none (NEL). */
const betweenWords = /[\s\x85]+/u;

const problemsShown = 5;

/**
 * Reads raw text. A line without words is no sentence. Sentences have no tags: `tags` is empty.
 *
 * @param file the name that errors show
 * @throws {UserError} naming file:line:column when the file is no text, and for lines that are
 * longer than any sentence (the first five)
 */
export function readRawText(
  bytes: Uint8Array,
  file: string,
  { encoding, ...options }: RawTextOptions,
): ReadSplit {
  const log = new OddityLog();
  const sentences: TaggedSentence[] = [];
  const problems: Problem[] = [];
  let wrong = 0;
  decodeLines(bytes, file, encoding, log).forEach((lineText, i) => {
    const line = i + 1;
    const words = lineText.split(betweenWords).filter((word) => word !== "");
    if (words.length === 0) return;
    if (words.length > mostSentenceWords) {
      if (++wrong > problemsShown) return;
      problems.push({
        message: `Cannot use a sentence of ${words.length} words`,
        range: { file, line, column: 1, length: lineText.length, lineText },
        hint: "put one sentence on a line",
      });
      return;
    }
    const odd = otherLineBreak.exec(lineText);
    if (odd) log.note("lineBreakInside", "kept", line, codePoint(odd[0]));
    sentences.push({ tokens: words.map((word) => mendWord(word, line, options, log)), tags: [] });
  });
  if (wrong > problemsShown) {
    problems.push({ message: `… and ${wrong - problemsShown} more such lines in ${file}` });
  }
  if (problems.length > 0) throw new UserError(problems);
  return { sentences, oddities: log.oddities() };
}

function codePoint(character: string): string {
  return `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}
