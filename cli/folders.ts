/**
 * Where things are.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { resolve } from "node:path";

/** The folder of `deno.json`. */
export const projectFolder = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");

/** The folder of all results. */
export const resultsFolder = resolve(
  Deno.env.get("CROSSTIE_RESULTS") || `${projectFolder}/results`,
);

/** The folder of the studies whose small tables are committed. */
export const publishedFolder = resolve(projectFolder, "results/published");

/** The store where `CROSSTIE_CACHE` names none. */
export const defaultCacheFolder = resolve(projectFolder, ".crosstie");

/** Where results are kept. */
export function cacheFolder(): string {
  return resolve(Deno.env.get("CROSSTIE_CACHE") || defaultCacheFolder);
}
