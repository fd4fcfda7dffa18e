/**
 * How long the instances took whose tables are laid out, by the records of the store.
 *
 * @module
 */
import { canonicalJson } from "../core/canonical_json.ts";
import type { Store } from "../store/store.ts";
import { writeTable } from "../table/parquet_tables.ts";
import type { View } from "../table/views.ts";
import { type RunRow, runsTable } from "../table/schemas/runs.ts";
import { readManifest } from "../table/result_manifest.ts";

/**
 * The table `runs` of a results folder: it is no result, as times differ from run to run. Instances
 * whose records are in another store have no row.
 *
 * @param results a folder that `resultViews` has read
 * @param path where its file is written
 */
export async function runsView(store: Store, results: string, path: string): Promise<View> {
  const { tables } = await readManifest(results);
  const rows = new Map<string, RunRow>();
  for (const { instance, axes, fingerprint } of Object.values(tables).flatMap((t) => t.files)) {
    const record = rows.has(instance) ? undefined : store.readRecord(fingerprint);
    if (record === undefined) continue;
    const { startedAt, endedAt, resources, device } = record;
    rows.set(instance, {
      instance,
      stage: instance.split("[")[0],
      axes: canonicalJson(axes),
      seconds: (Date.parse(endedAt) - Date.parse(startedAt)) / 1000,
      cores: resources.cores,
      device,
    });
  }
  await writeTable(runsTable, path, [...rows.values()]);
  return { files: [path], columns: runsTable.columns };
}
