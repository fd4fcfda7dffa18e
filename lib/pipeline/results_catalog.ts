/**
 * Writes `results/catalog.sql`, by which any client of DuckDB has the views over all results.
 *
 * @module
 */
import { UserError } from "../core/errors.ts";
import { statIfThere } from "../core/file_state.ts";
import { writeAtomically } from "../core/durable_files.ts";
import { namesIn, readTextIfThere } from "../store/listing.ts";
import { manifestName, ownedIn } from "../store/results_folder.ts";
import { strayFolders } from "../store/strays.ts";
import { resultsCatalogSql, resultsCatalogTitle } from "../table/catalog_sql.ts";
import { resultViews } from "../table/result_manifest.ts";
import type { Views } from "../table/views.ts";

/** The script's name, in the folder of results. */
export const catalogName = "catalog.sql";

/** The script in the making, which a killed engine leaves behind. */
const unwritten = /^catalog\.sql\.[0-9a-f-]{36}\.tmp$/;
/** One that is older belongs to nobody, in ms. */
const strayAgeMs = 3_600_000;

/** Whether the script is younger than what lies in these places. */
export function isCatalogCurrent(resultsFolder: string, places: readonly string[]): boolean {
  const written = (path: string) => statIfThere(`${resultsFolder}/${path}`)?.mtime?.getTime();
  const catalog = written(catalogName);
  return catalog !== undefined &&
    places.every((place) => (written(`${place}/${manifestName}`) ?? Infinity) < catalog);
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
  writeAtomically(path, resultsCatalogSql(places, current));
  sweep(resultsFolder);
}

/** Removes what engines that were killed left in the middle of this, long ago. */
function sweep(resultsFolder: string): void {
  for (const name of namesIn(resultsFolder).filter((each) => unwritten.test(each))) {
    const path = `${resultsFolder}/${name}`, written = statIfThere(path, "link")?.mtime?.getTime();
    if (written !== undefined && Date.now() - written > strayAgeMs) Deno.removeSync(path);
  }
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
