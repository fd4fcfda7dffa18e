/**
 * The store: files by the digest of their content, and one record per fingerprint.
 *
 * ```text
 * objects/ab/<sha256>            content, read-only
 * records/ab/<fingerprint>.json  what ran
 * attempts/<fingerprint>/<id>/   out/, log.txt of a run in progress or one that failed
 * resume/<fingerprint>/          checkpoints; survives attempts
 * claims/<fingerprint>/<n>       who runs it now
 * history/<pipeline>.<profile>.jsonl   instance → fingerprint, the last line counts
 * runs/<run>.jsonl               events of a run
 * code/<project>.json            digests of stage code, a cache
 * downloads/                     shared by all instances
 * ```
 *
 * @module
 */
import { statSync } from "node:fs";
import { messageOf, UserError } from "../core/errors.ts";
import { sha256, sha256File } from "../core/sha256.ts";
import { publishFile, syncPath, writeAtomically } from "../core/durable_files.ts";
import { parseRecord, type RunRecord, type StoredFile } from "./record.ts";

/** What the store says about a fingerprint. */
export type Lookup =
  | { readonly kind: "found"; readonly record: RunRecord }
  | { readonly kind: "absent" }
  | {
    readonly kind: "damaged";
    readonly record: RunRecord;
    readonly verdict: "outputMissing" | "outputCorrupt";
    /** The output that is not as it was. */
    readonly output: string;
  };

/** A store in a folder, which is created when it is first written to. */
export class Store {
  constructor(readonly folder: string) {}

  /** Where a content is, whether or not it is there. */
  objectPath(digest: string): string {
    return `${this.folder}/objects/${digest.slice(0, 2)}/${digest}`;
  }

  /** Where a record is, whether or not it is there. */
  recordPath(fingerprint: string): string {
    return `${this.folder}/records/${fingerprint.slice(0, 2)}/${fingerprint}.json`;
  }

  /** The folder of a fingerprint's checkpoints. */
  resumeFolder(fingerprint: string): string {
    return `${this.folder}/resume/${fingerprint}`;
  }

  /** A new attempt's folder, with `out/` in it. */
  async startAttempt(fingerprint: string): Promise<string> {
    const folder = `${this.folder}/attempts/${fingerprint}/${crypto.randomUUID()}`;
    await Deno.mkdir(`${folder}/out`, { recursive: true });
    return folder;
  }

  /** The record of a fingerprint, if it is whole. */
  readRecord(fingerprint: string): RunRecord | undefined {
    try {
      return parseRecord(Deno.readTextFileSync(this.recordPath(fingerprint)), fingerprint);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }

  /** The record of a fingerprint, checked that these outputs are there with their sizes. */
  find(fingerprint: string, outputs: readonly string[]): Lookup {
    const record = this.readRecord(fingerprint);
    if (!record) return { kind: "absent" };
    for (const output of outputs) {
      const stored = Object.hasOwn(record.outputs, output) ? record.outputs[output] : undefined;
      const size = stored && sizeOf(this.objectPath(stored.digest));
      if (!stored || size === undefined) {
        return { kind: "damaged", record, verdict: "outputMissing", output };
      }
      if (size !== stored.sizeBytes) {
        return { kind: "damaged", record, verdict: "outputCorrupt", output };
      }
    }
    return { kind: "found", record };
  }

  /** A stored text; undefined when it is not there. */
  async readText(digest: string): Promise<string | undefined> {
    try {
      return await Deno.readTextFile(this.objectPath(digest));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }

  /** Moves a finished file into the store. A damaged content of the same digest is healed. */
  async putFile(path: string): Promise<StoredFile> {
    const stored = await sha256File(path);
    await Deno.chmod(path, 0o444);
    await publishFile(path, this.objectPath(stored.digest));
    return stored;
  }

  /** Stores a text unless it is there. */
  async putText(text: string): Promise<string> {
    const digest = sha256(text);
    const size = new TextEncoder().encode(text).byteLength;
    if (sizeOf(this.objectPath(digest)) === size) return digest;
    await this.#write(this.objectPath(digest), text, 0o444);
    return digest;
  }

  /** Publishes a record: the last step, after all its outputs. */
  async putRecord(record: RunRecord): Promise<void> {
    await this.#write(this.recordPath(record.fingerprint), JSON.stringify(record), 0o644);
  }

  async #write(path: string, text: string, mode: number): Promise<void> {
    await writeAtomically(path, text, { folder: `${this.folder}/attempts`, mode });
  }
}

/** Bytes of a file; undefined when it is not there. Half as long as `statSync` of node:fs takes. */
function sizeOf(path: string): number | undefined {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * Makes the folders of a store durable once, so that later moves into them are.
 *
 * @throws {UserError} where no store can be
 */
export async function createStore(folder: string): Promise<Store> {
  try {
    for (const name of ["objects", "records", "attempts", "resume", "claims", "history", "runs"]) {
      await Deno.mkdir(`${folder}/${name}`, { recursive: true });
    }
    syncPath(folder);
  } catch (cause) {
    throw new UserError({
      message: `Cannot keep a store in ${folder}: ${messageOf(cause)}`,
      hint: "set CROSSTIE_CACHE to a folder that can be written to",
    }, { cause });
  }
  return new Store(folder);
}

/**
 * Opens a store that may not be there yet.
 *
 * @throws {UserError} when something else is in its place
 */
export function openStore(folder: string): Store {
  let isFolder = true;
  try {
    isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? true;
  } catch {
    isFolder = false; // a file stands for one of its parents, or it may not be looked at
  }
  if (isFolder) return new Store(folder);
  throw new UserError({
    message: `Cannot keep a store in ${folder}: it is not a folder`,
    hint: "set CROSSTIE_CACHE to a folder that can be written to",
  });
}
