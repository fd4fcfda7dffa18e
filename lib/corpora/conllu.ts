/**
 * Reads CoNLL-U (Universal Dependencies): ten columns with tabs between, of which the word and its
 * universal part of speech are taken.
 *
 * @module
 */
import type { TagSet } from "./tagged.ts";
import {
  type ReadSplit,
  readTaggedLines,
  type TaggedLine,
  taggedLinesDefaults,
  type TaggedLinesOptions,
} from "./tagged_lines.ts";
import { otherLineBreak } from "./text_lines.ts";

/** How words of a CoNLL-U file are to be taken. */
export type ConlluOptions = Pick<TaggedLinesOptions, "repair" | "normalize">;

/** What holds for a CoNLL-U file where the catalogue says nothing else. */
export const conlluDefaults: ConlluOptions = { repair: [] };

const columnCount = 10;

/**
 * Reads a CoNLL-U file. Comments, words of several tokens (`1-2`) and empty nodes (`1.1`) are left
 * out; the two latter are noted.
 *
 * @param file the name that errors show
 * @throws {UserError} naming file:line:column for every line that has not ten columns, an index
 * that does not follow, or another part of speech
 */
export function readConllu(
  bytes: Uint8Array,
  file: string,
  tagSet: TagSet,
  options: ConlluOptions,
): ReadSplit {
  let before = 0;
  return readTaggedLines(
    bytes,
    file,
    tagSet,
    { ...taggedLinesDefaults, ...options },
    (line, _number, isFirst) => {
      if (isFirst) before = 0;
      const parsed = parseLine(line, before);
      if (parsed.kind === "word") before++;
      return parsed;
    },
  );
}

/** @param before the index of the word before, 0 at the start of a sentence */
function parseLine(line: string, before: number): TaggedLine {
  if (line.startsWith("#")) return { kind: "leftOut", endsSentence: false };
  const columns = line.split("\t");
  const problem = (message: string, column = 1, length = line.length): TaggedLine => ({
    kind: "problem",
    message,
    column,
    length,
  });
  if (columns.length !== columnCount) {
    return problem(`Cannot read ${columns.length} columns with tabs between: CoNLL-U has 10`);
  }
  const [index, token, , tag] = columns;
  const otherColumns = columns.toSpliced(1, 1).join("\t");
  if (otherLineBreak.test(otherColumns)) {
    return problem("Cannot read this line: a line separator stands outside of a word");
  }
  if (/^\d+[-.]\d+$/.test(index)) {
    return { kind: "leftOut", oddity: "skippedIndex", endsSentence: false };
  }
  if (index !== String(before + 1)) {
    const message = `Cannot use the index "${index}" here: ${before + 1} must follow`;
    return problem(message, 1, index.length);
  }
  const tagColumn = index.length + token.length + columns[2].length + 4;
  return { kind: "word", token, tag, tagColumn };
}
