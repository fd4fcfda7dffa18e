/**
 * Stores with results for tests.
 *
 * @module
 */
import { fingerprintOf } from "../fingerprint.ts";
import type { RunRecord, StoredFile } from "../record.ts";
import { createStore, Store } from "../store.ts";

/** A new store in a temporary folder, which is removed in the end. */
export async function withStore(use: (store: Store) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(newStore(folder));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A store in a folder, with shared folders beside it. */
export function newStore(folder: string, shared: readonly string[] = []): Store {
  createStore(folder);
  return new Store(folder, shared);
}

/** Stores a result with these outputs, as a worker does; the instance decides the fingerprint. */
export async function putResult(
  store: Store,
  instance: string,
  outputs: Readonly<Record<string, string>>,
): Promise<RunRecord> {
  const components: RunRecord["components"] = {
    kind: "write",
    code: "0".repeat(64),
    packages: ["zod@4.0.0"],
    params: { instance },
    inputs: {},
    reads: null,
    runtime: { onnxruntime: "1.30.0", device: "cpu", cores: 2 },
  };
  const fingerprint = fingerprintOf(components);
  const attempt = store.startAttempt(fingerprint);
  const stored: Record<string, StoredFile> = {};
  for (const [name, text] of Object.entries(outputs)) {
    await Deno.writeTextFile(`${attempt}/${name}`, text);
    stored[name] = await store.putFile(`${attempt}/${name}`);
  }
  const record: RunRecord = {
    format: 1,
    fingerprint,
    instance,
    components,
    outputs: stored,
    log: store.putText(`log of ${instance}`),
    codeFiles: store.putText('{"write.ts":"…"}'),
    resources: { cores: 1, memoryMib: 1, gpus: 0 },
    device: "cpu",
    startedAt: "2026-01-01T00:00:00.000Z",
    endedAt: "2026-01-01T00:00:01.000Z",
    host: "here",
    provenance: { git: null, versions: { deno: "2.9.6", cpu: "an Abacus" } },
  };
  store.putRecord(record);
  await Deno.remove(attempt, { recursive: true });
  return record;
}

/** Overwrites a read-only file, as a failing disk would: by default with its size kept. */
export async function damage(path: string, text?: string): Promise<void> {
  const before = await Deno.readTextFile(path);
  await Deno.remove(path);
  await Deno.writeTextFile(path, text ?? "#".repeat(before.length));
}
