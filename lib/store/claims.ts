/**
 * Claims: which process has a key now, agreed between processes and hosts by files alone.
 *
 * A claim is the file of the highest number in `<folder>/<key>/`, made by an exclusive create.
 * Its owner touches it; one that stays untouched, or whose process is gone from this host, is taken
 * over by creating the next number. There is nothing to unlock by hand.
 *
 * @module
 */
import { readdirSync, statSync } from "node:fs";
import { hostname } from "node:os";
import process from "node:process";
import { faultPoint, makeFolder } from "../core/durable_files.ts";

/** Times in ms. */
export interface ClaimTimes {
  /** How often an owner shows that it lives. */
  readonly heartbeatMs: number;
  /** How long an observer sees no heartbeat before it takes over. */
  readonly staleMs: number;
}

const defaultTimes: ClaimTimes = { heartbeatMs: 5_000, staleMs: 30_000 };

interface Owner {
  readonly host: string;
  readonly pid: number;
  readonly token: string;
}

/** The claims of one process in one folder. Close it at the end. */
export class Claims {
  readonly #folder: string;
  readonly #times: ClaimTimes;
  /** Key → its own claim file. */
  readonly #held = new Map<string, string>();
  /** Claim file → the last heartbeat seen, and when by this process's clock. */
  readonly #seen = new Map<string, { beat: number; at: number }>();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #owner: Owner = { host: hostname(), pid: Deno.pid, token: crypto.randomUUID() };

  constructor(folder: string, times: ClaimTimes = defaultTimes) {
    this.#folder = folder;
    this.#times = times;
    this.#timer = setInterval(() => this.#beat(), times.heartbeatMs);
  }

  /** Claims a key; false while another process, or this one, has it. */
  async tryClaim(key: string): Promise<boolean> {
    const folder = `${this.#folder}/${key}`;
    makeFolder(folder);
    const numbers = listNumbers(folder);
    const highest = numbers.at(-1);
    const found = highest === undefined ? undefined : readClaim(`${folder}/${highest}`);
    if (highest !== undefined && !this.#isStale(`${folder}/${highest}`, found)) return false;
    const path = `${folder}/${(highest ?? 0) + 1}`;
    try {
      faultPoint();
      await Deno.writeTextFile(path, JSON.stringify(this.#owner), { createNew: true });
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) return false;
      if (error instanceof Deno.errors.NotFound) return false;
      // A full disk leaves an empty file.
      if (statSync(path, { throwIfNoEntry: false })?.size === 0) await removeFile(path);
      throw error;
    }
    // Whoever claims at the same time from another state sees this file, or is seen here.
    const now = listNumbers(folder);
    const alone = now.at(-1) === (highest ?? 0) + 1 && now.at(-2) === highest &&
      (highest === undefined || readClaim(`${folder}/${highest}`)?.token === found?.token);
    if (!alone) {
      await removeFile(path);
      return false;
    }
    this.#held.set(key, path);
    return true;
  }

  /** Gives a claim back. */
  async release(key: string): Promise<void> {
    const path = this.#held.get(key);
    if (path === undefined) return;
    this.#held.delete(key);
    const folder = `${this.#folder}/${key}`;
    const own = Number(path.slice(folder.length + 1));
    for (const number of listNumbers(folder)) {
      if (number <= own) await removeFile(`${folder}/${number}`);
    }
    // Another process may have claimed anew: then the folder is not empty and stays.
    await Deno.remove(folder).catch(() => {});
  }

  /** Gives all claims back. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const key of [...this.#held.keys()]) await this.release(key);
  }

  #beat(): void {
    const now = new Date();
    for (const path of this.#held.values()) {
      try {
        Deno.utimeSync(path, now, now);
      } catch (error) {
        // Taken over while this process was suspended: what is claimed must bear to be done twice.
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
  }

  #isStale(path: string, owner: Owner | undefined): boolean {
    if (owner?.host === this.#owner.host && !isAlive(owner.pid)) return true;
    const beat = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (beat === undefined) return false;
    const seen = this.#seen.get(path);
    const now = performance.now();
    if (seen?.beat !== beat) this.#seen.set(path, { beat, at: now });
    return seen?.beat === beat && now - seen.at > this.#times.staleMs;
  }
}

function listNumbers(folder: string): number[] {
  try {
    return readdirSync(folder).map(Number).filter(Number.isInteger).sort((a, b) => a - b);
  } catch {
    return [];
  }
}

/** Whether a claim is of a process of this host that has ended. */
export function isProcessGone(claimFile: string): boolean {
  const owner = readClaim(claimFile);
  return owner?.host === hostname() && !isAlive(owner.pid);
}

function readClaim(path: string): Owner | undefined {
  try {
    return JSON.parse(Deno.readTextFileSync(path));
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === "EPERM";
  }
}

async function removeFile(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
