/**
 * Texts as names of files.
 *
 * @module
 */
import { sha256 } from "./sha256.ts";

/** A text as a file name: odd characters are escaped, and what is too long ends with a digest. */
export function fileNameOf(text: string): string {
  const escaped = text.replace(
    /[^\p{L}\p{N}[\]=,._@+-]/gu,
    (character) => encodeURIComponent(character).replaceAll("*", "%2A"),
  );
  return new TextEncoder().encode(escaped).length <= 180
    ? escaped
    : `${escaped.slice(0, 40)}~${sha256(text).slice(0, 16)}`;
}
