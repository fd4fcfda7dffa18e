/**
 * A store on a server: results come from it when they are missing here, and `push` brings them
 * there. Nothing that arrives is believed: contents are hashed, and records must be whole.
 *
 * @module
 */
import { existsSync, statSync } from "node:fs";
import { publishFile, writeAtomically } from "../core/durable_files.ts";
import { environmentError, messageOf, UserError } from "../core/errors.ts";
import { sha256, sha256File } from "../core/sha256.ts";
import { areOf } from "./components.ts";
import { type HttpServer, ServerError } from "./http_server.ts";
import { objectName, recordName } from "./layout.ts";
import { parseRecord, type RunRecord, type StoredFile } from "./record.ts";

/** Transfers at once. */
const maxTransfers = 8;

/** A remote store. */
export class RemoteStore {
  /** What came so far. */
  readonly fetched = { objects: 0, sizeBytes: 0 };
  #free = maxTransfers;
  readonly #waiting: (() => void)[] = [];
  #lost = false;
  readonly #stop = new AbortController();
  /** Path → the fetch that is bringing it. */
  readonly #arriving = new Map<string, Promise<boolean>>();

  /**
   * @param damagedFolder where contents are noted that were not what their names say, so that the
   * next push replaces them
   * @param warn tells a person what went wrong and was got over
   */
  constructor(
    readonly server: HttpServer,
    readonly damagedFolder: string,
    readonly warn: (message: string) => void,
  ) {}

  /** Fetches nothing more, and ends what is on its way. */
  stop(): void {
    this.#stop.abort();
  }

  /** The record of a fingerprint; undefined when there is none, or none that is whole. */
  async fetchRecord(fingerprint: string): Promise<RunRecord | undefined> {
    const name = recordName(fingerprint);
    return await this.#reading(async () => {
      const stream = await this.server.get(name, this.#stop.signal);
      if (!stream) return undefined;
      const record = parseRecord(await new Response(stream).text(), fingerprint);
      if (record && areOf(record.components, fingerprint)) return record;
      this.warn(`Cannot use ${this.server.shown}${name}: it is not a whole record`);
      return undefined;
    });
  }

  /** Whether a content is there, with its size. */
  async has({ digest, sizeBytes }: StoredFile): Promise<boolean> {
    const size = await this.#reading(() => this.server.size(objectName(digest)));
    return size === sizeBytes;
  }

  /** Brings a content to a path; false when it is not there, or not what its name says. */
  async fetchObject(digest: string, path: string, scratchFolder: string): Promise<boolean> {
    const arriving = this.#arriving.get(path) ?? this.#fetchObject(digest, path, scratchFolder);
    this.#arriving.set(path, arriving);
    try {
      return await arriving;
    } finally {
      this.#arriving.delete(path);
    }
  }

  async #fetchObject(digest: string, path: string, scratchFolder: string): Promise<boolean> {
    const name = objectName(digest);
    const temporary = `${scratchFolder}/${digest}.${crypto.randomUUID()}.tmp`;
    const done = await this.#reading(async () => {
      const stream = await this.server.get(name, this.#stop.signal);
      if (!stream) return false;
      try {
        await Deno.mkdir(scratchFolder, { recursive: true });
        await Deno.writeFile(temporary, stream, { mode: 0o444 });
        const arrived = await sha256File(temporary);
        if (arrived.digest === digest) {
          publishFile(temporary, path);
          this.fetched.objects++;
          this.fetched.sizeBytes += arrived.sizeBytes;
          return true;
        }
        this.warn(
          `Cannot use ${this.server.shown}${name}: its content is not what its name says; ` +
            "it is made again here, and the next push replaces it",
        );
        writeAtomically(`${this.damagedFolder}/remote-${digest}`, "");
        return false;
      } finally {
        await Deno.remove(temporary).catch(() => {});
      }
    });
    return done === true;
  }

  /**
   * Brings a record and its contents to the server; what is there already stays.
   *
   * @param pathOf where contents are here
   * @returns how many bytes were sent
   */
  async push(record: RunRecord, pathOf: (digest: string) => string): Promise<number> {
    const digests = Object.values(record.outputs).map(({ digest }) => digest);
    const sent = await Promise.all(
      [...new Set([...digests, record.log, record.codeFiles])].map((digest) =>
        this.#limited(() => this.#pushObject(digest, pathOf(digest)))
      ),
    );
    const name = recordName(record.fingerprint);
    const bytes = await this.#limited(async () => {
      const text = JSON.stringify(record);
      const sizeBytes = new TextEncoder().encode(text).byteLength;
      if (await this.server.size(name) === sizeBytes) return 0;
      const path = await Deno.makeTempFile();
      try {
        await Deno.writeTextFile(path, text);
        await this.server.put(name, { path, digest: sha256(text), sizeBytes });
      } finally {
        await Deno.remove(path);
      }
      return sizeBytes;
    });
    return sent.reduce((sum, each) => sum + each, bytes);
  }

  async #pushObject(digest: string, path: string): Promise<number> {
    const name = objectName(digest);
    const sizeBytes = statSync(path, { throwIfNoEntry: false })?.size;
    if (sizeBytes === undefined) return 0; // a log that a person removed: the outputs were checked
    const damaged = `${this.damagedFolder}/remote-${digest}`;
    const replaces = existsSync(damaged);
    if (!replaces && await this.server.size(name) === sizeBytes) return 0;
    await this.server.put(name, { path, digest, sizeBytes });
    if (replaces) await Deno.remove(damaged);
    return sizeBytes;
  }

  /** Reads from the server; one that does not answer is warned of once, and left alone then. */
  async #reading<T>(act: () => Promise<T>): Promise<T | undefined> {
    if (this.#lost || this.#stop.signal.aborted) return undefined;
    try {
      return await this.#limited(act);
    } catch (error) {
      if (this.#stop.signal.aborted) return undefined;
      if (error instanceof UserError || environmentError(error)) throw error;
      if (!this.#lost) {
        const what = error instanceof ServerError ? "" : `${this.server.shown}: `;
        this.warn(`Cannot read ${what}${messageOf(error)}; going on without it`);
      }
      this.#lost = true;
      return undefined;
    }
  }

  async #limited<T>(act: () => Promise<T>): Promise<T> {
    while (this.#free === 0) await new Promise<void>((resume) => this.#waiting.push(resume));
    this.#free--;
    try {
      return await act();
    } finally {
      this.#free++;
      this.#waiting.shift()?.();
    }
  }
}
