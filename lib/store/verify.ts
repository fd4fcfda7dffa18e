/**
 * Hashes everything that records reach, names what is damaged, and heals it.
 *
 * To heal a content is to use a whole one of a shared folder, or to fetch it. Where there is none,
 * the damaged file is removed and its record set aside, so that the next run makes the result
 * again. A lost log costs no result: the record goes on without it.
 *
 * @module
 */
import { basename } from "node:path";
import { makeFolder } from "../core/durable_files.ts";
import { UserError } from "../core/errors.ts";
import { areOf } from "./fingerprint.ts";
import { isDigest, parseRecord, type RunRecord } from "./record.ts";
import { readTextIfThere, recordFiles } from "./listing.ts";
import type { Store } from "./store.ts";

/** One damage. */
export interface Damage {
  readonly kind: "record" | "missing" | "corrupt";
  /** The file that is damaged. */
  readonly path: string;
  /** Whose result it belongs to, where that can be read. */
  readonly instance?: string;
  /** An output's name, `log` or `codeFiles`. */
  readonly output?: string;
  readonly healed?: "fetched" | "setAside" | "forgotten";
}

/** What a verification found. */
export interface Verification {
  readonly records: number;
  readonly objects: number;
  readonly sizeBytes: number;
  readonly damages: readonly Damage[];
}

/** Verifies the own folder of a store. */
export async function verifyStore(store: Store, heal: boolean): Promise<Verification> {
  const damages: Damage[] = [];
  const sizes = new Map<string, number>();
  let records = 0;
  for (const path of recordFiles(store.folder)) {
    const text = textOf(path);
    if (text === undefined) continue; // it went meanwhile
    const record = wholeRecord(text, basename(path, ".json"));
    if (!record) {
      if (heal) await setAside(store, path);
      damages.push({ kind: "record", path, ...(heal ? { healed: "setAside" } : {}) });
      continue;
    }
    records++;
    damages.push(...await verifyRecord(record, path, store, heal, sizes));
  }
  await store.saveStamps();
  const sizeBytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  return { records, objects: sizes.size, sizeBytes, damages };
}

async function verifyRecord(
  record: RunRecord,
  path: string,
  store: Store,
  heal: boolean,
  sizes: Map<string, number>,
): Promise<Damage[]> {
  const contents: [name: string, digest: string, sizeBytes?: number][] = [
    ...Object.entries(record.outputs).map(([name, { digest, sizeBytes }]) =>
      [name, digest, sizeBytes] as [string, string, number]
    ),
    ["log", record.log],
    ["codeFiles", record.codeFiles],
  ];
  const damages: Damage[] = [];
  let current = record;
  for (const [output, digest, sizeBytes] of contents) {
    if (sizes.has(digest)) continue;
    const soundness = await store.inspect(digest, sizeBytes);
    if (soundness === "whole") {
      sizes.set(digest, sizeBytes ?? 0);
      continue;
    }
    const damage: Damage = {
      kind: soundness,
      path: store.objectPath(digest),
      instance: record.instance,
      output,
    };
    if (!heal) {
      damages.push(damage);
      continue;
    }
    if (soundness === "corrupt") await store.removeObject(digest);
    if (await store.fetch({ digest, sizeBytes })) damages.push({ ...damage, healed: "fetched" });
    else if (output === "log" || output === "codeFiles") {
      const left = store.putText(output === "log" ? "its log was lost\n" : "{}");
      current = { ...current, [output]: left };
      store.putRecord(current);
      damages.push({ ...damage, healed: "forgotten" });
    } else {
      await setAside(store, path);
      return [...damages, { ...damage, healed: "setAside" }];
    }
  }
  return damages;
}

/** The text of a record; none where a pipe or a device stands in its place. */
function textOf(path: string): string | undefined {
  try {
    return readTextIfThere(path);
  } catch (error) {
    if (error instanceof UserError) return "";
    throw error;
  }
}

/** A record that is whole and named by its own fingerprint. */
function wholeRecord(text: string, fingerprint: string): RunRecord | undefined {
  const record = isDigest(fingerprint) ? parseRecord(text, fingerprint) : undefined;
  return record && areOf(record.components, fingerprint) ? record : undefined;
}

async function setAside({ folder }: Store, path: string): Promise<void> {
  makeFolder(`${folder}/damaged`);
  await Deno.rename(path, `${folder}/damaged/${basename(path)}.${crypto.randomUUID()}`)
    .catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error; // set aside already
    });
}
