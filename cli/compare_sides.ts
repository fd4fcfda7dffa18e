/**
 * Finds what `compare` is asked about: stages, runs, locks, tables, or files of somebody else.
 *
 * @module
 */
import { basename, join } from "node:path";
import { readSmallBytes, textBytes } from "../lib/core/small_file.ts";
import type { CountsFile } from "../lib/analysis/evaluations.ts";
import type { NamedPredictions } from "../lib/analysis/foreign_evaluations.ts";
import { parsePredictions } from "../lib/analysis/prediction_file.ts";
import type { ComparedSide } from "../lib/analysis/two_sides.ts";
import { UserError } from "../lib/core/errors.ts";
import { statIfThere } from "../lib/core/file_state.ts";
import { decodeUtf8 } from "../lib/core/yaml_text.ts";
import type { Judge } from "../lib/pipeline/freshness.ts";
import { type Made, madeBy, type MadeResults } from "../lib/pipeline/made_differently.ts";
import { readLock } from "../lib/store/lock.ts";
import type { Store } from "../lib/store/store.ts";
import { publishedLock, readStudy } from "../lib/report/published_study.ts";
import { readManifest, resultViews } from "../lib/table/result_manifest.ts";
import { isPublished, publishedCounts } from "./published_side.ts";

/** A side with how its results were made; of files from elsewhere nobody knows. */
export interface FoundSide extends ComparedSide {
  readonly made: MadeResults;
}

/** What sides are found in. */
export interface Surroundings {
  readonly store: Store;
  readonly profile?: string;
  /** A folder for files that a side needs; whoever writes there makes it. */
  readonly scratch: string;
  /** Plans the pipeline, where a side is a part of it. */
  judge(): Promise<Judge>;
}

const nothing = { counts: [], foreign: [], predictions: [] };

/**
 * A side of a comparison: a path that is there is a file or folder, anything else a target of the
 * pipeline.
 *
 * @throws {UserError} where nothing can be compared in it
 */
export async function findSide(name: string, around: Surroundings): Promise<FoundSide> {
  const stat = statIfThere(name);
  if (stat?.isDirectory) {
    if (statIfThere(join(name, "manifest.json"))) return await resultsSide(name, around);
    if (isPublished(name)) return await publishedSide(name, around);
    return await foreignSide(name, predictionFilesIn(name));
  }
  if (stat?.isFile) {
    if (name.endsWith(".lock")) return lockSide(name, around);
    if (name.endsWith(".parquet")) {
      return { ...nothing, name, counts: [countsFile(stageName(name), name)], made: new Map() };
    }
    return await foreignSide(name, [name]);
  }
  return await targetSide(name, around);
}

/** Instances of the pipeline, whose results are here. */
async function targetSide(name: string, around: Surroundings): Promise<FoundSide> {
  const [judge, { selectTargets }] = await Promise.all([
    around.judge(),
    import("../lib/plan/targets.ts"),
  ]);
  const { plan, workspace: { store } } = judge;
  const selection = selectTargets(plan, [name]);
  const states = await judge.assess(selection.needed);
  const made = new Map<string, Made>();
  const counts: CountsFile[] = [], predictions = new Set<string>();
  for (const { id, axes, kind, inputs } of plan.instances) {
    const state = states.get(id);
    if (state?.kind === "fresh") made.set(id, madeBy(state.record));
    if (!selection.targets.has(id)) continue;
    const { outputs } = plan.kinds.get(kind)!;
    if (!Object.hasOwn(outputs, "counts.parquet")) {
      throw new UserError({
        message: `Cannot compare ${id}: it has no counts of sentences`,
        hint: "name a stage that evaluates, such as evaluate or 'evaluate[source=swa]'",
      });
    }
    if (state?.kind !== "fresh") {
      throw new UserError({
        message: `Cannot compare ${id}: its result is not here as it would be now`,
        hint: `run it first: deno task pipeline '${name}'`,
      });
    }
    counts.push(
      countsFile(id, store.objectPath(state.record.outputs["counts.parquet"].digest), axes),
    );
    for (const input of inputs.predictions ?? []) {
      const upstream = states.get(input);
      if (upstream?.kind !== "fresh") continue;
      const { digest } = upstream.record.outputs["predictions.parquet"];
      predictions.add(store.objectPath(digest));
    }
  }
  return { name, counts, foreign: [], predictions: [...predictions], made };
}

/** The results of a run, as they are laid out in a folder. */
async function resultsSide(folder: string, { store }: Surroundings): Promise<FoundSide> {
  const { counts: view, predictions } = await resultViews(folder);
  if (view === undefined || view.files.length === 0) {
    throw new UserError({
      message: `Cannot compare "${folder}": its results have no table counts`,
      hint: "run a pipeline that evaluates",
    });
  }
  const counts = view.files.map((file, i) => countsFile(stageName(file), file, view.axes?.[i]));
  const made = new Map<string, Made>();
  for (const { files } of Object.values((await readManifest(folder)).tables)) {
    for (const { instance, fingerprint } of files) {
      const record = store.readRecord(fingerprint);
      if (record) made.set(instance, madeBy(record));
    }
  }
  return { name: folder, counts, foreign: [], predictions: predictions?.files ?? [], made };
}

/** The committed tables of a study, with the lock beside them. */
async function publishedSide(
  folder: string,
  { store, scratch }: Surroundings,
): Promise<FoundSide> {
  const counts = await publishedCounts(folder, scratch);
  const { profile } = await readStudy(folder);
  const lock = readLock(join(folder, publishedLock))?.[profile] ?? {};
  const made = Object.entries(lock).map(([id, entry]): [string, Made] => [
    id,
    { entry, record: store.readRecord(entry.fingerprint) },
  ]);
  return { ...nothing, name: folder, counts, made: new Map(made) };
}

/** What a lock names, as far as the store has it. */
function lockSide(path: string, { store, profile }: Surroundings): FoundSide {
  const lock = readLock(path) ?? {};
  const profiles = Object.keys(lock);
  const chosen = profile ?? (profiles.length === 1 ? profiles[0] : undefined);
  if (chosen === undefined || !Object.hasOwn(lock, chosen)) {
    throw new UserError({
      message: chosen === undefined
        ? `Cannot choose a profile of ${path}: it has ${profiles.join(", ")}`
        : `Cannot find profile "${chosen}" in ${path}: it has ${profiles.join(", ")}`,
      hint: "name one with --profile",
    });
  }
  const made = new Map<string, Made>();
  const counts: CountsFile[] = [], predictions: string[] = [];
  for (const [id, entry] of Object.entries(lock[chosen])) {
    made.set(id, { entry, record: store.readRecord(entry.fingerprint) });
    const { "counts.parquet": own, "predictions.parquet": predicted } = entry.outputs;
    if (predicted && statIfThere(store.objectPath(predicted.digest))) {
      predictions.push(store.objectPath(predicted.digest));
    }
    if (own === undefined) continue;
    const file = store.objectPath(own.digest);
    if (statIfThere(file) === undefined) {
      throw new UserError({
        message: `Cannot compare ${id} of ${path}: the store does not have its counts`,
        hint: "fetch them with deno task pull, or run that pipeline here",
      });
    }
    counts.push(countsFile(id, file));
  }
  if (counts.length === 0) {
    throw new UserError({
      message: `Cannot compare ${path}: no result in it has counts of sentences`,
      hint: "lock a pipeline that evaluates",
    });
  }
  return { name: path, counts, foreign: [], predictions, made };
}

/** Files of predictions. */
async function foreignSide(name: string, files: readonly string[]): Promise<FoundSide> {
  const foreign: NamedPredictions[] = [];
  const model = basename(name);
  for (const file of files) {
    const text = decodeUtf8(await readSmallBytes(file, textBytes), file);
    foreign.push({
      ...parsePredictions(text, file),
      language: basename(file).split(/[._]/)[0],
      model,
    });
  }
  return { ...nothing, name, foreign, made: new Map() };
}

/** The files of predictions in a folder: those that are named so, or else all texts. */
function predictionFilesIn(folder: string): string[] {
  const files = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => /\.(txt|conll|iob2?|bio|tsv|pred|preds)$/i.test(name)).sort();
  const named = files.filter((name) => /\bpred/i.test(name));
  if (files.length > 0) {
    return (named.length > 0 ? named : files).map((name) => join(folder, name));
  }
  throw new UserError({
    message:
      `Cannot compare "${folder}": it has neither results of a run, nor committed tables, nor files ` +
      "of predictions",
    hint:
      "a folder of results has a manifest.json, one of committed tables a study.json; files of " +
      "predictions end in .txt or .conll",
  });
}

/** The instance that a file of results is named after. */
function stageName(file: string): string {
  return decodeURIComponent(basename(file).replace(/(\.counts)?\.parquet$/, ""));
}

/** Axes are text here, as names of instances have them. */
function countsFile(
  instance: string,
  path: string,
  axes: Readonly<Record<string, string | number | boolean>> = axesIn(instance),
): CountsFile {
  const named = Object.entries(axes).map(([name, value]) => [name, String(value)]);
  return { instance, axes: Object.fromEntries(named), files: { "counts.parquet": path } };
}

/** The axes in an instance's name: `evaluate[source=swa,seed=42]`. */
function axesIn(instance: string): Record<string, string> {
  const inside = instance.match(/\[(.*)\]$/)?.[1] ?? "";
  return Object.fromEntries(
    inside.split(",").filter((part) => part.includes("=")).map((part) => {
      const at = part.indexOf("=");
      return [part.slice(0, at), part.slice(at + 1)];
    }),
  );
}
