/**
 * Bundles modules with all that they import, and names what else they load; refuses what cannot be
 * followed.
 *
 * @module
 */
import { dirname, extname, relative, resolve } from "node:path";
import type { BuildFailure, Loader, Metafile, Plugin } from "esbuild";
import { formatProblem, messageOf, UserError } from "../core/errors.ts";
import { sha256, sha256File } from "../core/sha256.ts";
import type { ImportTarget } from "./blank_words.ts";
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

/** Bundles by path. */
export interface Bundles {
  /** Of the entries. What they say to people alone is not in their digests. */
  readonly entries: ReadonlyMap<string, Bundle>;
  /** Of files that are named by URL. Who reads them there, a Worker or `Deno`, reads every word. */
  readonly named: ReadonlyMap<string, Bundle>;
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
): Promise<Bundles> {
  const bundles = { entries: new Map<string, Bundle>(), named: new Map<string, Bundle>() };
  const esbuild = await import("esbuild");
  const bundle = async (entryPoints: string[], plugins: Plugin[]): Promise<BuildOutcome> => {
    try {
      return await esbuild.build({
        absWorkingDir: projectFolder,
        entryPoints,
        bundle: true,
        plugins: [followImports(projectFolder, map), ...plugins],
        preserveSymlinks: true, // as Deno does: what a link names may change
        resolveExtensions: [], // nor does Deno guess
        format: "esm",
        platform: "node",
        target: "esnext",
        supported: { "import-meta": false }, // tells the place of each use
        logOverride: { "unsupported-dynamic-import": "warning" },
        minifySyntax: true,
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
  const add = async (
    paths: readonly string[],
    found: Map<string, Bundle>,
    plugins: Plugin[],
  ): Promise<void> => {
    const modules = paths.filter((path) => /^\.[cm]?[jt]sx?$/.test(extname(path)));
    if (modules.length > 0) {
      const built = await bundle(modules, plugins);
      const named = await namedFiles(built, projectFolder);
      for (const { path, contents } of built.outputFiles) {
        // Not at once: short names are chosen by what all files hold, also what nobody uses.
        const { code } = await esbuild.transform(contents, {
          format: "esm",
          target: "esnext",
          minify: true,
          ignoreAnnotations: true,
          legalComments: "none",
        });
        const output = relative(projectFolder, path);
        const bundled = bundleOf(output, sha256(code), built, named);
        if (bundled) found.set(...bundled);
      }
    }
    for (const path of paths) {
      if (modules.includes(path)) continue;
      const { digest } = await sha256File(resolve(projectFolder, path));
      found.set(path, { digest, imports: [], files: [path], early: [], named: [] });
    }
  };
  try {
    await add([...new Set(entries)], bundles.entries, [leaveOutWords(projectFolder, map)]);
    for (;;) {
      const all = [...bundles.entries.values(), ...bundles.named.values()];
      const wanted = new Set(all.flatMap(({ named }) => named));
      const open = [...wanted].filter((path) => !bundles.named.has(path));
      if (open.length === 0) return bundles;
      await add(open, bundles.named, []);
    }
  } finally {
    await esbuild.stop();
  }
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

const loaders: Readonly<Record<string, Loader>> = {
  ".ts": "ts",
  ".mts": "ts",
  ".tsx": "tsx",
  ".js": "js",
  ".mjs": "js",
  ".jsx": "jsx",
};

/** Blanks what modules say to people alone. */
function leaveOutWords(projectFolder: string, map: LockedImports): Plugin {
  return {
    name: "words",
    setup: ({ onLoad }) =>
      onLoad({ filter: /\.m?[jt]sx?$/, namespace: "file" }, async ({ path, with: { type } }) => {
        if (type !== undefined) return undefined; // as text or bytes it is read as it is
        const { blankWords } = await import("./blank_words.ts"); // a parser, seldom needed
        const text = await Deno.readTextFile(path);
        const fileTarget: ImportTarget = (specifier) => {
          const target = targetOf(specifier, map);
          if (specifier === "zod" && target.startsWith("npm:zod@")) return specifier;
          if (!/^\.{0,2}\//.test(target)) return target;
          const from = target === specifier ? dirname(path) : projectFolder;
          return relative(projectFolder, resolve(from, target));
        };
        const contents = blankWords(text, path, fileTarget);
        return contents === text ? undefined : { contents, loader: loaders[extname(path)] };
      }),
  };
}

/** The bundle of an output with its entry; none of other outputs. */
function bundleOf(
  output: string,
  digest: string,
  { metafile: { inputs, outputs } }: BuildOutcome,
  named: ReadonlyMap<string, readonly string[]>,
): [string, Bundle] | undefined {
  const { entryPoint, imports } = outputs[output];
  if (entryPoint === undefined) return undefined;
  const files = reachable(entryPoint, inputs);
  return [entryPoint, {
    digest,
    imports: imports.filter(({ external }) => external).map((each) => each.path),
    files: files.map(fileOf),
    early: reachable(entryPoint, inputs, ["dynamic-import"]).map(fileOf),
    named: [...new Set(files.flatMap((file) => named.get(fileOf(file)) ?? []))].sort(),
  }];
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
