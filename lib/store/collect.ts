/**
 * Lets go of results that nothing keeps: no lock file, no pin, none of the last runs.
 *
 * This is safe beside running engines. What is young stays, and so does all that came since the
 * oldest living claim, or submission to Slurm: a content may wait for its record. Records go before contents, so that none
 * is ever left without its outputs; every file is looked at again before it goes. Should an engine
 * still meet a result in the instant in which it goes, it makes it again.
 *
 * @module
 */
import { statSync } from "node:fs";
import { basename } from "node:path";
import { statIfThere } from "../core/file_state.ts";
import { claimFiles, livingClaims } from "./claims.ts";
import { namesIn, objectFiles, readTextIfThere, recordFiles } from "./listing.ts";
import { parseRecord, type RunRecord } from "./record.ts";
import { keptFingerprints } from "./roots.ts";
import { removeStray, strayFolders } from "./strays.ts";

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

/** What was submitted to Slurm longer ago is forgotten, in ms. */
const longestInQueueMs = 30 * 24 * 3_600_000;

/** Collects what nothing keeps. */
export async function collectGarbage(folder: string, options: CollectOptions): Promise<Freed[]> {
  const claims = livingClaims([`${folder}/claims`, `${folder}/followers`]);
  const oldest = Math.min(Date.now(), ...claims.values(), ...submissionTimes(folder));
  const isOld = (path: string): boolean => {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat !== undefined && Math.max(stat.mtimeMs, stat.ctimeMs) < oldest - options.graceMs;
  };
  const freed: Freed[] = [];
  const { dryRun, resultsFolder } = options;
  const free = async (each: Omit<Freed, "sizeBytes">): Promise<void> => {
    const sizeBytes = sizeOf(each.path);
    const isOfResults = resultsFolder !== undefined && each.path.startsWith(`${resultsFolder}/`);
    if (!dryRun && !isOfResults) await remove(each.path);
    if (!dryRun && isOfResults && !removeStray(each.path)) return; // it holds a person's files
    freed.push({ ...each, sizeBytes });
  };

  const isKept = (fingerprint: string): boolean =>
    kept.fingerprints.has(fingerprint) || claims.has(fingerprint);
  let kept = keptFingerprints(folder, options.keepLast, isOld);
  const doomed = recordFiles(folder).filter((path) => !isKept(fingerprintIn(path)) && isOld(path));
  // Another engine may have found one of them fresh meanwhile.
  kept = keptFingerprints(folder, options.keepLast, isOld);
  const owners = new Map<string, Pick<Freed, "instance" | "output">>();
  for (const path of doomed) {
    if (isKept(fingerprintIn(path))) continue;
    const record = readRecord(path);
    for (const [output, digest] of contentsOf(record)) {
      owners.set(digest, { instance: record!.instance, output });
    }
    await free({ what: "record", path, ...(record ? { instance: record.instance } : {}) });
  }

  const gone = new Set(freed.map(({ path }) => path));
  const left = recordFiles(folder).filter((path) => !gone.has(path));
  const reached = new Set(left.flatMap((path) => contentsOf(readRecord(path)).map(([, to]) => to)));
  for (const path of objectFiles(folder)) {
    if (reached.has(basename(path)) || !isOld(path)) continue;
    await free({ what: "content", path, ...owners.get(basename(path)) });
  }

  const published = new Set(left.map(fingerprintIn));
  for (const [what, path] of scratchOf(folder, resultsFolder)) {
    const name = basename(path);
    const [fingerprint] = name.split("."); // an attempt has an id after it
    const open = kept.fingerprints.has(fingerprint) && !published.has(fingerprint);
    const useful = open || claims.has(fingerprint) || kept.runs.has(name);
    if (!useful && isOld(path)) await free({ what, path });
  }
  return freed;
}

/** What is of no use once an instance is published or given up, by its fingerprint's name. */
function* scratchOf(
  folder: string,
  resultsFolder: string | undefined,
): Generator<[what: Freed["what"], path: string]> {
  for (const name of namesIn(`${folder}/resume`)) yield ["checkpoint", `${folder}/resume/${name}`];
  for (const part of namesIn(`${folder}/attempts`)) {
    const path = `${folder}/attempts/${part}`;
    if (part.length > 2) yield ["attempt", path]; // what was being written when its process ended
    else for (const name of namesIn(path)) yield ["attempt", `${path}/${name}`];
  }
  for (const name of namesIn(`${folder}/runs`)) yield ["journal", `${folder}/runs/${name}`];
  for (const name of namesIn(`${folder}/damaged`)) {
    // The next push needs to know what is damaged on the server.
    if (!name.startsWith("remote-")) yield ["stray", `${folder}/damaged/${name}`];
  }
  for (const name of namesIn(`${folder}/settled`)) yield ["stray", `${folder}/settled/${name}`];
  for (const path of claimFiles([`${folder}/claims`, `${folder}/followers`])) yield ["stray", path];
  if (resultsFolder === undefined) return;
  for (const pipeline of namesIn(resultsFolder)) {
    if (statIfThere(`${resultsFolder}/${pipeline}`, "link")?.isSymlink) continue;
    for (const path of strayFolders(`${resultsFolder}/${pipeline}`)) yield ["stray", path];
  }
}

/** When what may still wait in Slurm was submitted, in ms. */
function submissionTimes(folder: string): number[] {
  return namesIn(`${folder}/slurm`)
    .map((token) => statSync(`${folder}/slurm/${token}/requests.jsonl`, { throwIfNoEntry: false }))
    .flatMap((stat) => stat && Date.now() - stat.mtimeMs < longestInQueueMs ? stat.mtimeMs : []);
}

function fingerprintIn(recordPath: string): string {
  return basename(recordPath, ".json");
}

/** A record that may be damaged, or gone; one that cannot be read now ends the collection. */
function readRecord(path: string): RunRecord | undefined {
  return parseRecord(readTextIfThere(path) ?? "", fingerprintIn(path));
}

/** Everything that a record reaches; the files of its code have no name. */
function contentsOf(record: RunRecord | undefined): [output: string | undefined, digest: string][] {
  if (!record) return [];
  return [
    ...Object.entries(record.outputs).map(([name, { digest }]): [string, string] => [name, digest]),
    ["log", record.log],
    [undefined, record.codeFiles],
  ];
}

function sizeOf(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return stat?.size ?? 0;
  return namesIn(path).reduce((sum, name) => sum + sizeOf(`${path}/${name}`), 0);
}

async function remove(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
