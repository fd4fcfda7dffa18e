/**
 * Claims: which process has a key now, agreed between processes and hosts by files alone.
 *
 * A claim is the file of the highest number in `<folder>/<key>/`, made by an exclusive create.
 * Its owner touches one file for all that it holds, `beats/<token>` beside the folder; a claim whose
 * owner does not, or whose process is gone from this host, is taken over by creating the next
 * number. There is nothing to unlock by hand.
 *
 * @module
 */
import { readdirSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import process from "node:process";
import { faultPoint, makeFolder } from "../core/durable_files.ts";

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
  /** Whether the file that shows life is there. */
  #beats = false;
  readonly #owner: Owner = { host: hostname(), pid: Deno.pid, token: crypto.randomUUID() };

  constructor(folder: string, times: ClaimTimes = claimTimes) {
    this.#folder = folder;
    this.#times = times;
    this.#timer = setInterval(() => this.#beat(), times.heartbeatMs);
  }

  /** The file that shows that this process lives. */
  get beatFile(): string {
    return beatFileOf(this.#folder, this.#owner);
  }

  /** The claim file of a key that this process has. */
  fileOf(key: string): string | undefined {
    return this.#held.get(key);
  }

  /** Whether a process that seems to live has a key. */
  isHeld(key: string): boolean {
    const folder = `${this.#folder}/${key}`;
    const highest = listNumbers(folder).at(-1);
    if (highest === undefined) return false;
    return !this.#isStale(`${folder}/${highest}`, readClaim(`${folder}/${highest}`));
  }

  /** Claims a key; false while another process, or this one, has it. */
  async tryClaim(key: string): Promise<boolean> {
    const folder = `${this.#folder}/${key}`;
    makeFolder(folder);
    if (!this.#beats) this.#startBeats();
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
    if (this.#beats) await removeFile(this.beatFile);
  }

  #startBeats(): void {
    makeFolder(dirname(this.beatFile));
    faultPoint();
    Deno.writeTextFileSync(this.beatFile, "");
    this.#beats = true;
  }

  #beat(): void {
    if (!this.#beats) return;
    const now = new Date();
    try {
      Deno.utimeSync(this.beatFile, now, now);
    } catch (error) {
      // Removed as old while this process was suspended: its claims are taken over by now, and what
      // is claimed must bear to be done twice.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  #isStale(path: string, owner: Owner | undefined): boolean {
    if (owner?.host === this.#owner.host && !isAlive(owner.pid)) return true;
    const beat = beatOf(path, owner);
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

/** Whether the owner of a claim has shown life within a time, and is not known to have ended. */
export function seemsAlive(claimFile: string, silenceMs: number): boolean {
  const owner = readClaim(claimFile);
  const beat = beatOf(claimFile, owner);
  const isGone = owner?.host === hostname() && !isAlive(owner.pid);
  return beat !== undefined && Date.now() - beat < silenceMs && !isGone;
}

/** When the owner of a claim last showed life, in ms; undefined when the claim is gone. */
function beatOf(claimFile: string, owner: Owner | undefined): number | undefined {
  const claimed = statSync(claimFile, { throwIfNoEntry: false })?.mtimeMs;
  if (claimed === undefined || owner === undefined) return claimed;
  const file = beatFileOf(dirname(dirname(claimFile)), owner);
  return Math.max(claimed, statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0);
}

function beatFileOf(claimsFolder: string, { token }: Owner): string {
  return `${dirname(claimsFolder)}/beats/${token}`;
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
