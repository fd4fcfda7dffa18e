/**
 * Reads WikiANN as the hub serves it: Parquet with lists of words and of class numbers, or of tags
 * as text.
 *
 * @module
 */
import { UserError } from "../core/errors.ts";
import { OddityLog } from "./oddity_log.ts";
import { readParquetLists } from "./parquet_lists.ts";
import { isOrphanInside } from "../core/tags.ts";
import { type TaggedSentence } from "./tagged.ts";
import { emptyTokenReplacement, type ReadSplit } from "./tagged_lines.ts";

/** How the classes of a Parquet file are to be taken. */
export interface WikiannParquetOptions {
  /** The tag of each class number, from 0; where tags are text, those that there are. */
  labels: readonly string[];
}

/**
 * Reads a Parquet file with the columns `tokens` and `ner_tags`; others are left. Lines of
 * oddities are rows, from 1.
 *
 * @throws {UserError} when the file is broken or too large, lacks a column or has it of another
 * type, or a row cannot be read
 */
export async function readWikiannParquet(
  path: string,
  { labels }: WikiannParquetOptions,
): Promise<ReadSplit> {
  const [tokens, classes] = await readParquetLists(path, [
    { name: "tokens", takes: ["text", "bytes"] },
    { name: "ner_tags", takes: ["number", "text", "bytes"] },
  ]);
  const log = new OddityLog();
  const sentences: TaggedSentence[] = [];
  if (tokens.kind === "bytes") log.note("binaryText", "kept", 1, "tokens");
  tokens.rows.forEach((words, i) => {
    const number = i + 1;
    const given = classes.rows[i];
    if (words.length !== given.length) {
      throw new UserError(
        `Cannot read row ${number} of ${path}: ${words.length} tokens and ${given.length} ner_tags`,
      );
    }
    if (words.length === 0) {
      log.note("emptySentence", "dropped", number, "");
      return;
    }
    const tags = given.map((value) => {
      const tag = typeof value === "number" ? labels[value] : labels.find((each) => each === value);
      if (tag !== undefined) return tag;
      throw new UserError({
        message: `Cannot use the tag ${JSON.stringify(value)} in row ${number} of ${path}: ` +
          `tags are 0 (${labels[0]}) to ${labels.length - 1} (${labels[labels.length - 1]})`,
        hint: classes.kind === "number" ? undefined : "tags that are text must be among the labels",
      });
    });
    sentences.push({ tokens: words.map((word) => mend(String(word), number, log)), tags });
    tags.forEach((tag, k) => {
      if (!isOrphanInside(tag, k === 0 ? "O" : tags[k - 1])) return;
      log.note("orphanInside", "kept", number, `${words[k]} ${tag}`);
    });
  });
  if (sentences.length === 0 && tokens.rows.length > 0) {
    throw new UserError(
      `Cannot read ${path}: none of its ${tokens.rows.length} rows has a word in tokens`,
    );
  }
  return { sentences, oddities: log.oddities() };
}

function mend(word: string, row: number, log: OddityLog): string {
  if (word !== "") return word;
  log.note("emptyToken", "repaired", row, "");
  return emptyTokenReplacement;
}
