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

/** Collects unless that was done within a day. */
export async function collectDaily(folder: string, resultsFolder: string): Promise<Freed[]> {
  const mark = `${folder}/collected`;
  const before = statSync(mark, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (Date.now() - before < dayMs) return [];
  await Deno.writeTextFile(mark, "");
  return await collectGarbage(folder, { keepLast, graceMs, dryRun: false, resultsFolder });
}
