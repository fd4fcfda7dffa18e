/**
 * Files of the project that a pipeline file names as the splits of a corpus.
 *
 * @module
 */
import { isAbsolute, relative, resolve } from "node:path";
import type { Json } from "../core/canonical_json.ts";
import { messageOf, type Problem, UserError } from "../core/errors.ts";
import { isFile, isFolder } from "../core/file_kinds.ts";
import { sha256File } from "../core/sha256.ts";
import type { LocalFile } from "./readers.ts";
import { type Split, splitNames } from "./tagged.ts";

/** The files of a corpus by split, as the pipeline file names them. */
export type NamedFiles = Partial<Record<Split, string>>;

/** A file that holds a split. */
export interface OwnFile extends LocalFile {
  readonly holds: Split;
  /** As the pipeline file names it. */
  readonly name: string;
}

/**
 * Finds the files.
 *
 * @param project what their names are relative to, an absolute path
 * @throws {UserError} with every file that is not there or lies outside of the project, each at its
 * param
 */
export async function findOwnFiles(files: NamedFiles, project: string): Promise<OwnFile[]> {
  const found: OwnFile[] = [];
  const problems: Problem[] = [];
  for (const split of splitNames) {
    const name = files[split];
    if (name === undefined) continue;
    const path = resolve(project, name);
    const why = await unusable(name, path, project);
    const twin = found.find((other) => other.path === path);
    const problem = why ?? (twin && {
      why: `it is ${twin.holds} already`,
      hint: "give every split a file of its own",
    });
    if (problem) {
      const message = `Cannot read "${name}" as ${split}: ${problem.why}`;
      problems.push({ message, hint: problem.hint, param: ["files", split] });
    } else found.push({ holds: split, name, url: name, pins: {}, path });
  }
  if (problems.length > 0) throw new UserError(problems);
  return found;
}

/** Why a file cannot be used, and what to do; nothing where it can be. */
async function unusable(
  name: string,
  path: string,
  project: string,
): Promise<{ readonly why: string; readonly hint: string } | undefined> {
  const hint = "name a file of the project by its path from the project's folder";
  const inside = relative(project, path);
  if (inside === ".." || inside.startsWith("../") || isAbsolute(inside)) {
    return { why: "it lies outside of the project", hint: `copy it into the project; ${hint}` };
  }
  if (isAbsolute(name)) return { why: "its path is absolute", hint: `write ${inside}` };
  try {
    if (await isFile(path)) return undefined;
    return { why: await isFolder(path) ? "it is a folder" : "there is no such file", hint };
  } catch (error) {
    return { why: messageOf(error), hint };
  }
}

/**
 * What the files hold, as the digest of each.
 *
 * @throws {UserError} when one cannot be read, at its param
 */
export async function ownFacts(files: readonly OwnFile[]): Promise<Record<string, Json>> {
  const digests: Record<string, string> = {};
  for (const { holds, name, path } of files) {
    try {
      digests[holds] = (await sha256File(path)).digest;
    } catch (cause) {
      const message = `Cannot read "${name}" as ${holds}: ${messageOf(cause)}`;
      throw new UserError({ message, param: ["files", holds] }, { cause });
    }
  }
  return digests;
}

/**
 * Does something with the files. Its errors call them as the pipeline file does, and tell to declare
 * things there and not in the catalogue.
 */
export async function aboutOwnFiles<T>(
  files: readonly OwnFile[],
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const named = (text: string) =>
      files.reduce((told, { path, name }) => told.replaceAll(path, name), text)
        .replaceAll("in data/sources.yaml", "in the stage's `with`");
    const problems = error.problems.map((problem): Problem => ({
      ...problem,
      message: named(problem.message),
      ...problem.range && { range: { ...problem.range, file: named(problem.range.file) } },
      ...problem.hint !== undefined && {
        hint: named(problem.hint),
      },
    }));
    throw new UserError(problems, { cause: error });
  }
}
