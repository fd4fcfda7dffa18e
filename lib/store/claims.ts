/**
 * Claims: which process has a key now, agreed between processes and hosts by files alone.
 *
 * A claim is the file `<folder>/<ab>/<key>.<n>` of the highest number, made by an exclusive create;
 * `ab` is how its key begins. Its owner touches it; one that stays untouched, or whose process is
 * gone from this host, is taken over by creating the next number. There is nothing to unlock by
 * hand. The claims of a process are names of one file where links can be: a thousand cost one touch.
 *
 * @module
 */
import { statSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname } from "node:path";
import process from "node:process";
import { readSmallJsonSync } from "../core/small_file.ts";
import { faultPoint, makeFolder } from "../core/durable_files.ts";
import { namesIn } from "./listing.ts";

/** Times in ms. */
export interface ClaimTimes {
  /** How often an owner shows that it lives. */
  readonly heartbeatMs: number;
  /** How long an observer sees no heartbeat before it takes over. */
  readonly staleMs: number;
}

/** Of engines and workers. */
export const claimTimes: ClaimTimes = { heartbeatMs: 5_000, staleMs: 30_000 };

interface Owner {
  readonly host: string;
  readonly pid: number;
  readonly token: string;
  /** Since when it has held claims, in ms since 1970 by its host's clock. */
  readonly since: number;
}

/** A claim of this process. */
interface Held {
  readonly path: string;
  /** Tells the files behind the paths apart. */
  readonly file: number;
}

/** A claim whose heartbeat is older is dead to those who only look on, in ms. */
const silenceMs = 10 * 60_000;

/** The claims of one process in one folder. Close it at the end. */
export class Claims {
  readonly #folder: string;
  readonly #times: ClaimTimes;
  readonly #held = new Map<string, Held>();
  /** Claim file → the last heartbeat seen, and when by this process's clock. */
  readonly #seen = new Map<string, { beat: number; at: number }>();
  readonly #timer: ReturnType<typeof setInterval>;
  #files = 0;
  readonly #self = { host: thisHost(), pid: Deno.pid, token: crypto.randomUUID() };

  constructor(folder: string, times: ClaimTimes = claimTimes) {
    this.#folder = folder;
    this.#times = times;
    this.#timer = setInterval(() => this.#beat(), times.heartbeatMs);
  }

  /** The claim file of a key that this process has; who touches it shows that the process lives. */
  fileOf(key: string): string | undefined {
    return this.#held.get(key)?.path;
  }

  /** Whether a process that seems to live has a key. */
  isHeld(key: string): boolean {
    const claim = claimOf(this.#folder, key);
    const highest = numbersOf(claim).at(-1);
    if (highest === undefined) return false;
    return !this.#isStale(`${claim}.${highest}`, readClaim(`${claim}.${highest}`));
  }

  /** Claims a key; false while another process, or this one, has it. */
  tryClaim(key: string): boolean {
    const claim = claimOf(this.#folder, key);
    const highest = numbersOf(claim).at(-1);
    const found = highest === undefined ? undefined : readClaim(`${claim}.${highest}`);
    if (highest !== undefined && !this.#isStale(`${claim}.${highest}`, found)) return false;
    const path = `${claim}.${(highest ?? 0) + 1}`;
    makeFolder(dirname(path));
    const file = this.#link(path) ?? this.#create(path);
    if (file === undefined) return false;
    // Whoever claims at the same time from another state sees this file, or is seen here.
    const now = numbersOf(claim);
    const alone = now.at(-1) === (highest ?? 0) + 1 && now.at(-2) === highest &&
      (highest === undefined || readClaim(`${claim}.${highest}`)?.token === found?.token);
    if (!alone) {
      removeFile(path);
      return false;
    }
    this.#held.set(key, { path, file });
    return true;
  }

  /** Gives the file of another claim of this process a further name; undefined where it cannot. */
  #link(path: string): number | undefined {
    const [other] = this.#held.values();
    if (!other) return undefined;
    try {
      faultPoint();
      Deno.linkSync(other.path, path);
    } catch {
      return undefined; // no links here, too many of them, the claim was taken over, or a race lost
    }
    if (readClaim(path)?.token === this.#self.token) return other.file;
    removeFile(path); // the other claim had been taken over and claimed anew
    return undefined;
  }

  /** Makes a claim file; undefined when there is one. */
  #create(path: string): number | undefined {
    try {
      faultPoint();
      const owner: Owner = { ...this.#self, since: Date.now() };
      Deno.writeTextFileSync(path, JSON.stringify(owner), { createNew: true });
      return ++this.#files;
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) return undefined;
      // A full disk leaves an empty file.
      if (statSync(path, { throwIfNoEntry: false })?.size === 0) removeFile(path);
      throw error;
    }
  }

  /** Gives a claim back. */
  release(key: string): void {
    const held = this.#held.get(key);
    if (!held) return;
    this.#held.delete(key);
    const claim = claimOf(this.#folder, key);
    const own = Number(held.path.slice(claim.length + 1));
    for (const number of numbersOf(claim)) {
      if (number <= own) removeFile(`${claim}.${number}`);
    }
  }

  /** Gives all claims back. */
  close(): void {
    clearInterval(this.#timer);
    for (const key of [...this.#held.keys()]) this.release(key);
  }

  #beat(): void {
    const now = new Date();
    const touched = new Set<number>();
    for (const { path, file } of this.#held.values()) {
      if (touched.has(file)) continue;
      try {
        Deno.utimeSync(path, now, now);
        touched.add(file);
      } catch {
        // Taken over while this process was suspended, or out of reach for now: what is claimed must
        // bear to be done twice, and is no reason to end the run.
      }
    }
  }

  #isStale(path: string, owner: Owner | undefined): boolean {
    if (owner?.host === this.#self.host && !isAlive(owner.pid)) return true;
    const beat = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (beat === undefined) return false;
    const seen = this.#seen.get(path);
    const now = performance.now();
    if (seen?.beat !== beat) this.#seen.set(path, { beat, at: now });
    return seen?.beat === beat && now - seen.at > this.#times.staleMs;
  }
}

/** Whether a key is claimed, by a process that lives or one that has just died. */
export function isClaimed(folder: string, key: string): boolean {
  return numbersOf(claimOf(folder, key)).length > 0;
}

/** The claims of processes that live: key → when it was claimed, in ms since 1970. */
export function livingClaims(folders: readonly string[]): Map<string, number> {
  const result = new Map<string, number>();
  for (const path of claimFiles(folders)) {
    const beat = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (beat === undefined || Date.now() - beat >= silenceMs) continue;
    const owner = readClaim(path);
    if (owner?.host === thisHost() && !isAlive(owner.pid)) continue;
    const key = basename(path).replace(/\.\d+$/, "");
    result.set(key, Math.min(owner?.since ?? beat, result.get(key) ?? Infinity));
  }
  return result;
}

/** Every claim file, also of processes that are dead. */
export function claimFiles(folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    namesIn(folder).flatMap((part) =>
      namesIn(`${folder}/${part}`).map((name) => `${folder}/${part}/${name}`)
    )
  );
}

/** The path of a key's claims, without their numbers. */
function claimOf(folder: string, key: string): string {
  return `${folder}/${key.slice(0, 2)}/${key}`;
}

/** The numbers of a key's claims, in order. */
function numbersOf(claim: string): number[] {
  const start = `${basename(claim)}.`;
  return namesIn(dirname(claim))
    .filter((name) => name.startsWith(start) && /^\d{1,15}$/.test(name.slice(start.length)))
    .map((name) => Number(name.slice(start.length))).sort((a, b) => a - b);
}

/** The host, and in it the space in which process ids mean something: a container has its own. */
export function thisHost(): string {
  try {
    return `${hostname()} ${Deno.readLinkSync("/proc/self/ns/pid")}`;
  } catch {
    return hostname(); // not Linux
  }
}

function readClaim(path: string): Owner | undefined {
  try {
    return readSmallJsonSync(path, 4096) as Owner;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Who may not ask (EPERM, or a Deno without --allow-run) takes it for one that lives.
    return (error as { code?: string }).code !== "ESRCH";
  }
}

function removeFile(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
