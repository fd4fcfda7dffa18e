/**
 * Bundles modules with all that they import, and names what else they load; refuses what cannot be
 * followed.
 *
 * @module
 */
import { extname, relative, resolve } from "node:path";
import type { BuildFailure, Metafile, Plugin } from "esbuild";
import { formatProblem, messageOf, UserError } from "../core/errors.ts";
import { sha256, sha256File } from "../core/sha256.ts";
import { type LockedImports, lockedKeys, targetOf } from "./deno_lock.ts";
import { type BuildOutcome, fileOf, namedFiles, problemOf } from "./named_files.ts";

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
        resolveExtensions: [], // nor does Deno guess
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
        const named = await namedFiles(built, projectFolder);
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
