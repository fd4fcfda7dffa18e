/**
 * The batches of rows, of which some need a mirror of WikiANN.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { trackedFile } from "../../lib/corpora/catalogue.ts";
import { mirrorPlaces } from "../../lib/corpora/file_address.ts";
import { createTokenizer, readTokenizerSource } from "../../lib/tokenizers/tokenizer_source.ts";
import type { CaseBatches, Sentence } from "./case.ts";
import { bringEncoder } from "./published_encoder.ts";
import { batchesOf, type Row } from "./rows.ts";
import { wikiannSentences } from "./wikiann.ts";

/** What a row is trained on. */
export interface RowData {
  readonly batches: CaseBatches;
  /** The folder of the published encoder that is trained; undefined for random weights. */
  readonly trained?: string;
}

/** Gives the data of rows; real sentences are read once, and an encoder is fetched once. */
export class RowBatches implements AsyncDisposable {
  readonly #mirror = Deno.env.get("CROSSTIE_MIRROR") ?? trackedFile("../shared/mirror");
  readonly #read = new Map<string | undefined, Promise<Sentence[]>>();
  readonly #brought = new Map<string, Promise<string | undefined>>();
  #folder: string | undefined;

  /** Whether a row's sentences can be had; says on standard error that they cannot. */
  has({ name, data }: Row): boolean {
    const isThere = mirrorPlaces(this.#mirror)
      .some((place) => /^https?:/.test(place) || existsSync(place));
    if (data !== "wikiann" || isThere) return true;
    console.error(`${name}: skipped, as there is no mirror of WikiANN at ${this.#mirror}`);
    return false;
  }

  /** The data of a row for some steps. */
  async of(row: Row, steps: number): Promise<RowData> {
    if (row.data === "uniform") return { batches: batchesOf(row, steps, []) };
    const trained = row.encoder === undefined ? undefined : await this.#encoder(row.encoder);
    const sentences = this.#read.get(trained) ?? this.#sentences(trained);
    this.#read.set(trained, sentences);
    return { batches: batchesOf(row, steps, await sentences), trained };
  }

  async #sentences(encoder: string | undefined): Promise<Sentence[]> {
    if (encoder === undefined) return await wikiannSentences(this.#mirror);
    const source = await readTokenizerSource(encoder, ".");
    return await wikiannSentences(this.#mirror, createTokenizer(source));
  }

  #encoder(name: string): Promise<string | undefined> {
    const known = this.#brought.get(name);
    if (known) return known;
    const bring = async () => {
      this.#folder ??= await Deno.makeTempDir({ prefix: "bench_encoders_" });
      const folder = join(this.#folder, name);
      return await bringEncoder(name, folder, this.#mirror) ? folder : undefined;
    };
    const brought = bring();
    this.#brought.set(name, brought);
    return brought;
  }

  /** Removes what was fetched. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#folder !== undefined) await Deno.remove(this.#folder, { recursive: true });
  }
}

/** Works in a folder that is empty at first, and gone in the end. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "bench_train_" });
  try {
    return await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
