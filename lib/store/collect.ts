/**
 * Lets go of results that nothing keeps: no lock file, no pin, none of the last runs.
 *
 * This is safe beside running engines. What is young stays, and so does all that came since the
 * oldest living claim: a content may wait for its record. Records go before contents, so that none
 * is ever left without its outputs; every file is looked at again before it goes. Should an engine
 * still meet a result in the instant in which it goes, it makes it again.
 *
 * @module
 */
import { statSync } from "node:fs";
import { parseRecord } from "./record.ts";
import { objectName } from "./layout.ts";
import { keptFingerprints, namesIn } from "./roots.ts";
import { recordFiles } from "./verify.ts";
import { isProcessGone } from "./claims.ts";

/** What is let go. */
export interface CollectOptions {
  /** How many runs of each pipeline and profile keep their results. */
  readonly keepLast: number;
  /** What is younger stays. */
  readonly graceMs: number;
  /** Names what would go, and removes nothing. */
  readonly dryRun: boolean;
  /** The folder of all results, whose abandoned folders go too. */
  readonly resultsFolder?: string;
}

/** Something that went. */
export interface Freed {
  readonly what: "record" | "content" | "attempt" | "checkpoint" | "journal" | "stray";
  readonly path: string;
  readonly sizeBytes: number;
  /** Whose result it was, where that is known. */
  readonly instance?: string;
  readonly output?: string;
}

/** A claim whose heartbeat is older is dead, in ms. */
const claimSilenceMs = 10 * 60_000;

/** Collects what nothing keeps. */
export async function collectGarbage(
  folder: string,
  options: CollectOptions,
): Promise<Freed[]> {
  const { keepLast, graceMs } = options;
  const claims = livingClaims(folder);
  const oldest = Math.min(Date.now(), ...claims.values());
  const isOld = (path: string): boolean => {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat !== undefined && Math.max(stat.mtimeMs, stat.ctimeMs) < oldest - graceMs;
  };
  const kept = keptFingerprints(folder, keepLast);
  const freed: Freed[] = [];
  const published = new Set<string>();
  const reached = new Set<string>();
  const lost = new Map<string, { instance: string; output?: string }>();
  const doomed: (Freed & { fingerprint: string })[] = [];
  for (const path of recordFiles(folder)) {
    const fingerprint = path.slice(path.lastIndexOf("/") + 1, -".json".length);
    const record = parseRecord(readText(path), fingerprint);
    const goes = !kept.fingerprints.has(fingerprint) && !claims.has(fingerprint) && isOld(path);
    if (!goes) published.add(fingerprint);
    for (const [output, digest] of record ? contentsOf(record) : []) {
      if (!goes) reached.add(digest);
      else lost.set(digest, { instance: record!.instance, output });
    }
    if (!goes) continue;
    doomed.push({ what: "record", path, sizeBytes: 0, instance: record?.instance, fingerprint });
  }
  // Another engine may have found one of them fresh since.
  const again = options.dryRun ? kept : keptFingerprints(folder, keepLast);
  for (const { fingerprint, ...each } of doomed) {
    if (again.fingerprints.has(fingerprint)) {
      const record = parseRecord(readText(each.path), fingerprint);
      for (const [, digest] of record ? contentsOf(record) : []) reached.add(digest);
    } else freed.push(await free(each, options));
  }
  for (const part of namesIn(`${folder}/objects`)) {
    for (const digest of namesIn(`${folder}/objects/${part}`)) {
      const path = `${folder}/objects/${part}/${digest}`;
      if (path !== `${folder}/${objectName(digest)}` || reached.has(digest)) continue;
      if (!isOld(path)) continue;
      freed.push(await free({ what: "content", path, sizeBytes: 0, ...lost.get(digest) }, options));
    }
  }
  const scratch: [Freed["what"], string][] = [];
  for (const name of namesIn(`${folder}/resume`)) {
    const useful = kept.fingerprints.has(name) && !published.has(name);
    if (!useful && !claims.has(name)) scratch.push(["checkpoint", `${folder}/resume/${name}`]);
  }
  for (const name of namesIn(`${folder}/attempts`)) {
    const useful = kept.fingerprints.has(name) && !published.has(name);
    if (!useful && !claims.has(name)) scratch.push(["attempt", `${folder}/attempts/${name}`]);
  }
  for (const name of namesIn(`${folder}/runs`)) {
    if (!again.runs.has(name)) scratch.push(["journal", `${folder}/runs/${name}`]);
  }
  for (const name of namesIn(`${folder}/damaged`)) {
    if (!name.startsWith("remote-")) scratch.push(["stray", `${folder}/damaged/${name}`]);
  }
  scratch.push(
    ...strays(options.resultsFolder).map((path): [Freed["what"], string] => [
      "stray",
      path,
    ]),
  );
  for (const [what, path] of scratch) {
    if (isOld(path)) freed.push(await free({ what, path, sizeBytes: 0 }, options));
  }
  return freed;
}

/** Folders that a killed engine left beside results: `<profile>.new-…` and `<profile>.old-…`. */
function strays(resultsFolder: string | undefined): string[] {
  if (resultsFolder === undefined) return [];
  return namesIn(resultsFolder).flatMap((pipeline) =>
    namesIn(`${resultsFolder}/${pipeline}`)
      .filter((name) => strayPattern.test(name))
      .map((name) => `${resultsFolder}/${pipeline}/${name}`)
  );
}

/** The name of a results folder that is being made, or was in use before. */
export const strayPattern = /\.(?:new|old)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The claims of engines that live: fingerprint → when it was claimed, in ms. */
function livingClaims(folder: string): Map<string, number> {
  const result = new Map<string, number>();
  for (const fingerprint of namesIn(`${folder}/claims`)) {
    const path = `${folder}/claims/${fingerprint}`;
    const alive = namesIn(path).some((name) => {
      const beat = statSync(`${path}/${name}`, { throwIfNoEntry: false })?.mtimeMs;
      return beat !== undefined && Date.now() - beat < claimSilenceMs &&
        !isProcessGone(`${path}/${name}`);
    });
    const since = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (alive && since !== undefined) result.set(fingerprint, since);
  }
  return result;
}

function contentsOf(
  { outputs, log, codeFiles }: NonNullable<ReturnType<typeof parseRecord>>,
): [output: string | undefined, digest: string][] {
  return [
    ...Object.entries(outputs).map(([name, { digest }]) => [name, digest] as [string, string]),
    ["log", log],
    [undefined, codeFiles],
  ];
}

/** Removes a file or folder, and says how large it was. */
async function free(freed: Freed, { dryRun }: CollectOptions): Promise<Freed> {
  const sizeBytes = sizeOf(freed.path);
  if (!dryRun) {
    await Deno.remove(freed.path, { recursive: true }).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
  return { ...freed, sizeBytes };
}

function sizeOf(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return stat?.size ?? 0;
  return namesIn(path).reduce((sum, name) => sum + sizeOf(`${path}/${name}`), 0);
}

function readText(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
