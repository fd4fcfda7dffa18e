/**
 * Counts of invented evaluations, for tests.
 *
 * @module
 */
import type { CountTable } from "../../statistics/metric.ts";
import { writeTable } from "../../table/parquet_tables.ts";
import { type CountRow, countsTable } from "../../table/schemas/scores.ts";
import type { Axes, CountsFile } from "../evaluations.ts";

/** A model on a test set: (correct, predicted, gold) of each sentence. */
export interface Counted {
  readonly model?: string;
  readonly language: string;
  readonly corpus?: string;
  readonly table: CountTable;
}

/** Rows of the table `counts`, of entities counted both ways: strictly, nothing is right. */
export function countRows(
  { model = "encoder", language, corpus = "c", table }: Counted,
): CountRow[] {
  const rows: CountRow[] = [];
  for (let sentence = 0; sentence * table.width < table.values.length; sentence++) {
    const [correct, predicted, gold] = table.values.subarray(sentence * 3, sentence * 3 + 3);
    const of = { model, corpus, language, split: "test", epoch: null, sentence };
    for (const name of ["micro", "PER"]) {
      rows.push({ ...of, counting: "default", of: name, gold, predicted, correct });
      rows.push({ ...of, counting: "strict", of: name, gold, predicted, correct: 0 });
    }
  }
  return rows;
}

/** An evaluation with these axes, whose counts lie in a folder. */
export async function evaluated(
  folder: string,
  axes: Axes,
  counted: readonly Counted[],
): Promise<CountsFile> {
  const name = Object.entries(axes).map(([axis, value]) => `${axis}=${value}`).join(",");
  const path = `${folder}/${crypto.randomUUID()}.parquet`;
  await writeTable(countsTable, path, counted.flatMap(countRows));
  return { instance: `evaluate[${name}]`, axes, files: { "counts.parquet": path } };
}

/** Runs a test in a folder of its own. */
export async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
