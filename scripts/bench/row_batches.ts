/**
 * The batches of rows, of which some need a mirror of WikiANN.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { trackedFile } from "../../lib/corpora/catalogue.ts";
import type { CaseBatches, Sentence } from "./case.ts";
import { batchesOf, type Row } from "./rows.ts";
import { wikiannSentences } from "./wikiann.ts";

/** Gives the batches of rows; real sentences are read once. */
export class RowBatches {
  readonly #mirror = Deno.env.get("CROSSTIE_MIRROR") ?? trackedFile("../shared/mirror");
  #sentences: Promise<Sentence[]> | undefined;

  /** Whether a row's sentences can be had; says on standard error that they cannot. */
  has({ name, data }: Row): boolean {
    const mirror = this.#mirror;
    if (data !== "wikiann" || /^https?:/.test(mirror) || existsSync(mirror)) return true;
    console.error(`${name}: skipped, as there is no mirror of WikiANN at ${mirror}`);
    return false;
  }

  /** The batches of a row for some steps. */
  async of(row: Row, steps: number): Promise<CaseBatches> {
    const isReal = row.data === "wikiann";
    const sentences = isReal ? await (this.#sentences ??= wikiannSentences(this.#mirror)) : [];
    return batchesOf(row, steps, sentences);
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
