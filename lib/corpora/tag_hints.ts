/**
 * What a person may do about a tag that a corpus does not have.
 *
 * @module
 */
import { suggest } from "../core/suggest.ts";
import { showHidden } from "./words.ts";

/** The longest tag that is compared with others, in UTF-16 units. */
const longest = 100;

/** A hint for a line without a tag. */
export function hintForMissingTag(line: string): string {
  const visible = line.length > longest ? line : showHidden(line);
  return visible === line
    ? "if the source has no labels here, declare `missingTags: outside` in data/sources.yaml"
    : `it has a hidden character: ${visible}`;
}

/** A hint for an unknown tag; undefined where there is none. */
export function hintForTag(
  tag: string,
  known: readonly string[],
  areEntities: boolean,
): string | undefined {
  if (tag === "") return "the column of tags is empty here";
  if (tag.length > longest) return undefined;
  const visible = showHidden(tag);
  if (visible !== tag) return `it has a hidden character: ${visible}`;
  const composed = tag.normalize("NFC");
  if (composed !== tag && known.includes(composed)) return `the same in NFC is "${composed}"`;
  const near = suggest(tag, known);
  if (!areEntities) return near;
  const scheme = schemeOf(tag, known);
  if (scheme !== undefined) return `declare \`scheme: ${scheme}\` in data/sources.yaml`;
  if (near?.startsWith("did")) return near;
  const [, type] = tag.match(/^[BIESLU]-(.+)$/) ?? [];
  return type === undefined
    ? undefined
    : `add "${type}" to the corpus's \`entityTypes\` in data/sources.yaml if it belongs there`;
}

/** The scheme in which a tag would be one of a corpus's types. */
function schemeOf(tag: string, known: readonly string[]): string | undefined {
  const has = (type: string) => known.includes(`I-${type}`);
  if (has(tag)) return "io";
  const [prefix, dash] = tag;
  if (dash !== "-" || !has(tag.slice(2))) return undefined;
  return "ES".includes(prefix) ? "bioes" : "LU".includes(prefix) ? "bilou" : undefined;
}
