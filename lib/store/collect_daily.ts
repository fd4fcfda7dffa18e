/**
 * The collection that runs do by themselves: once a day, and generous.
 *
 * @module
 */
import { statSync } from "node:fs";
import { collectGarbage, type Freed } from "./collect.ts";

const dayMs = 24 * 3_600_000;
const keepLast = 20;
const graceMs = 7 * dayMs;

/** When it is time to collect, in ms since 1970. */
export function nextCollection(folder: string): number {
  return (statSync(markIn(folder), { throwIfNoEntry: false })?.mtimeMs ?? 0) + dayMs;
}

/** Collects unless that was done within a day. */
export async function collectDaily(folder: string, resultsFolder: string): Promise<Freed[]> {
  if (Date.now() < nextCollection(folder)) return [];
  await Deno.writeTextFile(markIn(folder), "");
  return await collectGarbage(folder, { keepLast, graceMs, dryRun: false, resultsFolder });
}

function markIn(folder: string): string {
  return `${folder}/collected`;
}
