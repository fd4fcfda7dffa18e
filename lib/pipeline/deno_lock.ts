/**
 * Reads from `deno.lock` which versions a set of imports comes down to.
 *
 * @module
 */
import { compareStrings } from "../core/canonical_json.ts";

interface LockFile {
  readonly specifiers?: Readonly<Record<string, string>>;
  readonly npm?: Readonly<
    Record<string, { dependencies?: readonly string[]; optionalDependencies?: readonly string[] }>
  >;
}

/** What imports are looked up in. */
export interface LockedImports {
  /** The import map of `deno.json`. */
  readonly imports: Readonly<Record<string, string>>;
  readonly lock: LockFile;
}

/** Reads `deno.json` and `deno.lock` of a project; a missing one counts as empty. */
export async function readLock(projectFolder: string): Promise<LockedImports> {
  const read = async (name: string): Promise<Record<string, unknown>> => {
    try {
      return JSON.parse(await Deno.readTextFile(`${projectFolder}/${name}`));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return {};
      throw error;
    }
  };
  const [config, lock] = await Promise.all([read("deno.json"), read("deno.lock")]);
  return { imports: (config.imports ?? {}) as Record<string, string>, lock: lock as LockFile };
}

/**
 * The packages that imports stand for and all those depend on, as sorted `name@version`. Built-in
 * modules are left out; a package that the lock does not know is given as it is imported.
 */
export function lockedPackages(
  imports: readonly string[],
  { imports: map, lock }: LockedImports,
): string[] {
  const npm = lock.npm ?? {};
  const byName = Map.groupBy(Object.keys(npm), nameOf);
  const found = new Set<string>();
  const open = imports.filter((path) => !path.startsWith("node:")).map((path) => {
    const name = path.startsWith("npm:") ? path : map[path] ?? map[packageOf(path)] ?? path;
    const version = lock.specifiers?.[name];
    const bare = nameOf(name.replace(/^npm:\/?/, ""));
    return version ? `${bare}@${version}` : name;
  });
  for (const key of open) {
    if (found.has(key)) continue;
    found.add(key);
    const entry = npm[key];
    for (
      const dependency of [
        ...entry?.dependencies ?? [],
        ...entry?.optionalDependencies ?? [],
      ]
    ) open.push(npm[dependency] ? dependency : byName.get(dependency)?.[0] ?? dependency);
  }
  return [...found].sort(compareStrings);
}

/** The version of a package that `deno.json` imports, or `unknown`. */
export function lockedVersion(name: string, { imports, lock }: LockedImports): string {
  return lock.specifiers?.[imports[name] ?? name] ?? "unknown";
}

function nameOf(key: string): string {
  return key.slice(0, key.indexOf("@", 1) < 0 ? undefined : key.indexOf("@", 1));
}

/** `@scope/name` or `name` of an import with a path. */
function packageOf(path: string): string {
  return path.split("/").slice(0, path.startsWith("@") ? 2 : 1).join("/");
}
