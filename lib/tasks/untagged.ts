/**
 * Corpora without tags: raw text, of which no tag can be asked.
 *
 * @module
 */
import type { Problem } from "../core/errors.ts";

/**
 * The problem of asking for tags of a corpus; undefined where it may have some.
 *
 * @param without what the corpus tells that it does not have
 */
export function untagged(without: readonly string[] = []): Problem | undefined {
  if (!without.includes("tags")) return undefined;
  return {
    message: "Cannot ask for the tags of raw text: it has none",
    hint: "take mlm.tokenize for it, or files with tags",
  };
}
