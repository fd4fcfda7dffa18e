/**
 * Reads any text file with one word and its tag per line and a blank line between sentences,
 * whatever the lines look like.
 *
 * @module
 */
import { type Problem, UserError } from "../core/errors.ts";
import type { OddityKind } from "../table/schemas/oddity_kinds.ts";
import { type Oddity, OddityLog } from "./oddity_log.ts";
import {
  cutsOf,
  longSentenceHint,
  mostSentenceWords,
  type SentenceRule,
} from "./sentence_rules.ts";
import { hintForMissingTag, hintForTag } from "./tag_hints.ts";
import { type TagScheme, tagsOfScheme, toIob2 } from "./tag_schemes.ts";
import { continuationOf, type TaggedSentence, type TagSet } from "./tagged.ts";
import type { TextEncoding } from "./text_encoding.ts";
import { decodeLines } from "./text_lines.ts";
import { mendWord, splitSpaces, type WordOptions } from "./words.ts";

export { emptyTokenReplacement } from "./words.ts";

/** What a reader makes of one split. */
export interface ReadSplit {
  sentences: TaggedSentence[];
  oddities: Oddity[];
}

/** How words and tags of a text file are to be taken. */
export interface TaggedLinesOptions extends WordOptions {
  readonly encoding: TextEncoding;
  /** The scheme of the tags in the file; all are turned into IOB2. */
  readonly scheme: TagScheme;
  /** What a word without a tag is: a mistake, or a word outside of entities. */
  readonly missingTags: "error" | "outside";
  /** Tags that stand for `O`. */
  readonly outside: readonly string[];
  readonly sentences: SentenceRule;
}

/** What holds for a text file where the catalogue says nothing else. */
export const taggedLinesDefaults: TaggedLinesOptions = {
  encoding: "utf-8",
  scheme: "iob2",
  missingTags: "error",
  outside: [],
  sentences: "blankLines",
  repairMojibake: false,
  repair: [],
};

/** What a line turns out to be. Columns count from 1. */
export type TaggedLine =
  | {
    kind: "word";
    token: string;
    tag?: string;
    tagColumn: number;
    /** The word begins a sentence, or ends one, also without a blank line. */
    starts?: boolean;
    ends?: boolean;
    /** What is odd about the line as a whole. */
    oddity?: OddityKind;
  }
  | { kind: "leftOut"; oddity?: OddityKind; endsSentence: boolean }
  | { kind: "problem"; message: string; column: number; length: number; hint?: string };

const problemsShown = 5;

/** How often entities must begin with I- for a file to be in another scheme. */
const doubtfulOrphans = 10;

/**
 * Reads a file line by line.
 *
 * @param file the name that errors show
 * @param parse tells what a line is, and whether it is the first of a sentence; lines of nothing
 * but spaces and tabs are blank
 * @param guess what may help with a file that cannot be read, by its lines
 * @throws {UserError} naming file:line:column for every line that cannot be read (the first five)
 */
export function readTaggedLines(
  bytes: Uint8Array,
  file: string,
  tagSet: TagSet,
  options: TaggedLinesOptions,
  parse: (line: string, number: number, isFirst: boolean) => TaggedLine,
  guess?: (lines: readonly string[]) => string | undefined,
): ReadSplit {
  const log = new OddityLog();
  const allowed = tagSet.tags ?? tagsOfScheme(options.scheme, tagSet.entityTypes);
  const known = new Set(allowed);
  const outside = new Set(options.outside);
  const lines = decodeLines(bytes, file, options.encoding, log);
  const problems = new ProblemList(file, lines);
  const sentences: TaggedSentence[] = [];
  let open = emptySentence();

  const finish = () => {
    if (open.tokens.length === 0) return;
    const made = finished(open, tagSet, options, log);
    const long = made.find(({ tokens }) => tokens.length > mostSentenceWords);
    if (long) {
      const [line] = open.lines;
      const message = `Cannot use a sentence of ${long.tokens.length} words`;
      problems.add(line, 1, lines[line - 1].length, message, longSentenceHint);
    } else sentences.push(...made);
    open = emptySentence();
  };

  for (let i = 0; i < lines.length; i++) {
    const number = i + 1;
    const line = lines[i];
    if (isBlank(line)) {
      finish();
      continue;
    }
    const parsed = parse(line, number, open.tokens.length === 0);
    if (parsed.kind === "problem") {
      problems.add(number, parsed.column, parsed.length, parsed.message, parsed.hint);
      continue;
    }
    if (parsed.kind === "leftOut") {
      if (parsed.oddity) log.note(parsed.oddity, "dropped", number, trimLineEnd(line));
      if (parsed.endsSentence) finish();
      continue;
    }
    if (parsed.starts) finish();
    const { tag, tagColumn } = parsed;
    if (tag === undefined) {
      if (options.missingTags === "error") {
        const text = trimLineEnd(line);
        problems.addLazily(number, 1, text.length, () => ({
          message: `Cannot read a word without a tag: "${text}"`,
          hint: hintForMissingTag(text),
        }));
        continue;
      }
      log.note("missingTag", "repaired", number, trimLineEnd(line));
    } else if (outside.has(tag)) {
      log.note("outsideTag", "repaired", number, tag);
    } else if (!known.has(tag)) {
      problems.addLazily(number, tagColumn, tag.length, () => ({
        message: `Cannot use the tag "${tag}": this corpus has ${listOf(allowed)}`,
        hint: hintForTag(tag, allowed, tagSet.entityTypes !== undefined),
      }));
      continue;
    }
    if (parsed.oddity) log.note(parsed.oddity, "kept", number, trimLineEnd(line));
    open.tokens.push(mendWord(parsed.token, number, options, log));
    open.tags.push(tag === undefined || outside.has(tag) ? "O" : tag);
    open.lines.push(number);
    if (parsed.ends) finish();
  }
  finish();
  problems.throwIfAny(guess);
  const oddities = log.oddities();
  if (tagSet.entityTypes && options.scheme === "iob2") noteDoubt(sentences, oddities);
  return { sentences, oddities };
}

/** A sentence with where it stands. */
export interface OpenSentence extends TaggedSentence {
  /** The line of each word, from 1. */
  lines: number[];
}

function emptySentence(): OpenSentence {
  return { tokens: [], tags: [], lines: [] };
}

/** What stood between two ends, in IOB2, with its words and sentences cut as is declared. */
function finished(
  { tokens, tags, lines }: OpenSentence,
  tagSet: TagSet,
  options: TaggedLinesOptions,
  log: OddityLog,
): TaggedSentence[] {
  let sentence: OpenSentence = { tokens, tags, lines };
  if (tagSet.entityTypes) {
    const converted = toIob2(options.scheme, tags);
    for (const { index, kind } of converted.notes) {
      const action = kind === "convertedScheme" ? "repaired" : "kept";
      log.note(kind, action, lines[index], `${tokens[index]} ${tags[index]}`);
    }
    sentence = { ...sentence, tags: converted.tags };
  }
  if (options.repair.includes("splitSpaces")) {
    sentence = withSplitWords(sentence, tagSet.entityTypes !== undefined, log);
  }
  const cuts = cutsOf(sentence, options.sentences);
  for (const cut of cuts) log.note("cutSentence", "repaired", sentence.lines[cut], "");
  return [0, ...cuts].map((start, i) => ({
    tokens: sentence.tokens.slice(start, cuts[i]),
    tags: sentence.tags.slice(start, cuts[i]),
  }));
}

/** A sentence in which words with white space are several: an entity goes on in them. */
export function withSplitWords(
  given: OpenSentence,
  areEntities: boolean,
  log: OddityLog,
): OpenSentence {
  const sentence = emptySentence();
  given.tokens.forEach((token, i) => {
    const [tag, line] = [given.tags[i], given.lines[i]];
    const parts = splitSpaces(token);
    if (parts.length > 1 || parts[0] !== token) log.note("splitWord", "repaired", line, token);
    parts.forEach((part, k) => {
      sentence.tokens.push(part);
      sentence.tags.push(k > 0 && areEntities ? continuationOf(tag) : tag);
      sentence.lines.push(line);
    });
  });
  return sentence;
}

/** Entities that mostly begin with I- are those of IOB1 or IO. */
function noteDoubt(sentences: readonly TaggedSentence[], oddities: Oddity[]): void {
  const first = oddities.find(({ oddity }) => oddity === "orphanInside");
  if (!first) return;
  const orphans = oddities.filter(({ oddity }) => oddity === "orphanInside")
    .reduce((sum, { count }) => sum + count, 0);
  let begun = 0;
  for (const { tags } of sentences) for (const tag of tags) if (tag.startsWith("B-")) begun++;
  if (orphans < doubtfulOrphans || orphans <= begun) return;
  const detail = `${orphans} with I-, ${begun} with B-: declare \`scheme: iob1\` or \`scheme: io\``;
  oddities.push({ oddity: "schemeDoubt", action: "kept", line: first.line, count: 1, detail });
}

/** The problems of a file, of which the first are shown and the others counted. */
class ProblemList {
  readonly #shown: Problem[] = [];
  #count = 0;

  constructor(readonly file: string, readonly lines: readonly string[]) {}

  add(line: number, column: number, length: number, message: string, hint?: string): void {
    this.addLazily(line, column, length, () => ({ message, hint }));
  }

  /** Works out the text of a problem only where it is shown. */
  addLazily(
    line: number,
    column: number,
    length: number,
    text: () => { message: string; hint?: string },
  ): void {
    if (++this.#count > problemsShown) return;
    const range = { file: this.file, line, column, length, lineText: this.lines[line - 1] };
    this.#shown.push({ ...text(), range });
  }

  throwIfAny(guess?: (lines: readonly string[]) => string | undefined): void {
    if (this.#count === 0) return;
    const rest = this.#count - this.#shown.length;
    const hint = guess?.(this.lines);
    const [first, ...others] = this.#shown;
    throw new UserError([
      { ...first, hint: hint ?? first.hint },
      ...others,
      ...rest > 0 ? [{ message: `… and ${rest} more such lines in ${this.file}` }] : [],
    ]);
  }
}

/** A line without the spaces and tabs at its end. */
export function trimLineEnd(line: string): string {
  let end = line.length;
  while (end > 0 && (line[end - 1] === " " || line[end - 1] === "\t")) end--;
  return line.slice(0, end);
}

function isBlank(line: string): boolean {
  for (let i = 0; i < line.length; i++) if (line[i] !== " " && line[i] !== "\t") return false;
  return true;
}

function listOf(tags: readonly string[]): string {
  return tags.length <= 40 ? tags.join(", ") : `${tags.slice(0, 40).join(", ")}, …`;
}
