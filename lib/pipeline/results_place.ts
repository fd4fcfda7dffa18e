/**
 * Where results are laid out, and whether they can be there: what a person has put in their place is
 * never removed, so that it is told before anything runs.
 *
 * @module
 */
import { basename, dirname, relative, resolve } from "node:path";
import { type Problem, UserError } from "../core/errors.ts";
import { fileNameOf } from "../core/file_name.ts";
import { statIfThere } from "../core/file_state.ts";
import type { Instance, Study } from "../plan/plan.ts";
import type { Selection } from "../plan/targets.ts";
import { type Foreign, foreignIn, manifestName, ownedIn } from "../store/results_folder.ts";
import type { Judge, Workspace } from "./freshness.ts";

/** What says where the results of a study are. */
type Surroundings = Pick<Workspace, "projectFolder" | "resultsFolder">;

/** How many of a person's files are named. */
const shownFiles = 3;

/** Where the results of a study are. */
export function resultsFolderOf(
  { resultsFolder }: Pick<Workspace, "resultsFolder">,
  { place }: Study,
): string {
  return `${resultsFolder}/${place}`;
}

/** The pipeline file, seen from the project: both may move together. */
export function pipelineFileIn({ projectFolder }: Surroundings, { file }: Study): string {
  return relative(projectFolder, file).replaceAll("\\", "/");
}

/** Where the table of an instance's output is, below the results folder. */
export function tablePath({ study, name, kind }: Instance, output: string): string {
  const outputs = study.kinds.get(kind)!.outputs;
  const spec = outputs[output];
  if (spec.kind !== "table") throw new Error(`"${output}" is no table`);
  const table = spec.schema.name;
  const siblings = Object.values(outputs).filter((each) =>
    each.kind === "table" && each.schema.name === table
  );
  return `${table}/${fileNameOf(name)}${siblings.length > 1 ? `.${output}` : ".parquet"}`;
}

/**
 * Makes sure, before hours of work, that results can be laid out where a person's files are.
 *
 * @throws {UserError} naming what is in the way, and what to do
 */
export function checkResultsPlace(
  { plan, workspace }: Pick<Judge, "plan" | "workspace">,
  { needed }: Selection,
): void {
  // That no folder can be made there is told when it is made: what has run is kept.
  if (statIfThere(workspace.resultsFolder)?.isFile) return;
  for (const study of plan.studies) {
    const tables = new Set<string>(), files: string[] = [];
    for (const instance of plan.instances) {
      if (instance.study !== study) continue;
      for (const [output, spec] of Object.entries(study.kinds.get(instance.kind)!.outputs)) {
        if (spec.kind !== "table") continue;
        tables.add(spec.schema.name);
        if (needed.has(instance.id)) files.push(tablePath(instance, output));
      }
    }
    foreignBeside(workspace, study, { tables: [...tables], files });
  }
}

/**
 * What in the results folder is a person's, and can stay beside what is to be there.
 *
 * @throws {UserError} when results cannot be laid out without touching what is no pipeline's, or
 * another's
 */
export function foreignBeside(
  workspace: Surroundings,
  study: Study,
  planned: { readonly tables: readonly string[]; readonly files: readonly string[] },
): Foreign[] {
  const folder = resultsFolderOf(workspace, study);
  const refuse = (message: string, hint: string): never => {
    throw new UserError({ message: `Cannot lay out the results in ${folder}: ${message}`, hint });
  };
  checkLinks(workspace.resultsFolder, folder, refuse);
  const there = statIfThere(folder, "link");
  if (there === undefined) return [];
  const owned = ownedIn(folder);
  const foreign = [...foreignIn(folder, owned ?? { tables: new Set(), files: new Set() })];
  const elsewhere = `move that elsewhere, or change the pipeline's name: "${study.pipeline}"`;
  if (owned === undefined) {
    const files = foreign.filter(({ isFolder }) => !isFolder).map(({ path }) => path);
    if (files.length === 0) return foreign;
    const rest = files.length > shownFiles ? ` and ${files.length - shownFiles} more` : "";
    return refuse(
      `it has no ${manifestName} of a pipeline, and holds what is not crosstie's: ` +
        `${files.sort().slice(0, shownFiles).join(", ")}${rest}`,
      elsewhere,
    );
  }
  if (owned.pipeline !== study.pipeline || owned.profile !== study.profile) {
    refuse(
      `it holds the results of pipeline "${owned.pipeline}", profile "${owned.profile}"`,
      elsewhere,
    );
  }
  const tables = new Set(planned.tables), files = new Set([...planned.files, manifestName]);
  for (const { path, isFolder } of foreign) {
    const isInTheWay = files.has(path) || !isFolder && tables.has(path);
    if (!isInTheWay) continue;
    const what = isFolder ? "a folder" : "a file";
    refuse(
      `${path} is ${what} that is not crosstie's, where a table is to be`,
      `move it elsewhere: ${folder}/${path}`,
    );
  }
  return foreign;
}

/** Refuses links by which results would go to another folder than the project's own. */
function checkLinks(
  resultsFolder: string,
  folder: string,
  refuse: (message: string, hint: string) => never,
): void {
  const hint = "remove the link, and put a folder in its place or none";
  for (const path of [resultsFolder, dirname(folder), folder]) {
    const info = statIfThere(path, "link");
    const name = relative(dirname(resultsFolder), path);
    if (info === undefined) return;
    if (info.isSymlink && (path === folder || !isInside(path, dirname(resultsFolder)))) {
      refuse(`${name} is a link to ${Deno.readLinkSync(path)}`, hint);
    }
    if (!info.isSymlink && !info.isDirectory && path !== resultsFolder) {
      refuse(`${name} is a file`, `move it elsewhere: ${basename(path)}`);
    }
  }
}

/** Whether a link leads to a folder below another. */
function isInside(link: string, folder: string): boolean {
  try {
    const way = relative(Deno.realPathSync(folder), Deno.realPathSync(link));
    return way !== "" && way.split(/[\\/]/)[0] !== ".." && resolve(way) !== way;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.FilesystemLoop) {
      return false;
    }
    throw error;
  }
}

/**
 * A warning of another pipeline file of a study's name, whose results are where the study's go;
 * undefined where there is none.
 */
export function namesakeOf(workspace: Surroundings, study: Study): Problem | undefined {
  const file = ownedIn(resultsFolderOf(workspace, study))?.file;
  if (file === undefined || file === pipelineFileIn(workspace, study)) return undefined;
  const [other, own] = [resolve(workspace.projectFolder, file), study.file].map((path) =>
    statIfThere(path)
  );
  if (!other?.isFile || other.ino === own?.ino && other.dev === own?.dev) return undefined;
  return {
    severity: "warning",
    message: `a run replaces the results of ${file}, which has the same name: "${study.pipeline}"`,
    hint: "to keep both, give one of the two files another name:",
  };
}
