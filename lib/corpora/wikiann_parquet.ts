/**
 * Reads WikiANN as the hub serves it: Parquet with lists of words and of class numbers.
 *
 * @module
 */
import { UserError } from "../core/errors.ts";
import { queryParquet } from "../table/duckdb.ts";
import { OddityLog } from "./oddity_log.ts";
import { isOrphanInside, type TaggedSentence } from "./tagged.ts";
import { emptyTokenReplacement, type ReadSplit } from "./tagged_lines.ts";

/** How the class numbers of a Parquet file are to be taken. */
export interface WikiannParquetOptions {
  /** The tag of each class number, from 0. */
  labels: readonly string[];
}

/**
 * Reads a Parquet file with the columns `tokens` and `ner_tags`; others are left. Lines of
 * oddities are rows, from 1.
 *
 * @throws {UserError} when the file is broken, lacks a column, or a row cannot be read
 */
export async function readWikiannParquet(
  path: string,
  { labels }: WikiannParquetOptions,
): Promise<ReadSplit> {
  const described = await queryParquet(path, "SELECT column_name FROM (DESCRIBE input)");
  const columns = described.map((row) => String(row.column_name));
  for (const needed of ["tokens", "ner_tags"]) {
    if (columns.includes(needed)) continue;
    throw new UserError(
      `Cannot read ${path}: it has no column "${needed}", only ${
        columns.map((name) => `"${name}"`).join(", ")
      }`,
    );
  }
  const log = new OddityLog();
  const sentences: TaggedSentence[] = [];
  const rows = await queryParquet(path, "SELECT tokens, ner_tags FROM input");
  rows.forEach(({ tokens, ner_tags }, i) => {
    const number = i + 1;
    const words = stringsOf(tokens);
    const classes = Array.isArray(ner_tags) ? ner_tags : [];
    if (words.length !== classes.length) {
      throw new UserError(
        `Cannot read row ${number} of ${path}: ${words.length} tokens and ${classes.length} ner_tags`,
      );
    }
    if (words.length === 0) {
      log.note("emptySentence", "dropped", number, "");
      return;
    }
    const tags = classes.map((value) => {
      const tag = typeof value === "number" ? labels[value] : undefined;
      if (tag !== undefined) return tag;
      throw new UserError(
        `Cannot use the tag ${value} in row ${number} of ${path}: tags are 0 (${labels[0]}) to ${
          labels.length - 1
        } (${labels[labels.length - 1]})`,
      );
    });
    sentences.push({ tokens: words.map((word) => mend(word, number, log)), tags });
    tags.forEach((tag, k) => {
      if (!isOrphanInside(tag, k === 0 ? "O" : tags[k - 1])) return;
      log.note("orphanInside", "kept", number, `${words[k]} ${tag}`);
    });
  });
  return { sentences, oddities: log.oddities() };
}

function stringsOf(list: unknown): string[] {
  return Array.isArray(list) ? list.map((item) => item === null ? "" : String(item)) : [];
}

function mend(word: string, row: number, log: OddityLog): string {
  if (word !== "") return word;
  log.note("emptyToken", "repaired", row, "");
  return emptyTokenReplacement;
}
