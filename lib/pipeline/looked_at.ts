/**
 * Names every file that a run with nothing to do has looked at: while all of them are as they were,
 * another run would find the same.
 *
 * @module
 */
import { lockFiles } from "../code/deno_lock.ts";
import { statIfThere } from "../core/file_state.ts";
import { namesIn } from "../store/listing.ts";
import type { RunRecord } from "../store/record.ts";
import type { Judge } from "./freshness.ts";
import { lockFileFor } from "./locking.ts";
import { resultsFolderOf } from "./results_place.ts";

/** Where the sources of a project are, beside the stages' own module graphs. */
const sources = ["main.ts", ...lockFiles, "cli", "lib", "stages"];

/**
 * The paths of all that decided that nothing is to be done, also of files that are not there.
 *
 * @param records of every instance that the run needed
 */
export function pathsLookedAt(
  { context, plan, workspace }: Judge,
  records: Iterable<RunRecord>,
): Set<string> {
  const { projectFolder, store } = workspace;
  const paths = new Set<string>();
  for (const study of plan.studies) {
    paths.add(study.file);
    const lockFile = lockFileFor(study);
    if (lockFile !== undefined) paths.add(lockFile).add(`${store.folder}/roots`);
    addResults(paths, resultsFolderOf(workspace, study));
  }
  for (const name of sources) addTree(paths, `${projectFolder}/${name}`);
  for (const { files } of context.code.values()) {
    for (const file of Object.keys(files)) paths.add(`${projectFolder}/${file}`);
  }
  for (const path of context.readPaths) addFolder(paths, path);
  for (const { fingerprint, outputs } of records) {
    paths.add(store.recordFile(fingerprint));
    for (const { digest } of Object.values(outputs)) paths.add(store.objectPath(digest));
  }
  return paths;
}

/** A path, and what is right below it where it is a folder. */
function addFolder(paths: Set<string>, path: string): void {
  paths.add(path);
  for (const name of namesIn(path)) paths.add(`${path}/${name}`);
}

/** A folder of results: its tables, and copies in them. What a link names is looked at itself. */
function addResults(paths: Set<string>, folder: string): void {
  addFolder(paths, folder);
  for (const table of namesIn(folder)) {
    for (const name of namesIn(`${folder}/${table}`)) {
      const path = `${folder}/${table}/${name}`;
      if ((statIfThere(path)?.nlink ?? 1) === 1) paths.add(path);
    }
  }
}

/**
 * A path and all files below it; tests decide nothing. Folders behind links below it may lead round
 * in a circle: what a stage loads of them is among the files of its code.
 */
function addTree(paths: Set<string>, path: string): void {
  if (!statIfThere(path)?.isDirectory) {
    paths.add(path);
    return;
  }
  for (const { name, isDirectory } of Deno.readDirSync(path)) {
    if (isDirectory) addTree(paths, `${path}/${name}`);
    else if (!name.endsWith("_test.ts")) paths.add(`${path}/${name}`);
  }
}
