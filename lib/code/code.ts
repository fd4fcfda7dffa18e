/**
 * Derives the code of a stage: everything its module graph does, blind to comments and formatting.
 *
 * The graph is bundled and minified by esbuild, and the digest of that text is the stage's code.
 * External packages count by the versions of their transitive closure in `deno.lock`. The digest is
 * kept by the state of the files that it came of, so that a warm run starts no bundler.
 *
 * @module
 */
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { readSmallJsonSync, textBytes } from "../core/small_file.ts";
import { compareStrings } from "../core/canonical_json.ts";
import { writeAtomically } from "../core/durable_files.ts";
import { changedAt, stateOf, statIfThere } from "../core/file_state.ts";
import { sha256, sha256File, sha256Json } from "../core/sha256.ts";
import { bundleAll, type Bundles } from "./bundle.ts";
import { type LockedImports, lockedPackages, lockFiles, readLock } from "./deno_lock.ts";

const codeSchema = z.object({
  digest: z.string(),
  /** Every package of the graph with what it depends on, as `name@version`. */
  packages: z.array(z.string()).readonly(),
  /** SHA-256 of each file of the graph; for explanations, not part of any key. */
  files: z.record(z.string(), z.string()).readonly(),
  /** The files that are not only read when the module is loaded, but while the stage runs. */
  late: z.array(z.string()).readonly(),
}).readonly();

/** The code of a stage. Paths are relative to the project. */
export type StageCode = z.infer<typeof codeSchema>;

/** How code is derived: whoever changes what `deriveCode` finds in the same files counts on. */
const derivation = 3;

const cacheSchema = z.object({
  derivation: z.literal(derivation),
  stages: z.record(
    z.string(),
    z.object({
      code: codeSchema,
      /** The state of every file that the code was derived from. */
      states: z.record(z.string(), z.string()),
    }),
  ),
});

/**
 * What changed less long before is not trusted, in ms: the time of a change is told in whole
 * seconds, and file servers have clocks of their own.
 */
const restMs = 2_000;

/**
 * The code of stages.
 *
 * @param modules by any key, the file URLs of the modules that a stage's code starts from
 * @param givenFolder where `deno.json` and `deno.lock` are
 * @param cacheFolder where digests are kept
 * @throws {UserError} when a module cannot be bundled, or loads what cannot be followed
 */
export async function deriveCode(
  modules: Readonly<Record<string, readonly string[]>>,
  givenFolder: string,
  cacheFolder: string,
): Promise<Map<string, StageCode>> {
  const projectFolder = await Deno.realPath(givenFolder); // it may be reached by a link
  const cacheFile = `${cacheFolder}/code/${sha256(projectFolder).slice(0, 16)}.json`;
  const cache = readCache(cacheFile);
  const found = new Map<string, StageCode>();
  const stale: string[] = [];
  const known = new Map<string, string>();
  const stateNow = (path: string): string => {
    if (!known.has(path)) known.set(path, stateOf(resolve(projectFolder, path)));
    return known.get(path)!;
  };
  const entryOf = (url: string): string => relative(givenFolder, fileURLToPath(url));
  for (const entry of new Set(Object.values(modules).flat().map(entryOf))) {
    const cached = cache[entry];
    const unchanged = cached &&
      Object.entries(cached.states).every(([path, state]) => stateNow(path) === state);
    if (unchanged) found.set(entry, cached.code);
    else stale.push(entry);
  }
  const result = (): Map<string, StageCode> =>
    new Map(
      Object.entries(modules).map(([key, urls]) => [
        key,
        joined(urls.map((url) => found.get(entryOf(url))!)),
      ]),
    );
  if (stale.length === 0) return result();

  const startedAt = Date.now();
  const map = await readLock(projectFolder);
  const bundles = await bundleAll(stale, projectFolder, map);
  for (const entry of stale) {
    const code = await codeOf(entry, bundles, map, projectFolder);
    found.set(entry, code);
    const sources = [...Object.keys(code.files), ...lockFiles];
    const atRest = sources.every((path) => {
      const info = statIfThere(resolve(projectFolder, path));
      return !info || changedAt(info) < startedAt - restMs;
    });
    const states = Object.fromEntries(sources.map((path) => [path, stateNow(path)]));
    if (atRest) cache[entry] = { code, states };
    else delete cache[entry];
  }
  try {
    writeAtomically(cacheFile, JSON.stringify({ derivation, stages: cache }));
  } catch {
    // A store that cannot be written can be looked at; the code is derived anew next time.
  }
  return result();
}

/** The code of several modules together. */
function joined(codes: readonly StageCode[]): StageCode {
  if (codes.length === 1) return codes[0];
  const sorted = (lists: readonly (readonly string[])[]): string[] =>
    [...new Set(lists.flat())].sort(compareStrings);
  return {
    digest: sha256Json(codes.map(({ digest }) => digest)),
    packages: sorted(codes.map(({ packages }) => packages)),
    files: Object.assign({}, ...codes.map(({ files }) => files)),
    late: sorted(codes.map(({ late }) => late)),
  };
}

/** The code of a module, and of all that it and what it names load. */
async function codeOf(
  entry: string,
  bundles: Bundles,
  map: LockedImports,
  projectFolder: string,
): Promise<StageCode> {
  const first = bundles.entries.get(entry)!;
  const reached = new Set(first.named);
  for (const each of reached) for (const name of bundles.named.get(each)!.named) reached.add(name);
  const others = [...reached].map((each) => bundles.named.get(each)!);
  const parts = [first, ...others];
  const files = [...new Set(parts.flatMap((part) => part.files))].sort(compareStrings);
  const digests = await Promise.all(
    files.map(async (path) => [path, (await sha256File(resolve(projectFolder, path))).digest]),
  );
  const later = new Set(others.flatMap((part) => part.files));
  return {
    digest: sha256Json({ parts: parts.map(({ digest }) => digest), emit: map.emit }),
    packages: lockedPackages(parts.flatMap(({ imports }) => imports), map),
    files: Object.fromEntries(digests),
    late: files.filter((path) => later.has(path) || !first.early.includes(path)),
  };
}

/** What is kept from earlier runs; nothing where it is not understood. */
function readCache(path: string): z.infer<typeof cacheSchema>["stages"] {
  try {
    return cacheSchema.parse(readSmallJsonSync(path, textBytes)).stages;
  } catch {
    return {};
  }
}
