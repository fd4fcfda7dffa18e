/**
 * Remembers that a run found nothing to do, and in which state all was that it looked at: while
 * every file is in that state, the next run need not look any closer.
 *
 * A note is worth only what its states are: a file that changed shortly before the run, or since,
 * makes none. It is a cache, and a root: what a note speaks of is kept by `gc` while it is in use.
 *
 * @module
 */
import { readSmallFileSync, textBytes } from "../core/small_file.ts";
import { writeAtomically } from "../core/durable_files.ts";
import { changedAt, stateIn, stateOf, statIfThere } from "../core/file_state.ts";
import { sha256 } from "../core/sha256.ts";

/** What a run that found nothing to do has said. */
export interface SettledRun {
  readonly fresh: number;
  /** The warnings of the plan, as they were printed. */
  readonly warnings: readonly string[];
  /** The table at its end, as it was printed; empty when there was none. */
  readonly headline: string;
}

interface Header extends SettledRun {
  readonly format: 1;
  /** When it is time to look closely again, in ms since 1970; never if left out. */
  readonly until?: number;
  readonly paths: number;
}

/** What changed less long before a run is not trusted, in ms: file servers have clocks of their own. */
const restMs = 2_000;

/** The note for a key, if all is as it was. */
export function readSettled(storeFolder: string, key: string): SettledRun | undefined {
  const path = notePath(storeFolder, key);
  try {
    const [first, ...lines] = readSmallFileSync(path, textBytes).split("\n");
    const header: Header = JSON.parse(first);
    if (header.format !== 1 || header.paths !== lines.length) return undefined;
    if (header.until !== undefined && Date.now() > header.until) return undefined;
    for (const line of lines) {
      const end = line.indexOf("\t");
      if (stateOf(line.slice(end + 1)) !== line.slice(0, end)) return undefined;
    }
    const now = new Date();
    Deno.utimeSync(path, now, now); // it is in use
    return header;
  } catch {
    return undefined; // there is none, or it cannot be read: a run looks for itself
  }
}

/**
 * Keeps a note of a run that found nothing to do, if all that it looked at had been at rest.
 *
 * @param paths all that the run looked at, also in vain
 * @param startedAt when the run began, in ms since 1970
 * @param until when the note ends, in ms since 1970
 * @throws when a path cannot be looked at, or the note cannot be written
 */
export function keepSettled(
  storeFolder: string,
  key: string,
  run: SettledRun,
  paths: ReadonlySet<string>,
  { startedAt, until }: { startedAt: number; until?: number },
): void {
  const lines: string[] = [];
  for (const path of paths) {
    const found = statIfThere(path, "link");
    const info = found?.isSymlink ? statIfThere(path) : found;
    // A link may have been led elsewhere meanwhile, to a file that is old.
    const since = startedAt - restMs;
    const atRest = [found, info].every((each) =>
      each ? changedAt(each) < since : isGone(path, since)
    );
    if (!atRest || path.includes("\n")) return;
    lines.push(`${info ? stateIn(info) : ""}\t${path}`);
  }
  const header: Header = { format: 1, ...run, until, paths: lines.length };
  const text = [JSON.stringify(header), ...lines].join("\n");
  writeAtomically(notePath(storeFolder, key), text, { loosely: true });
}

/** The fingerprints of the results that a note speaks of. */
export function settledFingerprints(note: string): string[] {
  return [...note.matchAll(/\/records\/[0-9a-f]{2}\/([0-9a-f]{64})\.json$/gm)].map(([, it]) => it);
}

/** Whether what is not there has not been there since a time: its folder would have changed. */
function isGone(path: string, since: number): boolean {
  const folder = path.slice(0, path.lastIndexOf("/"));
  if (folder === "") return true;
  const info = statIfThere(folder);
  return info ? changedAt(info) < since : isGone(folder, since);
}

function notePath(storeFolder: string, key: string): string {
  return `${storeFolder}/settled/${sha256(key).slice(0, 32)}`;
}
