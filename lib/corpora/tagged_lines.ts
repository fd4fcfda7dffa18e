/**
 * Reads sentences from a text file with one word and its tag per line and a blank line between
 * sentences, whatever the lines look like.
 *
 * @module
 */
import { type Problem, UserError } from "../core/errors.ts";
import { suggest } from "../core/suggest.ts";
import { isBeyondAscii, repairMojibake } from "./mojibake.ts";
import { type Oddity, OddityLog } from "./oddity_log.ts";
import { iob1ToIob2, isOrphanInside, type TaggedSentence, tagsOf } from "./tagged.ts";
import { decodeLines, type TextEncoding } from "./text_lines.ts";

/** What a reader makes of one split. */
export interface ReadSplit {
  sentences: TaggedSentence[];
  oddities: Oddity[];
}

/** How words and tags of a text file are to be taken. */
export interface TaggedLinesOptions {
  encoding: TextEncoding;
  /** The scheme of the tags in the file; IOB1 is turned into IOB2. */
  scheme: "iob2" | "iob1";
  /** What a word without a tag is: a mistake, or a word outside of entities. */
  missingTags: "error" | "outside";
  repairMojibake: boolean;
}

/** What a line turns out to be. Columns count from 1. */
export type TaggedLine =
  | { kind: "word"; token: string; tag?: string; tagColumn: number }
  | { kind: "marker" }
  | { kind: "problem"; message: string; column: number; length: number };

const problemsShown = 5;

/** What stands for a word without characters. */
export const emptyTokenReplacement = "\uFFFD";

/**
 * Reads a file line by line.
 *
 * @param file the name that errors show
 * @param parse tells what a line (never blank, without trailing white space) is
 * @throws {UserError} naming file:line:column for every line that cannot be read (the first five)
 */
export function readTaggedLines(
  bytes: Uint8Array,
  file: string,
  entityTypes: readonly string[],
  options: TaggedLinesOptions,
  parse: (line: string, number: number) => TaggedLine,
): ReadSplit {
  const log = new OddityLog();
  const known = tagsOf(entityTypes);
  const problems: Problem[] = [];
  const sentences: TaggedSentence[] = [];
  const lines = decodeLines(bytes, file, options.encoding, log);
  let sentence: TaggedSentence = { tokens: [], tags: [] };
  let firstLine = 1;

  const complain = (
    number: number,
    column: number,
    length: number,
    message: string,
    hint?: string,
  ) =>
    problems.push({
      message,
      hint,
      range: { file, line: number, column, length, lineText: lines[number - 1] },
    });
  const finish = () => {
    if (sentence.tokens.length === 0) return;
    sentence.tags = checkScheme(sentence, firstLine, options.scheme, log);
    sentences.push(sentence);
    sentence = { tokens: [], tags: [] };
  };

  for (let i = 0; i < lines.length; i++) {
    const number = i + 1;
    const line = lines[i].replace(/[ \t]+$/, "");
    if (line === "") {
      finish();
      continue;
    }
    const parsed = parse(line, number);
    if (parsed.kind === "problem") {
      complain(number, parsed.column, parsed.length, parsed.message);
      continue;
    }
    if (parsed.kind === "marker") {
      log.note("documentMarker", "dropped", number, line);
      finish();
      continue;
    }
    if (sentence.tokens.length === 0) firstLine = number;
    const { tag, tagColumn } = parsed;
    if (tag === undefined) {
      if (options.missingTags === "error") {
        complain(
          number,
          1,
          line.length,
          `Cannot read a word without a tag: "${line}"`,
          "if the source has no labels here, declare `missingTags: outside` in data/sources.yaml",
        );
        continue;
      }
      log.note("missingTag", "repaired", number, line);
    } else if (!known.includes(tag)) {
      complain(
        number,
        tagColumn,
        tag.length,
        `Cannot use the tag "${tag}": this corpus has ${known.join(", ")}`,
        hintForTag(tag, known),
      );
      continue;
    }
    sentence.tokens.push(mend(parsed.token, number, options, log));
    sentence.tags.push(tag ?? "O");
  }
  finish();
  if (problems.length > 0) throw new UserError(shorten(problems, file));
  return { sentences, oddities: log.oddities() };
}

function checkScheme(
  { tokens, tags }: TaggedSentence,
  firstLine: number,
  scheme: TaggedLinesOptions["scheme"],
  log: OddityLog,
): string[] {
  tags.forEach((tag, i) => {
    if (!isOrphanInside(tag, i === 0 ? "O" : tags[i - 1])) return;
    const detail = `${tokens[i]} ${tag}`;
    if (scheme === "iob1") log.note("convertedScheme", "repaired", firstLine + i, detail);
    else log.note("orphanInside", "kept", firstLine + i, detail);
  });
  return scheme === "iob1" ? iob1ToIob2(tags) : tags;
}

function mend(
  token: string,
  line: number,
  options: TaggedLinesOptions,
  log: OddityLog,
): string {
  if (token === "") {
    log.note("emptyToken", "repaired", line, "");
    return emptyTokenReplacement;
  }
  if (!options.repairMojibake || !isBeyondAscii(token)) return token;
  const repaired = repairMojibake(token);
  if (repaired === undefined) log.note("mojibakeKept", "kept", line, token);
  else log.note("mojibake", "repaired", line, `${token} → ${repaired}`);
  return repaired ?? token;
}

function hintForTag(tag: string, known: readonly string[]): string | undefined {
  const [, type] = tag.match(/^[BI]-(.+)$/) ?? [];
  if (type === undefined) return undefined;
  return suggest(tag, known)?.startsWith("did")
    ? suggest(tag, known)
    : `add "${type}" to the corpus's \`entityTypes\` in data/sources.yaml if it belongs there`;
}

function shorten(problems: readonly Problem[], file: string): Problem[] {
  const rest = problems.length - problemsShown;
  const shown = problems.slice(0, problemsShown);
  return rest > 0 ? [...shown, { message: `… and ${rest} more such lines in ${file}` }] : shown;
}
