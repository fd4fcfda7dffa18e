/**
 * Derives the code of a stage: everything its module graph does, blind to comments and formatting.
 *
 * The graph is bundled and minified by esbuild, and the digest of that text is the stage's code.
 * External packages count by the versions of their transitive closure in `deno.lock`. The digest is
 * kept by the size and time of the graph's files, so that a warm run starts no bundler.
 *
 * @module
 */
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { statSync } from "node:fs";
import type { Metafile } from "esbuild";
import { compareStrings } from "../core/canonical_json.ts";
import { messageOf, UserError } from "../core/errors.ts";
import { sha256, sha256Json } from "../core/sha256.ts";
import { writeAtomically } from "../core/durable_files.ts";
import { type LockedImports, lockedPackages, readLock } from "./deno_lock.ts";

/** The code of a stage. Paths are relative to the project. */
export interface StageCode {
  readonly digest: string;
  /** Every package of the graph with what it depends on, as `name@version`. */
  readonly packages: readonly string[];
  /** SHA-256 of each file of the graph; for explanations, not part of any key. */
  readonly files: Readonly<Record<string, string>>;
  /** The files that are not only read when the module is loaded, but while the stage runs. */
  readonly late: readonly string[];
}

interface CachedCode {
  readonly code: StageCode;
  /** Size in bytes and modification time in ms of what the code was derived from. */
  readonly stats: Readonly<Record<string, readonly [number, number]>>;
}

/** What one module contributes. */
interface Bundle {
  readonly digest: string;
  readonly imports: readonly string[];
  readonly files: readonly string[];
  /** The files that are read when the module is loaded. */
  readonly early: readonly string[];
}

/** Times of files that changed this recently are not trusted, in ms. */
const racyMs = 50;

/**
 * The code of stage modules.
 *
 * @param modules file URL of every stage module, by any key
 * @param projectFolder where `deno.json` and `deno.lock` are
 * @param cacheFolder where digests are kept
 * @throws {UserError} when a module cannot be bundled
 */
export async function deriveCode(
  modules: Readonly<Record<string, string>>,
  projectFolder: string,
  cacheFolder: string,
): Promise<Map<string, StageCode>> {
  const cacheFile = `${cacheFolder}/code/${sha256(projectFolder).slice(0, 16)}.json`;
  const cache = readCache(cacheFile);
  const result = new Map<string, StageCode>();
  const stale: [string, string][] = [];
  const statOf = statReader(projectFolder);
  for (const [key, url] of Object.entries(modules)) {
    const entry = relative(projectFolder, fileURLToPath(url));
    const cached = cache[entry];
    const unchanged = cached?.code.late &&
      Object.entries(cached.stats).every(([path, [size, time]]) => {
        const now = statOf(path);
        return now[0] === size && now[1] === time;
      });
    if (unchanged) result.set(key, cached.code);
    else stale.push([key, entry]);
  }
  if (stale.length === 0) return result;

  const startedAt = Date.now();
  const bundles = await bundleAll(stale.map(([, entry]) => entry), projectFolder);
  const lock = await readLock(projectFolder);
  for (const [key, entry] of stale) {
    const code = await codeOf(entry, bundles, lock, projectFolder);
    result.set(key, code);
    const sources = [...Object.keys(code.files), "deno.json", "deno.lock"];
    const stats = Object.fromEntries(sources.map((path) => [path, statOf(path)] as const));
    const settled = Object.values(stats).every(([, time]) => time < startedAt - racyMs);
    if (settled) cache[entry] = { code, stats };
    else delete cache[entry];
  }
  try {
    writeAtomically(cacheFile, JSON.stringify(cache));
  } catch {
    // A store that cannot be written can be looked at; the code is derived anew next time.
  }
  return result;
}

async function codeOf(
  entry: string,
  bundles: ReadonlyMap<string, Bundle & { workers: readonly string[] }>,
  lock: LockedImports,
  projectFolder: string,
): Promise<StageCode> {
  const reached = [entry];
  for (const each of reached) {
    for (const worker of bundles.get(each)!.workers) {
      if (!reached.includes(worker)) reached.push(worker);
    }
  }
  const parts = reached.map((each) => bundles.get(each)!);
  const files = [...new Set(parts.flatMap((part) => part.files))].sort(compareStrings);
  const digests = await Promise.all(
    files.map(async (path) => [path, sha256(await Deno.readFile(resolve(projectFolder, path)))]),
  );
  const [{ early }, ...workers] = parts;
  return {
    digest: sha256Json(parts.map(({ digest }) => digest)),
    packages: lockedPackages(parts.flatMap(({ imports }) => imports), lock),
    files: Object.fromEntries(digests),
    late: files.filter((path) =>
      !early.includes(path) || workers.some((worker) => worker.files.includes(path))
    ),
  };
}

/** Bundles modules, and the worker modules that they name by `new URL("…", import.meta.url)`. */
async function bundleAll(
  entries: readonly string[],
  projectFolder: string,
): Promise<Map<string, Bundle & { workers: readonly string[] }>> {
  const esbuild = await import("esbuild");
  const bundles = new Map<string, Bundle & { workers: readonly string[] }>();
  const workersOf = new Map<string, Promise<string[]>>();
  try {
    for (let open = [...new Set(entries)]; open.length > 0;) {
      const built = await esbuild.build({
        absWorkingDir: projectFolder,
        entryPoints: open,
        bundle: true,
        packages: "external",
        format: "esm",
        platform: "node",
        target: "esnext",
        minify: true,
        legalComments: "none",
        tsconfigRaw: "{}",
        write: false,
        metafile: true,
        outdir: "bundled",
        logLevel: "silent",
      });
      const textOf = new Map(
        built.outputFiles.map((file) => [relative(projectFolder, file.path), file.contents]),
      );
      for (const [path, output] of Object.entries(built.metafile.outputs)) {
        const files = reachable(output.entryPoint!, built.metafile.inputs);
        const workers = await Promise.all(files.map((file) => {
          if (!workersOf.has(file)) workersOf.set(file, findWorkers(file, projectFolder));
          return workersOf.get(file)!;
        }));
        bundles.set(output.entryPoint!, {
          digest: sha256(textOf.get(path)!),
          imports: output.imports.filter(({ external }) => external).map((each) => each.path),
          files,
          early: reachable(output.entryPoint!, built.metafile.inputs, true),
          workers: workers.flat().sort(compareStrings),
        });
      }
      const named = [...bundles.values()].flatMap(({ workers }) => workers);
      open = [...new Set(named)].filter((worker) => !bundles.has(worker));
    }
  } catch (error) {
    throw new UserError(`Cannot bundle the code of a stage: ${messageOf(error)}`, { cause: error });
  } finally {
    await esbuild.stop();
  }
  return bundles;
}

/** The files of a module's graph, also those that add nothing to its bundle today. */
function reachable(entry: string, inputs: Metafile["inputs"], early = false): string[] {
  const files = new Set([entry]);
  for (const file of files) {
    for (const { path, external, kind } of inputs[file].imports) {
      if (!external && !(early && kind === "dynamic-import")) files.add(path);
    }
  }
  return [...files];
}

async function findWorkers(file: string, projectFolder: string): Promise<string[]> {
  const source = await Deno.readTextFile(resolve(projectFolder, file));
  const pattern = /new URL\(\s*["']([^"'\s]+\.[jt]s)["']\s*,\s*import\.meta\.url/g;
  return [...source.matchAll(pattern)].map((match) =>
    relative(projectFolder, resolve(projectFolder, dirname(file), match[1]))
  );
}

/** Reads size and time of files, each once. */
function statReader(projectFolder: string): (path: string) => readonly [number, number] {
  const known = new Map<string, readonly [number, number]>();
  return (path) => {
    const found = known.get(path);
    if (found) return found;
    const stat = statSync(resolve(projectFolder, path), { throwIfNoEntry: false });
    const result = [stat?.size ?? -1, stat?.mtimeMs ?? -1] as const;
    known.set(path, result);
    return result;
  };
}

function readCache(path: string): Record<string, CachedCode> {
  try {
    return JSON.parse(Deno.readTextFileSync(path));
  } catch {
    return {};
  }
}
