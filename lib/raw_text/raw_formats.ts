/**
 * The formats of input.
 *
 * @module
 */

/** What input may be. `jsonl` is an object a line. */
export const rawFormats = ["text", "conll", "conllu", "jsonl", "csv", "tsv"] as const;

/** A format of {@linkcode rawFormats}. */
export type RawFormat = typeof rawFormats[number];

const formatsByEnding: Readonly<Record<string, RawFormat>> = {
  conll: "conll",
  iob: "conll",
  iob2: "conll",
  bio: "conll",
  conllu: "conllu",
  jsonl: "jsonl",
  ndjson: "jsonl",
  json: "jsonl",
  csv: "csv",
  tsv: "tsv",
};

/** The format that a file's name says; plain text by default. */
export function formatOfName(name: string): RawFormat {
  const ending = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  return Object.hasOwn(formatsByEnding, ending) ? formatsByEnding[ending] : "text";
}
