/**
 * Writes `results/catalog.sql`, by which any client of DuckDB has the views over all results.
 *
 * @module
 */
import { UserError } from "../core/errors.ts";
import { statIfThere } from "../core/file_state.ts";
import { writeAtomically } from "../core/durable_files.ts";
import { namesIn, readTextIfThere } from "../store/listing.ts";
import { ownedIn } from "../store/results_folder.ts";
import { strayFolders } from "../store/strays.ts";
import { resultsCatalogSql, resultsCatalogTitle } from "../table/catalog_sql.ts";
import { resultViews } from "../table/result_manifest.ts";
import type { Views } from "../table/views.ts";

/** The script's name, in the folder of results. */
export const catalogName = "catalog.sql";

/** Whether there is a script, or something else in its place. */
export function hasCatalog(resultsFolder: string): boolean {
  return statIfThere(`${resultsFolder}/${catalogName}`, "link") !== undefined;
}

/**
 * Brings the script up to date. Results that cannot be read are left out; a file of that name that is
 * a person's stays as it is.
 *
 * @param current where the results of the run are, below the folder
 */
export async function writeCatalog(resultsFolder: string, current: string): Promise<void> {
  const path = `${resultsFolder}/${catalogName}`;
  const before = readTextIfThere(path);
  if (before !== undefined && !before.startsWith(resultsCatalogTitle)) return;
  const places = new Map<string, Views>();
  for (const place of placesIn(resultsFolder)) {
    try {
      places.set(place, await resultViews(`${resultsFolder}/${place}`));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  }
  if (!places.has(current)) return;
  const text = resultsCatalogSql(places, current);
  if (text !== before) writeAtomically(path, text);
}

/** The folders of results, as `<pipeline>/<profile>`. */
function placesIn(resultsFolder: string): string[] {
  return namesIn(resultsFolder).flatMap((pipeline) => {
    const folder = `${resultsFolder}/${pipeline}`, strays = new Set(strayFolders(folder));
    return namesIn(folder)
      .filter((profile) => !strays.has(`${folder}/${profile}`) && ownedIn(`${folder}/${profile}`))
      .map((profile) => `${pipeline}/${profile}`);
  }).sort();
}
