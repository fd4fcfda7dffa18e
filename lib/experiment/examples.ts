/**
 * Reads tokenized corpora as a model takes them.
 *
 * @module
 */
import { type ExampleFormat, readExampleFormat, sharedFormat } from "../models/example_format.ts";
import type { Example } from "../models/model.ts";
import type { InputInstance } from "../plan/stage.ts";
import { readTable } from "../table/parquet_tables.ts";
import { type ExampleRow, examplesTable } from "../table/schemas/examples.ts";

/**
 * The format that tokenized corpora share.
 *
 * @throws {UserError} when two of them differ
 */
export async function formatOf(inputs: readonly InputInstance[]): Promise<ExampleFormat> {
  return sharedFormat(
    await Promise.all(inputs.map(async ({ instance, files, digests }) => ({
      of: instance,
      format: await readExampleFormat(files["encoding.json"], digests?.["encoding.json"]),
    }))),
  );
}

/** The examples of a split of tokenized corpora, in their order. */
export async function examplesOf(
  split: "train" | "validation" | "test",
  inputs: readonly InputInstance[],
): Promise<ExampleRow[]> {
  return await readTable(examplesTable, inputs.map(({ files }) => files[`${split}.parquet`]));
}

/**
 * What each epoch of a training reads. A corpus with variants gives one of them an epoch, and
 * begins again where another corpus has more; a corpus without variants gives its sentences.
 */
export function variantsOf(corpora: readonly (readonly ExampleRow[])[]): Example[][] {
  const ofCorpora = corpora.map((rows) => {
    const groups = Map.groupBy(rows, ({ variant }) => variant);
    const own = groups.get(0) ?? [];
    groups.delete(0);
    return groups.size === 0 ? [own] : [...groups.values()];
  });
  const count = ofCorpora.reduce((most, { length }) => Math.max(most, length), 1);
  return Array.from(
    { length: count },
    (_, v) => ofCorpora.flatMap((variants) => variants[v % variants.length]),
  );
}
