/**
 * What keeps results: locks, the last runs, pins. Everything else may go.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { writeAtomically } from "../core/durable_files.ts";
import { sha256 } from "../core/sha256.ts";
import { UserError } from "../core/errors.ts";
import { type Lock, parseLock } from "./lock.ts";
import { namesIn, readTextIfThere } from "./listing.ts";
import { isDigest } from "./record.ts";
import { settledFingerprints } from "./settled.ts";

/** A lock file that keeps results of a store, noted in the store. */
interface Root {
  readonly lockFile: string;
  /** Where the lock file is; elsewhere its path means nothing. */
  readonly host: string;
  readonly fingerprints: readonly string[];
  /** Profile → a digest of the lock and of what was last locked, which saves comparing them. */
  readonly locked: Readonly<Record<string, string>>;
}

/** Notes in a store that a lock keeps results of it. */
export function keepRoot(
  folder: string,
  lockFile: string,
  lock: Lock,
  locked: Root["locked"],
): void {
  const root: Root = { lockFile, host: hostname(), fingerprints: fingerprintsOf(lock), locked };
  writeAtomically(rootPath(folder, lockFile), JSON.stringify(root));
}

/** What was last locked in a lock file from here, by profile. */
export function lastLocked(folder: string, lockFile: string): Root["locked"] {
  const root = parse(readTextIfThere(rootPath(folder, lockFile))) as Root | undefined;
  return root?.locked ?? {};
}

function rootPath(folder: string, lockFile: string): string {
  return `${folder}/roots/${sha256(`${hostname()}:${lockFile}`).slice(0, 16)}.json`;
}

/** Keeps a result until {@linkcode unpin}; the instance's name is for people. */
export function pin(folder: string, fingerprint: string, instance: string): void {
  writeAtomically(`${folder}/pins/${fingerprint}`, instance);
}

/** Keeps a result no longer, if it was pinned. */
export function unpin(folder: string, fingerprint: string): void {
  try {
    Deno.removeSync(`${folder}/pins/${fingerprint}`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/**
 * The fingerprints that are kept: by lock files (a copy counts where the file is of another host),
 * by pins, by the last runs of every pipeline and profile, and by runs that found nothing to do and
 * are still repeated.
 *
 * @param keepLast how many runs of each pipeline and profile
 * @param isOld whether a file is of the past: a run that goes on keeps what it has found
 */
export function keptFingerprints(
  folder: string,
  keepLast: number,
  isOld: (path: string) => boolean,
): { fingerprints: Set<string>; runs: Set<string> } {
  const fingerprints = new Set<string>();
  for (const name of namesIn(`${folder}/roots`)) {
    const root = parse(readTextIfThere(`${folder}/roots/${name}`)) as Root | undefined;
    if (!root || !Array.isArray(root.fingerprints)) continue;
    if (root.host === hostname() && !existsSync(root.lockFile)) continue;
    const current = root.host === hostname() ? lockedIn(root.lockFile) : undefined;
    for (const each of current ?? root.fingerprints) fingerprints.add(each);
  }
  for (const name of namesIn(`${folder}/pins`)) fingerprints.add(name);
  for (const name of namesIn(`${folder}/settled`)) {
    const path = `${folder}/settled/${name}`;
    if (isOld(path)) continue;
    for (const each of settledFingerprints(readTextIfThere(path) ?? "")) fingerprints.add(each);
  }
  const runs = new Set<string>();
  const counts = new Map<string, number>();
  for (const name of namesIn(`${folder}/runs`).sort().reverse()) {
    const events = (readTextIfThere(`${folder}/runs/${name}`) ?? "").split("\n").map(parse);
    const first = events[0] as { pipeline?: string; profile?: string } | undefined;
    const key = `${first?.pipeline} ${first?.profile}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (count > keepLast && isOld(`${folder}/runs/${name}`)) continue;
    runs.add(name);
    for (const event of events) {
      const { fingerprint } = Object(event) as { fingerprint?: unknown };
      if (isDigest(fingerprint)) fingerprints.add(fingerprint);
    }
  }
  return { fingerprints, runs };
}

function fingerprintsOf(lock: Lock): string[] {
  return Object.values(lock).flatMap((section) =>
    Object.values(section).map(({ fingerprint }) => fingerprint)
  );
}

/** The fingerprints of a lock file as it is now; undefined when it cannot be read. */
function lockedIn(path: string): string[] | undefined {
  try {
    return fingerprintsOf(parseLock(readTextIfThere(path) ?? "", path));
  } catch (error) {
    if (error instanceof UserError) return undefined; // the halves of a merge: the copy counts
    throw error;
  }
}

/** JSON that may be cut short. */
function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}
