/**
 * Guesses how a column file is laid out, for the error about a file that does not fit its entry.
 *
 * @module
 */
import { type Separator, splitColumns } from "./column_layout.ts";
import type { ConllOptions } from "./conll_options.ts";
import { type TagScheme, tagSchemes, tagsOfScheme } from "./tag_schemes.ts";
import type { TagSet } from "./tagged.ts";

/** Lines that are looked at, and how long they may be. */
const most = { lines: 400, length: 2_000 };
/** Fewer lines than these say nothing. */
const least = 3;
/** The share of lines that must have a tag in one column. */
const enough = 0.9;

interface Guess {
  readonly separator: Separator;
  readonly splitAt: "every" | "last";
  readonly scheme: TagScheme;
  readonly tag: number;
  readonly share: number;
}

/**
 * What to declare for a file that looks otherwise than its entry says; undefined when nothing fits
 * or all is declared already.
 */
export function guessLayout(
  lines: readonly string[],
  tagSet: TagSet,
  options: ConllOptions,
): string | undefined {
  const filled = lines.filter((line) => line.trim() !== "" && line.length <= most.length)
    .slice(0, most.lines);
  const comment = filled.find((line) => line.startsWith("#"))?.startsWith("# ") ? "# " : "#";
  const words = filled.filter((line) => !line.startsWith("#") && !line.startsWith("-DOCSTART-"));
  const hasComments = words.length < filled.length && filled.some((line) => line.startsWith("#"));
  if (words.length < least) return undefined;
  const best = guesses(words, tagSet).sort((a, b) => b.share - a.share)[0];
  if (best === undefined || best.share < enough) return undefined;
  const layout = { separator: best.separator, splitAt: best.splitAt, quotes: false };
  const rows = words.map((line) => splitColumns(line, layout, true));
  const declared: string[] = [];
  const declare = (name: keyof ConllOptions, value: string | number, now: unknown) => {
    if (value !== now) declared.push(`${name}: ${value}`);
  };
  declare("separator", best.separator, options.separator);
  declare("splitAt", best.splitAt, options.splitAt);
  const width = rows[rows.length - 1].length;
  const hasIndex = width > 2 && best.tag > 0 &&
    rows.slice(1).every((row) => /^\d+(?:[-.]\d+)?$/.test(row[0]));
  if (hasIndex) declare("index", 1, options.index);
  declare("token", hasIndex ? 2 : 1, options.token ?? 1);
  const isLast = best.tag === width - 1;
  if (!isLast || options.tag !== undefined) declare("tag", best.tag + 1, options.tag);
  const known = new Set(tagsOf(tagSet, best.scheme));
  if (!known.has(rows[0][best.tag]) && rows[0].length === width && !options.header) {
    declare("header", "true", options.header);
  }
  if (tagSet.entityTypes) declare("scheme", best.scheme, options.scheme);
  if (hasComments) declare("comments", `"${comment}"`, `"${options.comments}"`);
  return declared.length === 0
    ? undefined
    : `the file looks like \`options: { ${declared.join(", ")} }\` in data/sources.yaml`;
}

function tagsOf(tagSet: TagSet, scheme: TagScheme): readonly string[] {
  return tagSet.tags ?? tagsOfScheme(scheme, tagSet.entityTypes);
}

/** Every way of reading the lines, with the share of them that have a tag; the plainest first. */
function guesses(lines: readonly string[], tagSet: TagSet): Guess[] {
  const found: Guess[] = [];
  for (const splitAt of ["every", "last"] as const) {
    for (const separator of ["tab", "space", "comma", "semicolon", "whitespace"] as const) {
      const rows = lines.map((line) =>
        splitColumns(line, { separator, splitAt, quotes: false }, true)
      );
      const width = Math.min(20, Math.max(...rows.map((row) => row.length)));
      for (const scheme of tagSchemes) {
        const known = new Set(tagsOf(tagSet, scheme));
        for (let tag = 1; tag < width; tag++) {
          const hits = rows.filter((row) => known.has(row[tag])).length;
          const others = rows.some((row) => row[tag] !== "O" && known.has(row[tag]));
          if (others) found.push({ separator, splitAt, scheme, tag, share: hits / rows.length });
        }
      }
    }
  }
  return found;
}
