/**
 * Reads from `deno.json` and `deno.lock` what imports stand for, and which versions they come down
 * to.
 *
 * @module
 */
import { compareStrings, type Json } from "../core/canonical_json.ts";
import { messageOf, UserError } from "../core/errors.ts";

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
  /** The compiler's options that change what TypeScript does when it runs. */
  readonly emit: Readonly<Record<string, Json>>;
}

/** The files that {@linkcode readLock} reads, in the project's folder. */
export const lockFiles = ["deno.json", "deno.lock", "tsconfig.json"] as const;

/** Keys of `deno.json` by which imports may lead elsewhere than `imports` says. */
const unfollowed = ["importMap", "scopes", "workspace", "links", "patch"];
const emitting = /^(experimentalDecorators|emitDecoratorMetadata|verbatimModuleSyntax|jsx.*)$/;

/**
 * Reads what imports of a project stand for; a missing file counts as empty.
 *
 * @throws {UserError} when a file is no plain JSON, or says what cannot be followed
 */
export async function readLock(projectFolder: string): Promise<LockedImports> {
  const [config, lock, tsconfig] = await Promise.all(lockFiles.map(async (name) => {
    try {
      return JSON.parse(await Deno.readTextFile(`${projectFolder}/${name}`));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return {};
      if (!(error instanceof SyntaxError)) throw error;
      const message = `Cannot read ${name}: ${messageOf(error)}`;
      throw new UserError({ message, hint: "write it as plain JSON, without comments" });
    }
  }));
  const imports: Record<string, string> = config.imports ?? {};
  const wrong = [
    ...unfollowed.filter((key) => Object.hasOwn(config, key)),
    ...(config.unstable ?? []).filter((each: string) => each === "sloppy-imports"),
    ...Object.keys(imports).filter((key) => /^(\.{0,2}\/|file:)/.test(key)),
  ];
  if (wrong.length > 0) {
    throw new UserError(wrong.map((key) => ({
      message: `Cannot follow "${key}" of deno.json: what it leads to does not count as code`,
      hint: 'give each module a name of its own in "imports"',
    })));
  }
  // Deno asks tsconfig.json only when deno.json says nothing.
  const options: Record<string, Json> = config.compilerOptions ?? tsconfig.compilerOptions ?? {};
  const emit = Object.entries(options).filter(([key]) => emitting.test(key));
  return { imports, lock, emit: Object.fromEntries(emit) };
}

/** What an import stands for, by the longest key of the import map that it is or begins with. */
export function targetOf(path: string, { imports }: LockedImports): string {
  const key =
    Object.keys(imports).filter((each) =>
      path === each || path.startsWith(each.endsWith("/") ? each : `${each}/`)
    ).sort((a, b) => b.length - a.length)[0];
  return key === undefined ? path : imports[key] + path.slice(key.length);
}

/** The locked versions of what an import stands for, as `name@version`; none if it is no package. */
export function lockedKeys(path: string, map: LockedImports): string[] {
  const [, specifier] = /^npm:\/?((?:@[^/]+\/)?[^/]+)/.exec(targetOf(path, map)) ?? [];
  if (specifier === undefined) return [];
  const specifiers = map.lock.specifiers ?? {};
  const name = nameOf(specifier);
  // The lock spells a range its own way: where it has another than this, all of its package count.
  const known = Object.hasOwn(specifiers, `npm:${specifier}`)
    ? [`npm:${specifier}`]
    : Object.keys(specifiers).filter((key) => key.startsWith(`npm:${name}@`));
  return known.map((key) => `${name}@${specifiers[key]}`);
}

/** The packages that imports stand for and all those depend on, as sorted `name@version`. */
export function lockedPackages(imports: readonly string[], map: LockedImports): string[] {
  const npm = new Map(Object.entries(map.lock.npm ?? {}));
  const byName = Map.groupBy(npm.keys(), nameOf);
  const found = new Set(imports.flatMap((path) => lockedKeys(path, map)));
  for (const key of found) {
    const { dependencies = [], optionalDependencies = [] } = npm.get(key) ?? {};
    for (const dependency of [...dependencies, ...optionalDependencies]) {
      found.add(npm.has(dependency) ? dependency : byName.get(dependency)?.[0] ?? dependency);
    }
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
