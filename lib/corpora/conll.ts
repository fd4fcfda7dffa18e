/**
 * Reads column files in the tradition of CoNLL: a word first, its tag last, a blank line between
 * sentences.
 *
 * @module
 */
import {
  type ReadSplit,
  readTaggedLines,
  type TaggedLine,
  type TaggedLinesOptions,
} from "./tagged_lines.ts";

/** How a column file is laid out. */
export interface ConllOptions extends TaggedLinesOptions {
  separator: "space" | "tab";
}

/** What holds for a column file where the catalogue says nothing else. */
export const conllDefaults: ConllOptions = {
  separator: "space",
  encoding: "utf-8",
  scheme: "iob2",
  missingTags: "error",
  repairMojibake: false,
};

/**
 * Reads a column file. All lines must have as many columns as the first one with two or more;
 * those between word and tag (lemma, part of speech, chunk) are left out. `-DOCSTART-` lines end a
 * sentence. White space at the end of a line is ignored, at its start it is an empty word.
 *
 * @param file the name that errors show
 * @throws {UserError} naming file:line:column for every line that cannot be read (the first five)
 */
export function readConll(
  bytes: Uint8Array,
  file: string,
  entityTypes: readonly string[],
  options: ConllOptions,
): ReadSplit {
  const [separator, other] = options.separator === "tab" ? ["\t", "space"] : [" ", "tab"];
  let expected: { columns: number; line: number } | undefined;
  return readTaggedLines(bytes, file, entityTypes, options, (line, number): TaggedLine => {
    const columns = line.split(separator);
    if (columns[0] === "-DOCSTART-") return { kind: "marker" };
    const [token] = columns;
    if (columns.length === 1) {
      return line.includes(other === "tab" ? "\t" : " ")
        ? {
          kind: "problem",
          message:
            `Cannot find a ${options.separator} between word and tag: declare \`separator: ${other}\` in data/sources.yaml if this file has it`,
          column: 1,
          length: line.length,
        }
        : { kind: "word", token, tagColumn: 1 };
    }
    expected ??= { columns: columns.length, line: number };
    if (columns.length !== expected.columns) {
      return {
        kind: "problem",
        message:
          `Cannot read ${columns.length} columns separated by a ${options.separator}: line ${expected.line} has ${expected.columns}`,
        column: 1,
        length: line.length,
      };
    }
    const tag = columns[columns.length - 1];
    return { kind: "word", token, tag, tagColumn: line.length - tag.length + 1 };
  });
}
