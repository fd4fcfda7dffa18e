/**
 * Reads the raw archives of WikiANN (Rahimi et al. 2019): one `tar.gz` per language with a member
 * per split and lines `en:word<TAB>TAG`.
 *
 * @module
 */
import { UserError } from "../core/errors.ts";
import { OddityLog } from "./oddity_log.ts";
import type { Split } from "./tagged.ts";
import {
  type ReadSplit,
  readTaggedLines,
  type TaggedLine,
  taggedLinesDefaults,
  type TaggedLinesOptions,
  trimLineEnd,
} from "./tagged_lines.ts";
import { readTarMembers } from "./tar_members.ts";
import { otherLineBreak } from "./text_lines.ts";

/** How an archive is to be taken. */
export interface WikiannArchiveOptions
  extends Pick<TaggedLinesOptions, "missingTags" | "repair" | "normalize"> {
  /** What stands before the colon of every line; the language where nothing is said. */
  readonly prefix?: string;
}

/** What holds for an archive where the catalogue says nothing else. */
export const wikiannArchiveDefaults: WikiannArchiveOptions = { missingTags: "error", repair: [] };

/** Names of members that an error lists. */
const namesShown = 20;

/**
 * Reads the members that the catalogue names as splits. Other members (`extra` in some languages)
 * are noted with the first split as `extraMember` and left; a split can be made of one by naming
 * it in the catalogue.
 *
 * @param path the archive
 * @param language the language, which stands before every word unless a prefix is declared
 * @param members which member each split is, such as `validation: "dev"`
 * @throws {UserError} when the archive is broken, a member is missing, or a line cannot be read
 * (as archive/member:line:column)
 */
export async function readWikiannArchive(
  path: string,
  language: string,
  members: Readonly<Partial<Record<Split, string>>>,
  entityTypes: readonly string[],
  options: WikiannArchiveOptions,
): Promise<Partial<Record<Split, ReadSplit>>> {
  const archive = await readTarMembers(path, new Set(Object.values(members)));
  const extra = new OddityLog();
  for (const { name, sizeBytes } of archive.others) {
    extra.note("extraMember", "dropped", null, `${name} (${sizeBytes} bytes)`);
  }
  for (const { name, sizeBytes } of archive.repeated) {
    extra.note("repeatedMember", "dropped", null, `${name} (${sizeBytes} bytes)`);
  }
  const prefix = `${options.prefix ?? language}:`;
  const splits: Partial<Record<Split, ReadSplit>> = {};
  for (const [split, member] of Object.entries(members) as [Split, string][]) {
    const bytes = archive.wanted.get(member);
    if (bytes === undefined) {
      const names = [...archive.wanted.keys(), ...archive.others.map(({ name }) => name)];
      const shown = names.slice(0, namesShown).map((name) => `"${name}"`).join(", ");
      throw new UserError(
        `Cannot read the ${split} split: ${path} has no member "${member}", only ${
          shown || "none at all"
        }${names.length > namesShown ? ", …" : ""}`,
      );
    }
    splits[split] = readTaggedLines(
      bytes,
      `${path}/${member}`,
      { entityTypes },
      { ...taggedLinesDefaults, ...options },
      (line) => parseLine(trimLineEnd(line), prefix),
    );
  }
  Object.values(splits)[0]?.oddities.push(...extra.oddities());
  return splits;
}

/** `en:word<TAB>TAG`. Words contain colons, so that only the first one ends the language. */
function parseLine(line: string, prefix: string): TaggedLine {
  if (!line.startsWith(prefix)) {
    const other = /^[a-z-]{2,20}(?=:)/.exec(line)?.[0];
    return {
      kind: "problem",
      message: `Cannot find the language before the word: expected "${prefix}word<TAB>TAG"`,
      column: 1,
      length: line.length,
      hint: other === undefined
        ? undefined
        : `declare \`prefix: ${other}\` in data/sources.yaml if all lines begin so`,
    };
  }
  const tab = line.lastIndexOf("\t");
  if (tab < prefix.length) {
    return { kind: "word", token: line.slice(prefix.length), tagColumn: 1 };
  }
  const token = line.slice(prefix.length, tab);
  const tag = line.slice(tab + 1);
  // A word may have such a character in it; one with tabs too is several lines.
  const place = line.search(otherLineBreak);
  if (place > tab || place >= 0 && token.includes("\t")) {
    return {
      kind: "problem",
      message: "Cannot read this line: a line separator stands outside of a word",
      column: place + 1,
      length: 1,
      hint: "if it is meant as a line break, end lines with LF or CR LF instead",
    };
  }
  return { kind: "word", token, tag, tagColumn: tab + 2 };
}
