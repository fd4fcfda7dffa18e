/**
 * Tagged words as a Parquet file that is written a bounded part at a time.
 *
 * @module
 */
import { join } from "node:path";
import { concatenateTables, writeTable } from "../table/parquet_tables.ts";
import { type TaggedWordRow, taggedWordsTable } from "../table/schemas/tagged_words.ts";
import type { TaggedSentence } from "./tag_stream.ts";

/** Rows that are held at a time. */
const heldRows = 200_000;

/** Gathers words and writes them into one file in the end; parts lie in a folder beside it till then. */
export class ParquetWriter implements AsyncDisposable {
  readonly #path: string;
  readonly #icu: string;
  readonly #parts: string[] = [];
  #folder: string | undefined;
  #rows: TaggedWordRow[] = [];

  /** @param icu the version of ICU that cuts words */
  constructor(path: string, icu: string) {
    this.#path = path;
    this.#icu = icu;
  }

  /** Adds the words of some sentences. */
  async write(sentences: readonly TaggedSentence[]): Promise<void> {
    for (const { document, id, sentence, words, tags, isGiven } of sentences) {
      words.forEach(({ text, start, end }, word) =>
        this.#rows.push({
          document,
          id: id === undefined ? null : String(id),
          sentence,
          word,
          text,
          start,
          end,
          ...tags[word],
          icu: isGiven ? null : this.#icu,
        })
      );
    }
    if (this.#rows.length >= heldRows) await this.#flush();
  }

  /** Writes the file. */
  async close(): Promise<void> {
    if (this.#parts.length === 0) return await writeTable(taggedWordsTable, this.#path, this.#rows);
    if (this.#rows.length > 0) await this.#flush();
    await concatenateTables(taggedWordsTable, this.#path, this.#parts);
  }

  async #flush(): Promise<void> {
    this.#folder ??= await Deno.makeTempDir({ dir: join(this.#path, "..") });
    const part = join(this.#folder, `${this.#parts.length}.parquet`);
    await writeTable(taggedWordsTable, part, this.#rows);
    this.#parts.push(part);
    this.#rows = [];
  }

  /** Removes the parts. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#folder !== undefined) await Deno.remove(this.#folder, { recursive: true });
  }
}
