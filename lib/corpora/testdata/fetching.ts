/**
 * What tests of fetching share.
 *
 * @module
 */
import { strict as assert } from "node:assert";
import { join } from "node:path";
import { UserError } from "../../core/errors.ts";
import { CounterRandom } from "../../core/random.ts";
import { sha256 } from "../../core/sha256.ts";

const random = new CounterRandom("fetching");
/** A file's content, and its SHA-256. */
export const bytes = Uint8Array.from({ length: 200_000 }, () => random.integer(256));
export const digest = sha256(bytes);
/** No long pauses. */
export const retry = { baseDelayMs: 1, maxDelayMs: 5 };

/** An address at which nothing listens, as a stand-in for being offline. */
export function nowhere(): string {
  using listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  return `http://127.0.0.1:${listener.addr.port}/data/file.bin`;
}

/** Gives a folder for a while. */
export async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The names of all files below a folder, sorted. */
export async function filesBelow(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    if (entry.isDirectory) names.push(...await filesBelow(join(folder, entry.name)));
    else names.push(entry.name);
  }
  return names.sort();
}

/** The error of what must not succeed. */
export async function rejection(promise: Promise<unknown>): Promise<UserError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    return error;
  }
  throw new Error("expected a rejection");
}
