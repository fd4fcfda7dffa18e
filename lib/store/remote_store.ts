/**
 * A store on a server: results come from it when they are missing here, and `push` brings them
 * there. Nothing that arrives is believed: contents are hashed, and records must be whole.
 *
 * @module
 */
import { existsSync, statSync } from "node:fs";
import { makeFolder, publishFile, writeAtomically } from "../core/durable_files.ts";
import { environmentError, messageOf, UserError } from "../core/errors.ts";
import { openLocked } from "../core/locked_file.ts";
import { sha256File } from "../core/sha256.ts";
import { Slots } from "../core/slots.ts";
import { areOf } from "./fingerprint.ts";
import { ServerError } from "./http_send.ts";
import type { HttpServer } from "./http_server.ts";
import { objectName, recordName } from "./layout.ts";
import { parseRecord, type RunRecord, type StoredFile } from "./record.ts";

/** Requests at once: most are small, and wait for the server rather than for the line. */
const maxRequests = 32;
/** Files at once that fill the line, and from which size on, in bytes. */
const maxLarge = 4, largeBytes = 16 * 2 ** 20;
/** The largest content whose size no record says: a log, or a list of files; in bytes. */
const mostBytes = 256 * 2 ** 20;

/** A content that is wanted. */
export type Wanted = Pick<StoredFile, "digest"> & Partial<StoredFile>;

/** A remote store. */
export class RemoteStore {
  /** What came so far, whole and checked. */
  readonly fetched = { objects: 0, sizeBytes: 0 };
  /** What was sent so far. */
  readonly sent = { objects: 0, sizeBytes: 0 };
  /** Bytes that went either way, also of what is still on its way. */
  movedBytes = 0;
  readonly #requests = new Slots(maxRequests);
  readonly #large = new Slots(maxLarge);
  #lost = false;
  readonly #warned = new Set<"record" | "content">();
  readonly #stop = new AbortController();
  /** Reads that are under way, and the watch over them. */
  #waiting = 0;
  #answers = 0;
  #watching: ReturnType<typeof setInterval> | undefined;
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

  /** Moves nothing more, and ends what is on its way. */
  stop(): void {
    this.#stop.abort(new Error("stopped"));
  }

  /** The record of a fingerprint; undefined when there is none, or none that is whole. */
  async fetchRecord(fingerprint: string): Promise<RunRecord | undefined> {
    const name = recordName(fingerprint);
    return await this.#reading(async () => {
      const text = await this.server.text(name, this.#stop.signal);
      if (text === undefined) return undefined;
      const record = parseRecord(text, fingerprint);
      if (record && areOf(record.components, fingerprint)) return record;
      this.#warnOnce("record", `${name}: it is not a whole record`);
      return undefined;
    });
  }

  /** Whether a content is there, with its size. */
  async has({ digest, sizeBytes }: StoredFile): Promise<boolean> {
    const size = await this.#reading(() => this.server.size(objectName(digest), this.#stop.signal));
    return size === sizeBytes;
  }

  /**
   * Brings a content to a path; false when it is not there, or not what its name says. What came of
   * one that was cut off stays in the scratch folder, and is gone on from.
   */
  async fetchObject(
    content: Wanted,
    path: string,
    scratchFolder: string,
  ): Promise<boolean> {
    const arriving = this.#arriving.get(path) ?? this.#fetchObject(content, path, scratchFolder);
    this.#arriving.set(path, arriving);
    try {
      return await arriving;
    } finally {
      this.#arriving.delete(path);
    }
  }

  async #fetchObject(content: Wanted, path: string, scratchFolder: string): Promise<boolean> {
    const { digest } = content;
    const partial = `${scratchFolder}/${digest}.partial`;
    const before = inodeOf(path);
    const done = await this.#reading(async () => {
      makeFolder(scratchFolder);
      using file = await openLocked(partial, this.#stop.signal);
      const now = inodeOf(path);
      if (now !== undefined && now !== before) return true; // another process has brought it
      const started = (await file.stat()).size;
      let arrived = await this.#download(content, file, partial);
      // An earlier try may have left the beginning of what was replaced since.
      if (arrived === "other" && started > 0) {
        arrived = await this.#download(content, file, partial);
      }
      if (arrived === "whole") {
        publishFile(partial, path);
        await Deno.chmod(path, 0o444); // not before: nobody could go on after a kill in between
        return true;
      }
      await Deno.remove(partial).catch(() => {});
      if (arrived === "absent") return false;
      this.#warnOnce(
        "content",
        `${
          objectName(digest)
        }: its content is not what its name says; it is made again here, and ` +
          "the next push replaces it",
      );
      writeAtomically(`${this.damagedFolder}/remote-${digest}`, "");
      return false;
    });
    return done === true;
  }

  /** Downloads the rest of a content, and empties the file when all of it is something else. */
  async #download(
    { digest, sizeBytes = mostBytes }: Wanted,
    file: Deno.FsFile,
    path: string,
  ): Promise<"whole" | "absent" | "other"> {
    let before = (await file.stat()).size;
    const onProgress = (bytes: number): void => {
      this.movedBytes += Math.max(0, bytes - before);
      before = bytes;
    };
    if (before > sizeBytes) await file.truncate(before = 0);
    const options = { signal: this.#stop.signal, onProgress, maxBytes: sizeBytes };
    try {
      const arrived = await this.server.download(objectName(digest), file, options);
      if (arrived === "absent") return "absent";
      if (arrived === "larger") return "other";
    } catch (error) {
      if ((await file.stat()).size === 0) await Deno.remove(path).catch(() => {});
      throw error;
    }
    const arrived = await sha256File(path);
    if (arrived.digest !== digest) {
      await file.truncate(0);
      return "other";
    }
    this.fetched.objects++;
    this.fetched.sizeBytes += arrived.sizeBytes;
    return "whole";
  }

  /**
   * Brings records and their contents to the server, each record after its contents; what is there
   * already stays.
   *
   * @param pathOf where contents are here
   * @param onDone hears how many records are there by now
   * @returns how many records are there in the end: all, unless it was stopped
   * @throws {UserError} when the server fails; what it has by then it keeps
   */
  async push(
    records: readonly RunRecord[],
    pathOf: (digest: string) => string,
    onDone: (records: number) => void = () => {},
  ): Promise<number> {
    let done = 0, failure: Error | undefined;
    const leaving = new Map<string, Promise<void>>(); // many results have the same content
    const pushObject = (digest: string): Promise<void> => {
      const known = leaving.get(digest) ??
        this.#requests.use(() => this.#pushObject(digest, pathOf(digest)));
      leaving.set(digest, known);
      return known;
    };
    // Few results at a time: those that are whole when it is stopped stay so.
    const turns = new Slots(maxRequests);
    await Promise.all(records.map((record) =>
      turns.use(async () => {
        try {
          const outputs = Object.values(record.outputs).map(({ digest }) => digest);
          await Promise.all([...outputs, record.log, record.codeFiles].map(pushObject));
          await this.#requests.use(() => this.#pushRecord(record));
          onDone(++done);
        } catch (error) {
          if (this.#stop.signal.aborted && !(error instanceof ServerError)) return;
          failure ??= error as Error;
          this.stop();
        }
      })
    ));
    if (!failure) return done;
    if (!(failure instanceof ServerError)) throw failure;
    throw new UserError({
      message: `Cannot push to ${failure.message}`,
      hint: "push again: what is there already is not sent twice",
    }, { cause: failure });
  }

  async #pushRecord(record: RunRecord): Promise<void> {
    const name = recordName(record.fingerprint);
    const text = JSON.stringify(record);
    const sizeBytes = new TextEncoder().encode(text).byteLength;
    if (await this.server.size(name, this.#stop.signal) === sizeBytes) return;
    await this.server.putText(name, text, this.#stop.signal);
    this.sent.sizeBytes += sizeBytes;
    this.movedBytes += sizeBytes;
  }

  async #pushObject(digest: string, path: string): Promise<void> {
    const name = objectName(digest);
    const { signal } = this.#stop;
    const sizeBytes = statSync(path, { throwIfNoEntry: false })?.size;
    if (sizeBytes === undefined) return; // a log that a person removed: the outputs were checked
    const damaged = `${this.damagedFolder}/remote-${digest}`;
    const replaces = existsSync(damaged);
    if (!replaces && await this.server.size(name, signal) === sizeBytes) return;
    const onSent = (bytes: number): void => void (this.movedBytes += bytes);
    const put = () => this.server.put(name, { path, digest, sizeBytes }, { signal, onSent });
    await (sizeBytes < largeBytes ? put() : this.#large.use(put));
    if (replaces) await Deno.remove(damaged);
    this.sent.objects++;
    this.sent.sizeBytes += sizeBytes;
  }

  /** Warns of the first of many: a server that is bad is so for every result of a run. */
  #warnOnce(kind: "record" | "content", what: string): void {
    if (this.#warned.has(kind)) return;
    this.#warned.add(kind);
    this.warn(`Cannot use ${this.server.shown}${what}`);
  }

  /** Reads from the server; one that does not answer is warned of once, and left alone then. */
  async #reading<T>(act: () => Promise<T>): Promise<T | undefined> {
    if (this.#lost || this.#stop.signal.aborted) return undefined;
    if (this.#waiting++ === 0) this.#watch();
    try {
      const result = await this.#requests.use(act);
      this.#answers++;
      return result;
    } catch (error) {
      if (this.#stop.signal.aborted) return undefined;
      if (error instanceof UserError || environmentError(error)) throw error;
      if (!this.#lost) {
        const what = error instanceof ServerError ? "" : `${this.server.shown}: `;
        this.warn(`Cannot read ${what}${messageOf(error)}; going on without it`);
      }
      this.#lost = true;
      return undefined;
    } finally {
      if (--this.#waiting === 0) clearInterval(this.#watching);
    }
  }

  /** Says once that the server is waited for, when too little comes for a while. */
  #watch(): void {
    const { leastBytes, overMs, noteMs } = this.server.limits;
    let answers = this.#answers, bytes = this.movedBytes;
    this.#watching = setInterval(() => {
      const isSlow = this.movedBytes - bytes < leastBytes * noteMs / overMs;
      if (answers === this.#answers && isSlow && !this.#lost) {
        const { shown } = this.server;
        this.warn(`Waiting for ${shown}: hardly anything came for ${noteMs / 1000} s`);
        clearInterval(this.#watching);
      }
      [answers, bytes] = [this.#answers, this.movedBytes];
    }, noteMs);
  }
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}
