/**
 * Which entities a tagger learns.
 *
 * @module
 */
import { suggest } from "../core/suggest.ts";

/**
 * Keeps the tags of some entity types and turns the others that are named into `O`.
 *
 * @param ignored entity types that become `O`
 * @throws {Error} for a tag of a type that is neither kept nor ignored
 */
export function keepTypes(
  tags: readonly string[],
  entityTypes: readonly string[],
  ignored: readonly string[],
): string[] {
  return tags.map((tag) => {
    const type = tag.slice(2);
    if (tag === "O" || entityTypes.includes(type)) return tag;
    if (ignored.includes(type)) return "O";
    throw new Error(
      `Cannot use the tag "${tag}": "${type}" is neither among the entity types ` +
        `[${entityTypes.join(", ")}] nor among the ignored ones [${ignored.join(", ")}]; ` +
        `${suggest(type, [...entityTypes, ...ignored]) ?? "name it in one of them"}`,
    );
  });
}
