/**
 * Reads column files in the tradition of CoNLL: one word a line with its tag, a blank line between
 * sentences. Which column is which is declared.
 *
 * @module
 */
import { columnPlace, hasSeparator, mostColumns, splitColumns } from "./column_layout.ts";
import type { ColumnName, ConllOptions } from "./conll_options.ts";
import { guessLayout } from "./guess_layout.ts";
import { tagsOfScheme } from "./tag_schemes.ts";
import type { TagSet } from "./tagged.ts";
import { type ReadSplit, readTaggedLines, type TaggedLine, trimLineEnd } from "./tagged_lines.ts";
import { otherLineBreak } from "./text_lines.ts";

/**
 * Reads a column file. All lines must have as many columns as the first one with two or more;
 * those that are not declared are left out. `-DOCSTART-` lines end a sentence. White space at the
 * end of a line is ignored, at its start it is an empty word.
 *
 * @param file the name that errors show
 * @throws {UserError} naming file:line:column for every line that cannot be read (the first five)
 */
export function readConll(
  bytes: Uint8Array,
  file: string,
  tagSet: TagSet,
  options: ConllOptions,
): ReadSplit {
  const reader = new ColumnReader(tagSet, options);
  return readTaggedLines(
    bytes,
    file,
    tagSet,
    options,
    (line, number, isFirst) => reader.read(line, number, isFirst),
    (lines) => guessLayout(lines, tagSet, options),
  );
}

interface Columns {
  readonly token: number;
  /** Undefined for the last one. */
  readonly tag?: number;
  readonly index?: number;
  readonly flags?: number;
}

type Failure = Extract<TaggedLine, { kind: "problem" }>;

class ColumnReader {
  readonly #options: ConllOptions;
  readonly #known: ReadonlySet<string>;
  /** Whether a tag may stand before empty columns, so that tabs at the end count. */
  readonly #keepsEnd: boolean;
  readonly #needsHeader: boolean;
  #columns?: Columns;
  #expected?: { count: number; line: number };
  #index = 0;

  constructor(tagSet: TagSet, options: ConllOptions) {
    this.#options = options;
    this.#known = new Set([
      ...tagSet.tags ?? tagsOfScheme(options.scheme, tagSet.entityTypes),
      ...options.outside,
    ]);
    const { token, tag, index, sentences } = options;
    const flags = typeof sentences === "object" && "afterFlag" in sentences
      ? sentences.column
      : undefined;
    const declared = [token, tag, index, flags];
    this.#keepsEnd = tag !== undefined || flags !== undefined || options.header;
    this.#needsHeader = options.header || declared.some((name) => typeof name === "string");
    if (!this.#needsHeader) this.#columns = this.#locate((name) => Number(name) - 1);
  }

  read(line: string, number: number, isFirst: boolean): TaggedLine {
    const { comments } = this.#options;
    const isComment = comments !== undefined && line.startsWith(comments);
    if (isComment && !this.#isWord(line)) {
      return { kind: "leftOut", oddity: "commentLine", endsSentence: false };
    }
    const columns = this.#split(line);
    if (this.#columns === undefined) return this.#readHeader(columns, line, number);
    const { token } = this.#columns;
    if (columns[0] === "-DOCSTART-" || columns[token] === "-DOCSTART-") {
      return { kind: "leftOut", oddity: "documentMarker", endsSentence: true };
    }
    const wrong = this.#wrongColumns(columns, line, number) ?? wrongBreak(columns, token, line);
    if (wrong) return wrong;
    const place = this.#readIndex(columns, line, isFirst);
    if ("kind" in place) return place;
    const tagAt = this.#columns.tag ?? columns.length - 1;
    const tag = columns.length > 1 ? columns[tagAt] : undefined;
    return {
      kind: "word",
      token: columns[token],
      tag: tag === "" && this.#options.missingTags === "outside" ? undefined : tag,
      tagColumn: tag === undefined ? 1 : columnPlace(line, columns, tagAt),
      starts: place.starts,
      ends: this.#endsSentence(columns),
      oddity: isComment ? "commentLikeWord" : undefined,
    };
  }

  #split(line: string): string[] {
    const columns = splitColumns(line, this.#options, this.#keepsEnd);
    if (!this.#keepsEnd) return columns;
    // Tabs beyond the columns that there are stand before nothing.
    const count = this.#expected?.count ?? Infinity;
    while (columns.length > count && columns[columns.length - 1] === "") columns.pop();
    return columns;
  }

  #readHeader(names: readonly string[], line: string, number: number): TaggedLine {
    const missing: string[] = [];
    this.#columns = this.#locate((name) => {
      if (typeof name === "number") return name - 1;
      const at = names.indexOf(name);
      if (at < 0 || names.lastIndexOf(name) !== at) missing.push(name);
      return at;
    });
    this.#expected = { count: names.length, line: number };
    if (missing.length > 0) {
      const named = names.map((name) => `"${name}"`).join(", ");
      return problemOf(
        line,
        `Cannot find one column "${missing[0]}" in the header`,
        `its columns are ${named}`,
      );
    }
    const name = names[this.#columns.tag ?? names.length - 1];
    if (names.length > 1 && this.#known.has(name)) {
      return problemOf(
        line,
        `Cannot take a line with the tag "${name}" for a header: its word would be lost`,
        "leave `header` out in data/sources.yaml if the file has none",
      );
    }
    return { kind: "leftOut", endsSentence: false };
  }

  #locate(find: (name: ColumnName) => number): Columns {
    const { token, tag, index, sentences } = this.#options;
    const flags = typeof sentences === "object" && "afterFlag" in sentences
      ? sentences.column
      : undefined;
    const optional = (name?: ColumnName) => name === undefined ? undefined : find(name);
    return {
      token: find(token ?? 1),
      tag: optional(tag),
      index: optional(index),
      flags: optional(flags),
    };
  }

  #wrongColumns(columns: readonly string[], line: string, number: number): Failure | undefined {
    const { separator, splitAt } = this.#options;
    const problem = (message: string) => problemOf(line, message);
    const { token, tag = 0, index = 0, flags = 0 } = this.#columns!;
    const last = this.#columns!.tag ?? columns.length - 1;
    if (columns.length > 1 && last === token) {
      return problem(`Cannot take column ${token + 1} for both the word and the tag`);
    }
    const needed = Math.max(token, tag, index, flags) + 1;
    if (columns.length === 1 && needed <= 1) {
      const other = (["tab", "space"] as const).find((each) =>
        each !== separator && hasSeparator(trimLineEnd(line), each)
      );
      return other && problem(
        `Cannot find a ${separator} between word and tag: declare \`separator: ${other}\` in data/sources.yaml if this file has it`,
      );
    }
    if (columns.length > mostColumns) {
      return problem(`Cannot read more than ${mostColumns} columns`);
    }
    if (columns.length < needed) {
      return problem(
        `Cannot find column ${needed} as there are ${columns.length}, separated by ${separator}`,
      );
    }
    if (splitAt !== "every") return undefined;
    this.#expected ??= { count: columns.length, line: number };
    const { count, line: first } = this.#expected;
    return columns.length === count ? undefined : problem(
      `Cannot read ${columns.length} columns separated by a ${separator}: line ${first} has ${count}`,
    );
  }

  #readIndex(
    columns: readonly string[],
    line: string,
    isFirst: boolean,
  ): { starts: boolean } | TaggedLine {
    const at = this.#columns!.index;
    if (at === undefined) return { starts: false };
    const text = columns[at];
    if (/^\d+[-.]\d+$/.test(text)) {
      return { kind: "leftOut", oddity: "skippedIndex", endsSentence: false };
    }
    const index = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    const begins = index === 0 || index === 1;
    const follows = !isFirst && index === this.#index + 1;
    const starts = !follows && begins && this.#options.sentences === "index";
    if (follows || starts || isFirst && begins) {
      this.#index = index;
      return { starts };
    }
    this.#index = Number.isNaN(index) ? this.#index + 1 : index;
    const hint = "declare `sentences: index` in data/sources.yaml if there are no blank lines";
    return {
      kind: "problem",
      message: isFirst
        ? `Cannot begin a sentence with the index "${text}": it must be 0 or 1`
        : `Cannot use the index "${text}" here: it does not follow the one before`,
      column: columnPlace(line, columns, at),
      length: text.length,
      hint: !isFirst && begins ? hint : undefined,
    };
  }

  #endsSentence(columns: readonly string[]): boolean {
    const { sentences } = this.#options;
    const { flags } = this.#columns!;
    if (flags === undefined || typeof sentences !== "object" || !("afterFlag" in sentences)) {
      return false;
    }
    return columns[flags].split("|").some((flag) => sentences.afterFlag.includes(flag));
  }

  /** Whether a line that begins like a comment has a word with a tag of the corpus. */
  #isWord(line: string): boolean {
    if (this.#columns === undefined) return false;
    const columns = this.#split(line);
    const { tag = columns.length - 1, index } = this.#columns;
    const count = this.#expected?.count ?? columns.length;
    return columns.length > 1 && columns.length === count && this.#known.has(columns[tag]) &&
      (index === undefined || /^\d+$/.test(columns[index]));
  }
}

/** A problem of a line as a whole. */
function problemOf(line: string, message: string, hint?: string): Failure {
  return { kind: "problem", message, column: 1, length: trimLineEnd(line).length, hint };
}

/** A character that others take for a line break may stand in a word, and nowhere else. */
function wrongBreak(
  columns: readonly string[],
  token: number,
  line: string,
): Failure | undefined {
  if (!otherLineBreak.test(line)) return undefined;
  const at = columns.findIndex((column, i) => i !== token && otherLineBreak.test(column));
  if (at < 0) return undefined;
  const [character] = columns[at].match(otherLineBreak)!;
  const name = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
  const hint = "if it is meant as a line break, end lines with LF or CR LF instead";
  const message = `Cannot read this line: U+${name} stands outside of a word`;
  return { ...problemOf(line, message, hint), column: line.indexOf(character) + 1, length: 1 };
}
