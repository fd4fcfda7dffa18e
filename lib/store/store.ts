/**
 * The store: files by the digest of their content, and one record per fingerprint.
 *
 * A store is a folder of one's own. Read-only folders of others may stand beside it, and a remote
 * one behind it: what is missing here is used where it lies, or fetched.
 *
 * The rest of the room, in reading order: `layout.ts` names the files, `fingerprint.ts` and
 * `record.ts` say what is remembered of a result, `stamps.ts` when a content is hashed again,
 * `claims.ts` who is at work on it, `lock.ts` and `roots.ts` what keeps it, `collect.ts` how the
 * rest goes, `verify.ts` how damage is found and mended, and `remote_store.ts` how results travel.
 *
 * @module
 */
import { dirname } from "node:path";
import { readSmallFile, readSmallFileSync, textBytes } from "../core/small_file.ts";
import { statIfThere } from "../core/file_state.ts";
import { sha256, sha256File } from "../core/sha256.ts";
import {
  faultPoint,
  makeFolder,
  ownContent,
  publishLoosely,
  syncPath,
  writeAtomically,
} from "../core/durable_files.ts";
import { attemptName, objectName, recordName, storeFolders } from "./layout.ts";
import { namesIn } from "./listing.ts";
import { parseRecord, type RunRecord, type StoredFile } from "./record.ts";
import type { RemoteStore, Wanted } from "./remote_store.ts";
import { type Soundness, Stamps } from "./stamps.ts";
import { storeError } from "./store_error.ts";

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

/** How far and how closely a lookup looks. */
export interface LookupOptions {
  /** `here`: in folders only; `look`: also for remote records; `bring`: fetches what is missing. */
  readonly reach?: "here" | "look" | "bring";
  /** `size`: of contents that have just been published; `stamp`: by default; `content`: hashed. */
  readonly check?: "size" | "stamp" | "content";
}

/** A folder that may hold results, with what is known about its contents. */
interface Layer {
  readonly folder: string;
  readonly stamps: Stamps;
}

/** A store in a folder, which is created when it is first written to. */
export class Store {
  readonly #layers: readonly Layer[];
  /** Content → the shared folder that has it. */
  readonly #elsewhere = new Map<string, string>();

  /**
   * @param shared folders of other stores, which are only read
   * @param remote where missing results are fetched from
   */
  constructor(
    readonly folder: string,
    shared: readonly string[] = [],
    readonly remote?: RemoteStore,
  ) {
    this.#layers = [folder, ...shared].map((layer) => ({
      folder: layer,
      stamps: new Stamps(
        `${folder}/stamps/${layer === folder ? "own" : sha256(layer).slice(0, 16)}.json`,
        (digest) => `${layer}/${objectName(digest)}`,
      ),
    }));
  }

  /** Where a content is: in the shared folder where a lookup found it, else here. */
  objectPath(digest: string): string {
    return `${this.#elsewhere.get(digest) ?? this.folder}/${objectName(digest)}`;
  }

  /** Makes the names of published records durable; what is in them, and in their contents, is. */
  syncRecords(fingerprints: Iterable<string>): void {
    const folders = new Set([...fingerprints].map((each) => dirname(this.recordPath(each))));
    folders.forEach(syncPath);
    if (folders.size > 0) syncPath(`${this.folder}/records`); // they may be new in it
  }

  /** Where a record of this folder is, whether or not it is there. */
  recordPath(fingerprint: string): string {
    return `${this.folder}/${recordName(fingerprint)}`;
  }

  /** Where the record of a fingerprint is read: here, or in a shared folder. */
  recordFile(fingerprint: string): string {
    const files = this.#layers.map(({ folder }) => `${folder}/${recordName(fingerprint)}`);
    return files.find((path) => statIfThere(path) !== undefined) ?? files[0];
  }

  /** The folder of a fingerprint's checkpoints. */
  resumeFolder(fingerprint: string): string {
    return `${this.folder}/resume/${fingerprint}`;
  }

  /** A new attempt's folder, for what it writes. */
  startAttempt(fingerprint: string, id: string = crypto.randomUUID()): string {
    const folder = `${this.folder}/${attemptName(fingerprint, id)}`;
    makeFolder(folder);
    return folder;
  }

  /** Everything that attempts of a fingerprint have left: folders, and logs beside them. */
  attemptsOf(fingerprint: string): string[] {
    const folder = dirname(`${this.folder}/${attemptName(fingerprint, "")}`);
    return namesIn(folder).filter((name) => name.startsWith(`${fingerprint}.`))
      .map((name) => `${folder}/${name}`);
  }

  /** The record of a fingerprint, if it is whole, here or in a shared folder. */
  readRecord(fingerprint: string): RunRecord | undefined {
    for (const { folder } of this.#layers) {
      try {
        const text = readSmallFileSync(`${folder}/${recordName(fingerprint)}`);
        const record = parseRecord(text, fingerprint);
        if (record) return record;
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
    return undefined;
  }

  /** The record of a fingerprint, checked that these outputs are there and whole. */
  async find(
    fingerprint: string,
    outputs: readonly string[],
    { reach = "here", check = "stamp" }: LookupOptions = {},
  ): Promise<Lookup> {
    const here = this.readRecord(fingerprint);
    const record = here ??
      (reach === "here" ? undefined : await this.remote?.fetchRecord(fingerprint));
    if (!record) return { kind: "absent" };
    if (!here && reach === "look") return { kind: "found", record };
    for (const output of outputs) {
      const stored = Object.hasOwn(record.outputs, output) ? record.outputs[output] : undefined;
      const soundness = stored ? await this.#look(stored, check) : "missing";
      if (soundness === "whole") continue;
      if (stored && reach === "look" && await this.remote?.has(stored)) continue;
      if (stored && reach === "bring" && await this.fetch(stored)) continue;
      const verdict = soundness === "missing" ? "outputMissing" : "outputCorrupt";
      return here ? { kind: "damaged", record, verdict, output } : { kind: "absent" };
    }
    if (!here) {
      for (const digest of [record.log, record.codeFiles]) {
        if (await this.inspect(digest) !== "whole") await this.fetch({ digest });
      }
      this.putRecord(record);
    }
    return { kind: "found", record };
  }

  /** A stored text; undefined when it is not there. */
  async readText(digest: string): Promise<string | undefined> {
    for (const { stamps } of this.#layers) {
      try {
        return await readSmallFile(stamps.pathOf(digest), textBytes);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
    return undefined;
  }

  /**
   * Moves a finished file into the store; of a link, a copy of what it names. A damaged content of
   * the same digest is healed.
   */
  async putFile(path: string): Promise<StoredFile> {
    await ownContent(path);
    const stored = await sha256File(path);
    faultPoint();
    Deno.chmodSync(path, 0o444);
    publishLoosely(path, `${this.folder}/${objectName(stored.digest)}`);
    return stored;
  }

  /** Stores a text unless it is there. */
  putText(text: string): string {
    const digest = sha256(text);
    const path = `${this.folder}/${objectName(digest)}`;
    const size = new TextEncoder().encode(text).byteLength;
    if (statIfThere(path)?.size === size) {
      const now = new Date();
      Deno.utimeSync(path, now, now); // it is wanted again: no collector may take it for old
    } else this.#write(path, text, 0o444);
    return digest;
  }

  /** Publishes a record: the last step, after all its outputs. */
  putRecord(record: RunRecord): void {
    this.#write(this.recordPath(record.fingerprint), JSON.stringify(record), 0o644);
  }

  /**
   * Does something that gives contents further names, or takes them away, and with them another
   * state: those known to be whole stay known.
   */
  async relinking(digests: readonly string[], act: () => Promise<void>): Promise<void> {
    const { stamps } = this.#layers[0];
    const known = digests.filter((digest) => stamps.isKnown(digest));
    await act();
    known.forEach((digest) => stamps.note(digest));
  }

  /** Whether a file is known to be a link to a whole content. */
  isLink(path: string, digest: string): boolean {
    return this.#layers.some(({ stamps }) => stamps.isKnown(digest, path));
  }

  /** Keeps what was learnt about the state of contents; a cache. */
  async saveStamps(): Promise<void> {
    for (const { stamps } of this.#layers) await stamps.save();
  }

  /** Whether a content is whole in some folder. */
  async #look(
    { digest, sizeBytes }: { digest: string; sizeBytes?: number },
    check: LookupOptions["check"],
  ): Promise<Soundness> {
    let found: Soundness = "missing";
    for (const { folder, stamps } of this.#layers) {
      if (check === "size" && folder === this.folder) {
        const stat = statIfThere(stamps.pathOf(digest));
        if (stat?.size !== sizeBytes) continue;
        stamps.note(digest);
        return "whole";
      }
      const soundness = await stamps.look(digest, sizeBytes, check === "content");
      if (soundness === "whole") {
        if (folder !== this.folder) this.#elsewhere.set(digest, folder);
        else this.#elsewhere.delete(digest);
        return "whole";
      }
      if (soundness === "corrupt") found = "corrupt";
    }
    return found;
  }

  /** Reads a whole content, wherever it is. The size is not checked when it is left out. */
  async inspect(digest: string, sizeBytes?: number): Promise<Soundness> {
    return await this.#look({ digest, sizeBytes }, "content");
  }

  /** Removes a damaged content from this folder. */
  async removeObject(digest: string): Promise<void> {
    await Deno.remove(`${this.folder}/${objectName(digest)}`).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error; // it lies in a shared folder
    });
  }

  /** Brings a content here from the remote store, in place of a damaged one. */
  async fetch(content: Wanted): Promise<boolean> {
    const { digest } = content;
    const path = `${this.folder}/${objectName(digest)}`;
    const fetched = await this.remote?.fetchObject(content, path, `${this.folder}/attempts`);
    if (fetched) this.#layers[0].stamps.note(digest);
    return fetched === true;
  }

  #write(path: string, text: string, mode: number): void {
    writeAtomically(path, text, { folder: `${this.folder}/attempts`, mode, loosely: true });
  }
}

/**
 * Makes the folders of a store durable once, so that later moves into them are.
 *
 * @throws {UserError} where no store can be
 */
export function createStore(folder: string): void {
  try {
    for (const name of storeFolders) makeFolder(`${folder}/${name}`);
    syncPath(folder);
  } catch (cause) {
    throw storeError(folder, cause);
  }
}
