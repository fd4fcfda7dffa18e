/**
 * Checkpoints of a training: all that a later attempt needs to go on as if nothing had happened.
 *
 * A checkpoint is a safetensors file with the weights under their own names, AdamW's moments beside
 * them, and the history so far in its metadata. Its name carries the job and the digest of its
 * bytes, so that one of another job or a damaged one is never taken. The number of steps says which
 * batch and which masks come next.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { publishFile } from "../core/durable_files.ts";
import { messageOf } from "../core/errors.ts";
import { sha256File } from "../core/sha256.ts";
import type { FloatTensor } from "../onnx/dtype.ts";
import { safetensorsBytes, tensorBytes, writeAll } from "../weights/safetensors.ts";
import type { StepRecord } from "./step_record.ts";

/** Where checkpoints are kept, and how often they are written. */
export interface CheckpointOptions {
  /** A folder for this training alone. */
  readonly folder: string;
  /** The least time between two checkpoints; 0 for one after every step. It decides no result. */
  readonly everyMinutes: number;
}

/** A checkpoint on the disk. */
export interface Checkpoint {
  readonly path: string;
  /** Steps done. */
  readonly step: number;
}

/** The number that is kept: should the last one be damaged, there is the one before. */
const kept = 2;

/** The checkpoints of one job in a folder. */
export class Checkpoints {
  readonly #folder: string;
  readonly #job: string;

  /** @param jobDigest names the job: checkpoints of others are left alone */
  constructor(folder: string, jobDigest: string) {
    this.#folder = folder;
    this.#job = jobDigest.slice(0, 16);
  }

  /** All that are there, the newest first, sound or not. */
  async list(): Promise<Checkpoint[]> {
    await Deno.mkdir(this.#folder, { recursive: true });
    const found: Checkpoint[] = [];
    for await (const { name } of Deno.readDir(this.#folder)) {
      const [job, step] = name.split(".");
      if (job !== this.#job || !name.endsWith(".safetensors")) continue;
      found.push({ path: `${this.#folder}/${name}`, step: Number(step) });
    }
    return found.sort((a, b) => b.step - a.step);
  }

  /**
   * Takes up the newest sound checkpoint: fills `tensors` and gives the history. Half-written files
   * and old checkpoints that a killed attempt left are removed.
   *
   * @param tensors the live views that {@linkcode save} was given
   * @param log is told what was taken and what could not be
   * @returns an empty history when there is no checkpoint
   */
  async resume(
    tensors: ReadonlyMap<string, FloatTensor>,
    log: (line: string) => void,
  ): Promise<StepRecord[]> {
    const checkpoints = await this.list();
    for await (const { name } of Deno.readDir(this.#folder)) {
      if (name.endsWith(".tmp")) await Deno.remove(`${this.#folder}/${name}`);
    }
    for (const [i, { path, step }] of checkpoints.entries()) {
      const { digest } = await sha256File(path);
      if (path.endsWith(`.${digest}.safetensors`)) {
        const history = readCheckpoint(path, tensors);
        log(`goes on after step ${step}, from ${path}`);
        for (const { path } of checkpoints.slice(i + kept)) await Deno.remove(path);
        return history;
      }
      log(`removes ${path}: its bytes are not those that were written`);
      await Deno.remove(path);
    }
    return [];
  }

  /**
   * Writes a checkpoint, and lets go of all but the last two. A process that is killed at any
   * instant leaves the old ones as they are.
   *
   * @throws {Error} when it cannot be written; nothing of it is left behind then
   */
  async save(
    history: readonly StepRecord[],
    tensors: ReadonlyMap<string, FloatTensor>,
  ): Promise<void> {
    const temporary = `${this.#folder}/${crypto.randomUUID()}.tmp`;
    try {
      const digest = writeCheckpoint(temporary, history, tensors);
      const name = `${this.#job}.${history.length}.${digest}.safetensors`;
      publishFile(temporary, `${this.#folder}/${name}`);
    } catch (cause) {
      await Deno.remove(temporary).catch(() => {});
      throw new Error(
        `Cannot write the checkpoint of step ${history.length}: ${messageOf(cause)}`,
        { cause },
      );
    }
    for (const { path } of (await this.list()).slice(kept)) await Deno.remove(path);
  }
}

/** Returns the SHA-256 of what was written. */
function writeCheckpoint(
  path: string,
  history: readonly StepRecord[],
  tensors: ReadonlyMap<string, FloatTensor>,
): string {
  const hash = createHash("sha256");
  using file = Deno.openSync(path, { write: true, createNew: true });
  for (const bytes of safetensorsBytes(tensors, { history: JSON.stringify(history) })) {
    hash.update(bytes);
    writeAll(file, bytes);
  }
  return hash.digest("hex");
}

/** Reads a sound checkpoint of the same job into the tensors, which it has in this order. */
function readCheckpoint(path: string, tensors: ReadonlyMap<string, FloatTensor>): StepRecord[] {
  using file = Deno.openSync(path);
  const fill = (bytes: Uint8Array): Uint8Array => {
    for (let at = 0; at < bytes.length;) {
      const read = file.readSync(bytes.subarray(at));
      if (read === null) throw new Error(`Cannot read ${path}: it ends too early`);
      at += read;
    }
    return bytes;
  };
  const headerBytes = Number(new DataView(fill(new Uint8Array(8)).buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(fill(new Uint8Array(headerBytes))));
  for (const chunk of tensorBytes(tensors)) fill(chunk);
  return JSON.parse(header.__metadata__.history);
}
