/**
 * What a model says as a Parquet file that is written a bounded part at a time.
 *
 * @module
 */
import { join } from "node:path";
import { concatenateTables, writeTable } from "../table/parquet_tables.ts";
import type { RowOf, TableSchema } from "../table/schema.ts";
import { type ClassifiedTextRow, classifiedTextsTable } from "../table/schemas/classified_texts.ts";
import { type TaggedWordRow, taggedWordsTable } from "../table/schemas/tagged_words.ts";
import type { ClassifiedText } from "./text_classifier.ts";
import type { TaggedSentence } from "./tagged_sentence.ts";

/** Rows that are held at a time. */
const heldRows = 200_000;

/** Gathers rows and writes them into one file in the end; parts lie in a folder beside it till then. */
export class ParquetWriter<T, S extends TableSchema> implements AsyncDisposable {
  readonly #path: string;
  readonly #table: S;
  readonly #rowsOf: (given: T) => RowOf<S>[];
  readonly #parts: string[] = [];
  #folder: string | undefined;
  #rows: RowOf<S>[] = [];

  /** @param rowsOf the rows of each thing that is written */
  constructor(path: string, table: S, rowsOf: (given: T) => RowOf<S>[]) {
    this.#path = path;
    this.#table = table;
    this.#rowsOf = rowsOf;
  }

  /** Adds the rows of some things. */
  async write(things: readonly T[]): Promise<void> {
    for (const each of things) for (const row of this.#rowsOf(each)) this.#rows.push(row);
    if (this.#rows.length >= heldRows) await this.#flush();
  }

  /** Writes the file. */
  async close(): Promise<void> {
    if (this.#parts.length === 0) return await writeTable(this.#table, this.#path, this.#rows);
    if (this.#rows.length > 0) await this.#flush();
    await concatenateTables(this.#table, this.#path, this.#parts);
  }

  async #flush(): Promise<void> {
    this.#folder ??= await Deno.makeTempDir({ dir: join(this.#path, "..") });
    const part = join(this.#folder, `${this.#parts.length}.parquet`);
    await writeTable(this.#table, part, this.#rows);
    this.#parts.push(part);
    this.#rows = [];
  }

  /** Removes the parts. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#folder !== undefined) await Deno.remove(this.#folder, { recursive: true });
  }
}

/** A file of words with their tags. */
export function wordsWriter(path: string, icu: string) {
  return new ParquetWriter(path, taggedWordsTable, wordRows(icu));
}

/** A file of texts with their classes. */
export function textsWriter(path: string) {
  return new ParquetWriter(path, classifiedTextsTable, textRows);
}

/**
 * The rows of a sentence, one a word.
 *
 * @param icu the version of ICU that cuts words
 */
export function wordRows(icu: string): (sentence: TaggedSentence) => TaggedWordRow[] {
  return ({ document, id, sentence, words, tags, isGiven }) =>
    words.map(({ text, start, end }, word) => ({
      document,
      id: id === undefined ? null : String(id),
      sentence,
      word,
      text,
      start,
      end,
      ...tags[word],
      icu: isGiven ? null : icu,
    }));
}

function textRows({ document, id, text, classes }: ClassifiedText): ClassifiedTextRow[] {
  return classes.map(({ label, probability }, rank) => ({
    document,
    id: id === undefined ? null : String(id),
    text,
    rank,
    label,
    probability,
  }));
}
