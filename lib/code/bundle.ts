/**
 * Bundles modules with all that they import, and names what else they load; refuses what cannot be
 * followed.
 *
 * @module
 */
import { dirname, extname, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { BuildFailure, BuildResult, Location, Message, Metafile, Plugin } from "esbuild";
import {
  formatProblem,
  messageOf,
  type Problem,
  type SourceRange,
  UserError,
} from "../core/errors.ts";
import { statIfThere } from "../core/file_state.ts";
import { sha256, sha256File } from "../core/sha256.ts";
import { type LockedImports, lockedKeys, targetOf } from "./deno_lock.ts";

/** What one file contributes. Paths are relative to the project. */
export interface Bundle {
  /** SHA-256 of what a module's graph does; of its bytes where a file is no module. */
  readonly digest: string;
  /** The imports of packages. */
  readonly imports: readonly string[];
  /** The files of its graph, also those that add nothing to its bundle today. */
  readonly files: readonly string[];
  /** Those of them that are read when it is loaded. */
  readonly early: readonly string[];
  /** Files that it names by URL: modules of workers, data. */
  readonly named: readonly string[];
}

type BuildOutcome = BuildResult<{ metafile: true; write: false }>;

const lineBreak = /\r\n|[\r\n\u2028\u2029]/;

/**
 * Bundles modules, and whatever files they name.
 *
 * @param entries paths of modules, relative to the project
 * @throws {UserError} for what cannot be bundled, or is not seen by a bundler
 */
export async function bundleAll(
  entries: readonly string[],
  projectFolder: string,
  map: LockedImports,
): Promise<Map<string, Bundle>> {
  const bundles = new Map<string, Bundle>();
  const esbuild = await import("esbuild");
  const bundle = async (entryPoints: string[]): Promise<BuildOutcome> => {
    try {
      return await esbuild.build({
        absWorkingDir: projectFolder,
        entryPoints,
        bundle: true,
        plugins: [followImports(projectFolder, map)],
        preserveSymlinks: true, // as Deno does: what a link names may change
        format: "esm",
        platform: "node",
        target: "esnext",
        supported: { "import-meta": false }, // tells the place of each use
        logOverride: { "unsupported-dynamic-import": "warning" },
        minify: true,
        ignoreAnnotations: true, // a comment decides nothing
        legalComments: "none",
        tsconfigRaw: { compilerOptions: map.emit },
        write: false,
        metafile: true,
        outdir: "bundled",
        logLevel: "silent",
      });
    } catch (error) {
      const { errors } = error as Partial<BuildFailure>;
      if (!errors) {
        throw new UserError(`Cannot bundle the code of a stage: ${messageOf(error)}`, {
          cause: error,
        });
      }
      const problems = new Map(errors.map(problemOf).map((each) => [formatProblem(each), each]));
      throw new UserError([...problems.values()], { cause: error });
    }
  };
  try {
    for (let open = [...new Set(entries)]; open.length > 0;) {
      const modules = open.filter((path) => /^\.[cm]?[jt]sx?$/.test(extname(path)));
      if (modules.length > 0) {
        const built = await bundle(modules);
        const named = await namesIn(built, projectFolder);
        for (const [path, each] of bundlesOf(built, projectFolder, named)) bundles.set(path, each);
      }
      for (const path of open) {
        if (modules.includes(path)) continue;
        const { digest } = await sha256File(resolve(projectFolder, path));
        bundles.set(path, { digest, imports: [], files: [path], early: [], named: [] });
      }
      const wanted = new Set([...bundles.values()].flatMap(({ named }) => named));
      open = [...wanted].filter((path) => !bundles.has(path));
    }
  } finally {
    await esbuild.stop();
  }
  return bundles;
}

/** Finds modules by the import map, leaves out packages, and refuses everything else. */
function followImports(projectFolder: string, map: LockedImports): Plugin {
  return {
    name: "imports",
    setup: ({ onResolve }) =>
      onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
        const target = targetOf(path, map);
        if (kind === "entry-point" || target.startsWith("data:")) return undefined;
        if (/^\.{0,2}\//.test(target)) return { path: resolve(projectFolder, target) };
        // node:module makes a `require` that nobody can follow.
        const isBuiltin = target.startsWith("node:") && target !== "node:module";
        if (isBuiltin || lockedKeys(path, map).length > 0) return { path, external: true };
        const isPackage = target.startsWith("npm:");
        const text = isPackage
          ? `Cannot tell the version of "${path}": deno.lock does not name it`
          : `Cannot follow "${path}": only npm packages and files of the project count as code`;
        const detail = isPackage
          ? "run deno install --entrypoint with this file"
          : 'import a file, or name an npm package in "imports" of deno.json';
        return { errors: [{ text, detail }] };
      }),
  };
}

function* bundlesOf(
  { metafile: { inputs, outputs }, outputFiles }: BuildOutcome,
  projectFolder: string,
  named: ReadonlyMap<string, readonly string[]>,
): Generator<[string, Bundle]> {
  const textOf = new Map(
    outputFiles.map(({ path, contents }) => [relative(projectFolder, path), contents]),
  );
  for (const [path, { entryPoint, imports }] of Object.entries(outputs)) {
    if (entryPoint === undefined) continue;
    const files = reachable(entryPoint, inputs);
    yield [entryPoint, {
      digest: sha256(textOf.get(path)!),
      imports: imports.filter(({ external }) => external).map((each) => each.path),
      files: files.map(fileOf),
      early: reachable(entryPoint, inputs, ["dynamic-import"]).map(fileOf),
      named: [...new Set(files.flatMap((file) => named.get(fileOf(file)) ?? []))].sort(),
    }];
  }
}

/** The files of a module's graph. What a `data:` import holds stands in the file that imports it. */
function reachable(
  entry: string,
  inputs: Metafile["inputs"],
  without: readonly string[] = [],
): string[] {
  const found = new Set([entry]);
  for (const file of found) {
    for (const { path, external, kind } of inputs[file].imports) {
      if (!external && !without.includes(kind)) found.add(path);
    }
  }
  return [...found].filter((path) => !path.startsWith("<data:"));
}

/** A path without `?query`. */
function fileOf(path: string): string {
  return path.replace(/[?#].*$/, "");
}

/** The files that each file names by URL. Whatever else could load something is refused. */
async function namesIn(
  { warnings, metafile }: BuildOutcome,
  projectFolder: string,
): Promise<Map<string, string[]>> {
  const named = new Map<string, string[]>();
  const problems: Problem[] = [];
  for (const { id, location } of warnings as (Message & { location: Location })[]) {
    if (/^unsupported-(dynamic-import|require-call)$|^indirect-require$/.test(id)) {
      problems.push(computed(rangeOf(location)));
    } else if (id === "empty-import-meta") {
      const range = rangeOf(location);
      const found = await nameAt(location, projectFolder);
      if (found.problem) problems.push({ ...found.problem, range });
      if (found.path !== undefined) {
        named.set(range.file, [...named.get(range.file) ?? [], found.path]);
      }
    }
  }
  for (const [file, { imports }] of Object.entries(metafile.inputs)) {
    const isPattern = ({ path, external }: typeof imports[0]): boolean =>
      external === true && /^\.{0,2}\/.*\*/.test(path);
    if (imports.some(isPattern)) problems.push(await patternIn(fileOf(file), projectFolder));
  }
  if (problems.length > 0) throw new UserError(problems);
  return named;
}

/** What a bundler found wrong. */
function problemOf({ text, pluginName, detail, location }: Message): Problem {
  if (!location) return { message: `Cannot bundle the code of a stage: ${text}` };
  const range = rangeOf(location);
  if (pluginName) return { message: text, hint: detail, range };
  const marked = range.lineText.slice(range.column - 1, range.column - 1 + range.length);
  // A pattern takes in files of any kind.
  if (/^No loader/.test(text) && !/^(["'])[^"']*\1$/.test(marked)) return computed(range);
  return { message: `Cannot bundle the code of a stage: ${text}`, range };
}

function computed(range?: SourceRange, file = ""): Problem {
  const message =
    `Cannot follow ${range ? "this import" : `an import of ${file}`}: its module is ` +
    "known only when it runs";
  const hint = 'name the module in quotes; to choose among several, write import("…") for each';
  return { message, hint, range };
}

/** The import of a file that a bundler took for a pattern; it does not say where. */
async function patternIn(file: string, projectFolder: string): Promise<Problem> {
  const lines = (await Deno.readTextFile(resolve(projectFolder, file))).split(lineBreak);
  const pattern = /\b(?:import|require)\((?!\s*(["'])[^"']*\1\s*[,)])/;
  const line = lines.findIndex((each) => pattern.test(each));
  if (line < 0) return computed(undefined, file);
  const lineText = lines[line], column = lineText.search(pattern) + 1;
  return computed({ file, line: line + 1, column, length: "import".length, lineText });
}

/** What a use of `import.meta` names; neither a path nor a problem when it is a folder. */
async function nameAt(
  { file, namespace, line, column, lineText }: Location,
  projectFolder: string,
): Promise<{ path?: string; problem?: Problem }> {
  const isFile = namespace === "" || namespace === "file";
  const path = resolve(projectFolder, fileOf(file));
  const lines = isFile ? (await Deno.readTextFile(path)).split(lineBreak) : [];
  const at = charactersIn(lineText, column);
  const before = [...lines.slice(Math.max(0, line - 5), line - 1), lineText.slice(0, at)];
  const after = [lineText.slice(at), ...lines.slice(line, line + 4)].join("\n");
  if (/^import\.meta\.main\b/.test(after)) return {};
  const [, , name = undefined] = /^import\.meta\.url\s*,?\s*\)/.test(after)
    ? /\bnew URL\(\s*(["'`])([^"'`\\$]+)\1\s*,\s*$/.exec(before.join("\n")) ?? []
    : /^import\.meta\.resolve\(\s*(["'`])(\.[^"'`\\$]*)\1\s*,?\s*\)/.exec(after) ?? [];
  if (name === undefined || !URL.canParse(name, "file:///") || URL.canParse(name)) {
    const message =
      "Cannot follow this use of import.meta: what it leads to does not count as code";
    return {
      problem: { message, hint: 'write new URL("./file", import.meta.url), name in quotes' },
    };
  }
  const found = fileURLToPath(new URL(name, pathToFileURL(`${dirname(path)}/`)));
  const info = statIfThere(found);
  if (info?.isDirectory || name.endsWith("/")) return {};
  if (info) return { path: relative(projectFolder, found) };
  return { problem: { message: `Cannot find "${name}", which counts as code of a stage` } };
}

function rangeOf({ file, line, column, length, lineText }: Location): SourceRange {
  const start = charactersIn(lineText, column);
  const end = charactersIn(lineText, column + length);
  return { file: fileOf(file), line, column: start + 1, length: end - start, lineText };
}

/** How many characters the first bytes of a text are in UTF-8. */
function charactersIn(text: string, bytes: number): number {
  return new TextDecoder().decode(new TextEncoder().encode(text).subarray(0, bytes)).length;
}
