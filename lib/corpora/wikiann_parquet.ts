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
import { type ReadSplit, withSplitWords } from "./tagged_lines.ts";
import { mendWord, type WordOptions } from "./words.ts";

/** How the classes of a Parquet file are to be taken. */
export interface WikiannParquetOptions extends Omit<WordOptions, "repairMojibake"> {
  /** The tag of each class number, from 0; where tags are text, those that there are. */
  labels: readonly string[];
}

/** What holds for a Parquet file where the catalogue says nothing else. */
export const wikiannParquetDefaults: Omit<WikiannParquetOptions, "labels"> = { repair: [] };

/**
 * Reads a Parquet file with the columns `tokens` and `ner_tags`; others are left. Lines of
 * oddities are rows, from 1.
 *
 * @throws {UserError} when the file is broken or too large, lacks a column or has it of another
 * type, or a row cannot be read
 */
export async function readWikiannParquet(
  path: string,
  { labels, ...given }: WikiannParquetOptions,
): Promise<ReadSplit> {
  const [words, classes] = await readParquetLists(path, [
    { name: "tokens", takes: ["text", "bytes"] },
    { name: "ner_tags", takes: ["number", "text", "bytes"] },
  ]);
  const log = new OddityLog();
  const options: WordOptions = { ...given, repairMojibake: false };
  const sentences: TaggedSentence[] = [];
  if (words.kind === "bytes") log.note("binaryText", "kept", 1, "tokens");
  words.rows.forEach((row, i) => {
    const number = i + 1;
    const values = classes.rows[i];
    if (row.length !== values.length) {
      throw new UserError(
        `Cannot read row ${number} of ${path}: ${row.length} tokens and ${values.length} ner_tags`,
      );
    }
    if (row.length === 0) {
      log.note("emptySentence", "dropped", number, "");
      return;
    }
    const tags = values.map((value) => {
      const tag = typeof value === "number" ? labels[value] : labels.find((each) => each === value);
      if (tag !== undefined) return tag;
      throw new UserError({
        message: `Cannot use the tag ${JSON.stringify(value)} in row ${number} of ${path}: ` +
          `tags are 0 (${labels[0]}) to ${labels.length - 1} (${labels[labels.length - 1]})`,
        hint: classes.kind === "number" ? undefined : "tags that are text must be among the labels",
      });
    });
    const mended = row.map((word) => mendWord(String(word), number, options, log));
    const read = { tokens: mended, tags, lines: mended.map(() => number) };
    const splits = options.repair.includes("splitSpaces");
    const { tokens, tags: own } = splits ? withSplitWords(read, true, log) : read;
    sentences.push({ tokens, tags: own });
    tags.forEach((tag, k) => {
      if (!isOrphanInside(tag, k === 0 ? "O" : tags[k - 1])) return;
      log.note("orphanInside", "kept", number, `${row[k]} ${tag}`);
    });
  });
  if (sentences.length === 0 && words.rows.length > 0) {
    throw new UserError(
      `Cannot read ${path}: none of its ${words.rows.length} rows has a word in tokens`,
    );
  }
  return { sentences, oddities: log.oddities() };
}
