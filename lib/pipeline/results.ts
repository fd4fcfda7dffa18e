/**
 * Lays out the tables of a plan's fresh instances where people and SQL find them.
 *
 * `results/<pipeline>/<profile>/<table>/<instance>.parquet` are links into the store, copies where
 * links cannot be (what `--set` tries is in `<profile>+<key>=<value>`); `manifest.json` beside them says which files belong to which table. A new folder
 * is prepared beside the old one, and the two exchange their names: a reader finds the old results
 * or the new ones, whole. Where the file system cannot exchange, there is an instant between two
 * moves in which a reader finds none and has to look again.
 *
 * @module
 */
import { dirname } from "node:path";
import { canonicalJson, type Json } from "../core/canonical_json.ts";
import type { Column } from "../table/schema.ts";
import { exchange } from "../core/exchange.ts";
import { fileNameOf } from "../core/file_name.ts";
import { linkOrCopy, makeFolder, writeAtomically } from "../core/durable_files.ts";
import type { Freshness, Judge } from "./freshness.ts";
import type { AxisName } from "../plan/references.ts";
import { strayFolders } from "../store/strays.ts";
import type { Store } from "../store/store.ts";

/** A folder in preparation that is older belongs to nobody, in ms. */
const strayAgeMs = 3_600_000;

/** A table of a pipeline, with its files; there may be none. */
export interface ManifestTable {
  readonly about: string;
  readonly columns: Readonly<Record<string, Column>>;
  readonly key: readonly string[];
  readonly files: readonly ManifestFile[];
}

/** One file of a table. */
export interface ManifestFile {
  /** Relative to the manifest. */
  readonly path: string;
  readonly instance: string;
  readonly axes: Readonly<Record<string, AxisName>>;
  /** The output's name. */
  readonly output: string;
  readonly fingerprint: string;
  readonly digest: string;
  readonly sizeBytes: number;
}

/** What is in a results folder. It depends on the results alone: no times, no hosts. */
export interface Manifest {
  readonly format: 1;
  readonly pipeline: string;
  readonly profile: string;
  readonly headline: string | null;
  readonly tables: Readonly<Record<string, ManifestTable>>;
}

/** Where the results of a plan are. */
export function resultsFolderOf({ plan, workspace }: Pick<Judge, "plan" | "workspace">): string {
  return `${workspace.resultsFolder}/${plan.place}`;
}

/** Makes the results folder hold exactly the tables of the fresh instances. */
export async function materialize(
  judge: Judge,
  states: ReadonlyMap<string, Freshness>,
): Promise<void> {
  const folder = resultsFolderOf(judge);
  const manifest = manifestOf(judge, states);
  const text = canonicalJson(manifest as unknown as Json) + "\n";
  const { store } = judge.workspace;
  if (await isCurrent(folder, manifest, text, store)) return;
  const prepared = `${folder}.new-${crypto.randomUUID()}`;
  const retired = `${folder}.old-${crypto.randomUUID()}`;
  const files = Object.values(manifest.tables).flatMap((table) => table.files);
  await store.relinking(files.map(({ digest }) => digest), async () => {
    await prepare(prepared, manifest, text, store);
    for (;;) {
      if (exchange(prepared, folder)) break;
      await rename(folder, retired);
      // Another run may have put its own in place between the two moves.
      if (await rename(prepared, folder)) break;
      await Deno.remove(retired, { recursive: true }).catch(() => {});
    }
    for (const old of [prepared, retired]) {
      await Deno.remove(old, { recursive: true }).catch(() => {});
    }
    await sweep(dirname(folder));
  });
  await store.saveStamps();
}

/** Removes what engines that were killed left in the middle of this, long ago. */
async function sweep(folder: string): Promise<void> {
  for (const path of strayFolders(folder)) {
    const { mtime } = await Deno.stat(path).catch(() => ({ mtime: null }));
    if (mtime === null || Date.now() - mtime.getTime() < strayAgeMs) continue;
    await Deno.remove(path, { recursive: true }).catch(() => {});
  }
}

/** Writes a results folder; nothing is left when that fails. */
async function prepare(
  folder: string,
  manifest: Manifest,
  text: string,
  store: Store,
): Promise<void> {
  try {
    for (const [table, { files }] of Object.entries(manifest.tables)) {
      makeFolder(`${folder}/${table}`);
      for (const { path, digest } of files) {
        await linkOrCopy(store.objectPath(digest), `${folder}/${path}`);
      }
    }
    writeAtomically(`${folder}/manifest.json`, text);
  } catch (error) {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    throw error;
  }
}

function manifestOf({ plan }: Judge, states: ReadonlyMap<string, Freshness>): Manifest {
  const tables: Record<string, ManifestTable & { files: ManifestFile[] }> = Object.create(null);
  for (const kind of plan.kinds.values()) {
    for (const output of Object.values(kind.outputs)) {
      if (output.kind !== "table") continue;
      const { name, about, columns, key } = output.schema;
      tables[name] ??= { about, columns, key, files: [] };
    }
  }
  for (const { id, kind, axes } of plan.instances) {
    const state = states.get(id);
    if (state?.kind !== "fresh") continue;
    const outputs = Object.entries(plan.kinds.get(kind)!.outputs);
    for (const [output, spec] of outputs) {
      if (spec.kind !== "table") continue;
      const table = spec.schema.name;
      const siblings = outputs.filter(([, each]) =>
        each.kind === "table" && each.schema.name === table
      );
      const name = `${fileNameOf(id)}${siblings.length > 1 ? `.${output}` : ".parquet"}`;
      tables[table].files.push({
        path: `${table}/${name}`,
        instance: id,
        axes,
        output,
        fingerprint: state.fingerprint,
        ...state.record.outputs[output],
      });
    }
  }
  const { pipeline, profile, headline } = plan;
  return { format: 1, pipeline, profile, headline: headline ?? null, tables };
}

async function isCurrent(
  folder: string,
  manifest: Manifest,
  text: string,
  store: Store,
): Promise<boolean> {
  try {
    if (await Deno.readTextFile(`${folder}/manifest.json`) !== text) return false;
    const laidOutAt = Deno.statSync(`${folder}/manifest.json`).mtime!;
    for (const [table, { files }] of Object.entries(manifest.tables)) {
      const there = new Set([...Deno.readDirSync(`${folder}/${table}`)].map(({ name }) => name));
      if (there.size !== files.length) return false;
      for (const { path, digest, sizeBytes } of files) {
        if (store.isLink(`${folder}/${path}`, digest)) continue;
        const { size, mtime } = Deno.statSync(`${folder}/${path}`);
        // A copy, then: what was written since is somebody else's.
        if (size !== sizeBytes || mtime! > laidOutAt) return false;
      }
    }
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Moves a folder; false when there is none to move, or something is in the way. */
async function rename(from: string, to: string): Promise<boolean> {
  try {
    await Deno.rename(from, to);
    return true;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === "ENOENT" || code === "ENOTEMPTY" || code === "EEXIST") return false;
    throw error;
  }
}
