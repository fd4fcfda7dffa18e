/**
 * Lays out the tables of a plan's fresh instances where people and SQL find them.
 *
 * `results/<pipeline>/<profile>/<table>/<instance>.parquet` are links into the store, copies where
 * links cannot be (what `--set` tries is in `<profile>+<key>=<value>`); `manifest.json` beside them
 * says which files belong to which table. A new folder is prepared beside the old one, with second
 * names for whatever a person had put there, and the two exchange their names: a reader finds the
 * old results or the new ones, whole. Where the file system cannot exchange, there is an instant
 * between two moves in which a reader finds none and has to look again.
 *
 * @module
 */
import { dirname } from "node:path";
import { readSmallFile } from "../core/small_file.ts";
import { canonicalJson, type Json } from "../core/canonical_json.ts";
import type { Column } from "../table/schema.ts";
import {
  faultPoint,
  linkOrCopy,
  makeFolder,
  syncPath,
  writeAtomically,
} from "../core/durable_files.ts";
import { exchange } from "../core/exchange.ts";
import { statIfThere } from "../core/file_state.ts";
import type { AxisName } from "../plan/references.ts";
import { carry, manifestName, retire } from "../store/results_folder.ts";
import { removeStray, retiredOf, strayFolders } from "../store/strays.ts";
import type { Study } from "../plan/plan.ts";
import type { Freshness, Judge, Workspace } from "./freshness.ts";
import { foreignBeside, pipelineFileIn, resultsFolderOf, tablePath } from "./results_place.ts";
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
  /** The pipeline file, seen from the project; older ones do not say. */
  readonly file?: string;
  readonly headline: string | null;
  readonly tables: Readonly<Record<string, ManifestTable>>;
}

/**
 * Makes the results folder of a study hold exactly the tables of its fresh instances, and what is a
 * person's.
 */
export async function materialize(
  judge: Judge,
  study: Study,
  states: ReadonlyMap<string, Freshness>,
): Promise<void> {
  const folder = resultsFolderOf(judge.workspace, study);
  const manifest = manifestOf(judge, study, states);
  const text = canonicalJson(manifest as unknown as Json) + "\n";
  const { store } = judge.workspace;
  if (await isCurrent(folder, manifest, text, store)) return;
  for (const moved of retiredOf(folder).slice(-1)) await rename(moved, folder);
  const files = Object.values(manifest.tables).flatMap((table) => table.files);
  await store.relinking(files.map(({ digest }) => digest), async () => {
    for (let tries = 1;; tries++) {
      try {
        await layOut(judge.workspace, study, manifest, text);
        break;
      } catch (error) {
        // A person, or another run, has moved something meanwhile.
        if (!(error instanceof Deno.errors.NotFound) || tries === 5) throw error;
      }
    }
    await sweep(dirname(folder));
  });
  await store.saveStamps();
}

async function layOut(
  workspace: Workspace,
  study: Study,
  manifest: Manifest,
  text: string,
): Promise<void> {
  const folder = resultsFolderOf(workspace, study);
  const tables = Object.keys(manifest.tables);
  const files = Object.values(manifest.tables).flatMap((table) => table.files);
  const foreign = foreignBeside(workspace, study, {
    tables,
    files: files.map(({ path }) => path),
  });
  const prepared = `${folder}.new-${crypto.randomUUID()}`;
  const retired = `${folder}.old-${crypto.randomUUID()}`;
  await prepare(prepared, manifest, text, workspace.store, () => {
    carry(foreign, folder, prepared);
  });
  const carried = new Map(
    foreign.map(({ path }) => [path, statIfThere(`${prepared}/${path}`, "link")?.ino ?? null]),
  );
  for (;;) {
    faultPoint();
    if (exchange(prepared, folder)) break;
    await rename(folder, retired);
    // Another run may have put its own in place between the two moves.
    if (await rename(prepared, folder)) break;
    if (statIfThere(retired)) retire(retired, folder);
  }
  for (const old of [prepared, retired]) if (statIfThere(old)) retire(old, folder, carried);
}

/** Removes what engines that were killed left in the middle of this, long ago. */
async function sweep(folder: string): Promise<void> {
  for (const path of strayFolders(folder)) {
    const { mtime } = await Deno.stat(path).catch(() => ({ mtime: null }));
    if (mtime === null || Date.now() - mtime.getTime() < strayAgeMs) continue;
    removeStray(path);
  }
}

/** Writes a results folder; nothing is left when that fails. */
async function prepare(
  folder: string,
  manifest: Manifest,
  text: string,
  store: Store,
  carryOver: () => void,
): Promise<void> {
  try {
    // First: as long as the folder is there, it says what in it is whose.
    writeAtomically(`${folder}/${manifestName}`, text);
    for (const [table, { files }] of Object.entries(manifest.tables)) {
      makeFolder(`${folder}/${table}`);
      for (const { path, digest } of files) {
        await linkOrCopy(store.objectPath(digest), `${folder}/${path}`);
      }
    }
    carryOver();
    const now = new Date();
    Deno.utimeSync(`${folder}/${manifestName}`, now, now); // copies are not younger
    syncPath(folder);
  } catch (error) {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    throw error;
  }
}

function manifestOf(
  { plan, workspace }: Judge,
  study: Study,
  states: ReadonlyMap<string, Freshness>,
): Manifest {
  const tables: Record<string, ManifestTable & { files: ManifestFile[] }> = Object.create(null);
  for (const kind of study.kinds.values()) {
    for (const output of Object.values(kind.outputs)) {
      if (output.kind !== "table") continue;
      const { name, about, columns, key } = output.schema;
      tables[name] ??= { about, columns, key, files: [] };
    }
  }
  for (const instance of plan.instances) {
    const state = states.get(instance.id);
    if (instance.study !== study || state?.kind !== "fresh") continue;
    for (const [output, spec] of Object.entries(study.kinds.get(instance.kind)!.outputs)) {
      if (spec.kind !== "table") continue;
      tables[spec.schema.name].files.push({
        path: tablePath(instance, output),
        instance: instance.name,
        axes: instance.axes,
        output,
        fingerprint: state.fingerprint,
        ...state.record.outputs[output],
      });
    }
  }
  const { pipeline, profile, headline } = study;
  const file = pipelineFileIn(workspace, study);
  return { format: 1, pipeline, profile, file, headline: headline ?? null, tables };
}

async function isCurrent(
  folder: string,
  manifest: Manifest,
  text: string,
  store: Store,
): Promise<boolean> {
  try {
    if (await readSmallFile(`${folder}/manifest.json`, text.length * 3 + 1) !== text) return false;
    const laidOutAt = Deno.statSync(`${folder}/manifest.json`).mtime!;
    for (const { files } of Object.values(manifest.tables)) {
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
