/**
 * Finds passwords that were stored with addresses, as older versions did.
 *
 * @module
 */
import { passwordsIn } from "../core/address.ts";
import { statIfThere } from "../core/file_state.ts";
import { objectName } from "./layout.ts";
import { namesIn, readTextIfThere, recordFiles } from "./listing.ts";
import { parseRecord } from "./record.ts";

/** How much of a file is looked at, in bytes: what is longer is no log. */
const longestText = 16 * 2 ** 20;

/** A file of a store that holds passwords. */
export interface Leak {
  readonly path: string;
  /** Hidden addresses, as {@linkcode passwordsIn} gives them. */
  readonly addresses: readonly string[];
  /** Whether `push` sends it to a remote store. */
  readonly travels: boolean;
}

/** Every file of a store in which an address has a password: logs, events and journals. */
export function storedPasswords(folder: string): Leak[] {
  const found: Leak[] = [];
  const look = (path: string, travels: boolean): void => {
    const info = statIfThere(path);
    if (!info?.isFile || info.size > longestText) return;
    const addresses = passwordsIn(readTextIfThere(path) ?? "");
    if (addresses.length > 0) found.push({ path, addresses, travels });
  };
  for (const path of recordFiles(folder)) {
    const fingerprint = path.slice(path.lastIndexOf("/") + 1).replace(/\.json$/, "");
    const record = parseRecord(readTextIfThere(path) ?? "", fingerprint);
    if (record) look(`${folder}/${objectName(record.log)}`, true);
  }
  for (const path of filesBelow(`${folder}/attempts`, /\.log$/)) look(path, false);
  for (const path of filesBelow(`${folder}/downloads`, /\.json$/)) look(path, false);
  for (const name of ["runs", "settled", "slurm"]) {
    for (const path of filesBelow(`${folder}/${name}`, /./)) look(path, false);
  }
  return [...new Map(found.map((leak) => [leak.path, leak])).values()];
}

function* filesBelow(folder: string, pattern: RegExp): Generator<string> {
  for (const name of namesIn(folder)) {
    const path = `${folder}/${name}`;
    if (statIfThere(path, "link")?.isDirectory) yield* filesBelow(path, pattern);
    else if (pattern.test(name)) yield path;
  }
}
