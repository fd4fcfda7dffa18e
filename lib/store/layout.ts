/**
 * Where things are in the folder of a store. A remote store has the same names.
 *
 * ```text
 * objects/ab/<sha256>            content, read-only
 * records/ab/<fingerprint>.json  what ran
 * attempts/ab/<fingerprint>.<id>/    outputs of an attempt in progress, or of one that failed
 * attempts/ab/<fingerprint>.<id>.log its log
 * attempts/<sha256>.partial      the beginning of a content that is being fetched
 * resume/<fingerprint>/          checkpoints; survives attempts
 * claims/ab/<fingerprint>.<n>    who runs it now
 * followers/ab/<fingerprint>.<n> which engine waits for it in Slurm
 * history/<pipeline>.<profile>.jsonl   instance → fingerprint, the last line counts
 * runs/<run>.jsonl               events of a run
 * roots/<id>.json                the lock files that keep results of this store
 * pins/<fingerprint>             results that a person keeps
 * damaged/                       records that `verify --heal` set aside
 * settled/<id>                   runs that found nothing to do, with the state of what they looked at
 * stamps/<folder>.json           which contents were hashed in which state, a cache
 * code/<project>.json            digests of stage code, a cache
 * slurm/<token>/                 what was submitted to Slurm together, and what became of it
 * downloads/                     shared by all instances
 * ```
 *
 * @module
 */

/** The name of a content, below the folder of a store. */
export function objectName(digest: string): string {
  return `objects/${digest.slice(0, 2)}/${digest}`;
}

/** The name of a record, below the folder of a store. */
export function recordName(fingerprint: string): string {
  return `records/${fingerprint.slice(0, 2)}/${fingerprint}.json`;
}

/** The name of an attempt's folder, below that of a store. */
export function attemptName(fingerprint: string, id: string): string {
  return `attempts/${fingerprint.slice(0, 2)}/${fingerprint}.${id}`;
}

/** The log of an attempt, beside its folder. */
export function logOf(attemptFolder: string): string {
  return `${attemptFolder}.log`;
}

/** The folders that a store begins with. */
export const storeFolders = [
  "objects",
  "records",
  "attempts",
  "resume",
  "claims",
  "history",
  "runs",
] as const;
