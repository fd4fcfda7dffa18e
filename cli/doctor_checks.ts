/**
 * What `doctor` looks at: the machine, the libraries, the devices and the folders.
 *
 * @module
 */
import { delimiter, dirname, join } from "node:path";
import { statfs } from "node:fs/promises";
import { shownAddress } from "../lib/core/address.ts";
import { messageOf } from "../lib/core/errors.ts";
import { isFolder, isThere } from "../lib/core/file_kinds.ts";
import { addressOf, mirrorCopy, mirrorPlaces } from "../lib/corpora/file_address.ts";
import { lockedVersion, readLock } from "../lib/code/deno_lock.ts";
import { cacheFolder, projectFolder } from "./folders.ts";
import { probe, type Probed } from "./probe.ts";

/** What came of a check. */
export interface Check {
  readonly name: string;
  /** `missing` is what one can do without. */
  readonly state: "ok" | "missing" | "broken";
  readonly detail: string;
  /** What to do, unless all is well. */
  readonly remedy?: string;
}

/** Deno of this version is what everything is tested with. */
const testedDeno = "2.9.6";
const leastMemoryMib = 2048, leastDiskMib = 1024;

/** Every check, in the order in which they are printed; undefined where one has nothing to say. */
export function checks(): Promise<Check | undefined>[] {
  return [
    checkDeno(Deno.version.deno),
    checkMachine(),
    checkProbe("cpu provider", "cpu", "broken"),
    checkProbe("webgpu provider", "webgpu", "missing"),
    checkProbe("cuda provider", "cuda", "missing"),
    checkVulkan(Deno.env.get("VK_DRIVER_FILES") ?? Deno.env.get("VK_ICD_FILENAMES")),
    checkProbe("duckdb", "duckdb", "broken"),
    checkCache(cacheFolder()),
    checkPasswords(cacheFolder()),
    checkMirror(Deno.env.get("CROSSTIE_MIRROR")),
    checkSlurm(),
  ];
}

/** Whether this Deno is at least the tested one. */
export function checkDeno(version: string): Promise<Check> {
  const isOld = version.localeCompare(testedDeno, "en", { numeric: true }) < 0;
  return Promise.resolve({
    name: "deno",
    state: isOld ? "broken" : "ok",
    detail: `${version} on ${Deno.build.os}/${Deno.build.arch}`,
    ...(isOld ? { remedy: `deno upgrade ${testedDeno}, or npx --yes deno@${testedDeno}` } : {}),
  });
}

/** Whether a folder can be written to; where it is not there, the one that it would be made in. */
export async function checkCache(folder: string): Promise<Check> {
  const name = "cache folder";
  let existing = folder;
  while (!await isThere(existing) && dirname(existing) !== existing) existing = dirname(existing);
  try {
    const file = await Deno.makeTempFile({ dir: existing, prefix: ".doctor" });
    await Deno.remove(file);
    const { bavail, bsize } = await statfs(existing);
    const freeMib = bavail * bsize / 2 ** 20;
    const detail = `${folder}, ${Math.round(freeMib / 1024)} GiB free`;
    if (freeMib >= leastDiskMib) return { name, state: "ok", detail };
    return { name, state: "broken", detail, remedy: "free some space, or set CROSSTIE_CACHE" };
  } catch (error) {
    return {
      name,
      state: "broken",
      detail: `${folder} cannot be written to: ${messageOf(error)}`,
      remedy: "set CROSSTIE_CACHE to a folder that can be written to",
    };
  }
}

/** The mirrors, where some are named. */
export async function checkMirror(mirror: string | undefined): Promise<Check> {
  const name = "mirror";
  const places = mirrorPlaces(mirror);
  if (places.length === 0) {
    return { name, state: "ok", detail: "none: files come from their public addresses" };
  }
  for (const place of places) {
    const problem = await problemOf(place);
    if (problem === undefined) continue;
    return {
      name,
      state: "broken",
      detail: problem,
      remedy: "set it to a folder or base URL that holds <host>/<path>, or unset it",
    };
  }
  return { name, state: "ok", detail: places.map(shownAddress).join(", then ") };
}

async function problemOf(mirror: string): Promise<string | undefined> {
  try {
    const copy = mirrorCopy(mirror, addressOf("https://example.org/file"));
    if (copy.kind === "url" || await isFolder(copy.folder)) return undefined;
    return `CROSSTIE_MIRROR is no folder: ${shownAddress(mirror)}`;
  } catch (error) {
    return messageOf(error).split("\n")[0];
  }
}

/**
 * Whether older versions have stored passwords with addresses; undefined where they have not.
 *
 * @param folder of the store
 */
export async function checkPasswords(folder: string): Promise<Check | undefined> {
  const { storedPasswords } = await import("../lib/store/stored_passwords.ts");
  const leaks = storedPasswords(folder);
  if (leaks.length === 0) return undefined;
  const addresses = [...new Set(leaks.flatMap((leak) => leak.addresses))];
  const files = leaks.map(({ path }) => path);
  const travels = leaks.some((leak) => leak.travels);
  return {
    name: "stored passwords",
    state: "broken",
    detail: `those of ${addresses.join(", ")}, in ${files.length} files: ${files.join(", ")}`,
    remedy: "change these passwords, remove these files, then crosstie verify --heal" +
      (travels ? "; where results were pushed, remove objects/… of these names there too" : ""),
  };
}

/**
 * Vulkan drivers that a loader would find: one JSON file each.
 *
 * @param named those that the environment names, instead of what the folders hold
 */
export async function checkVulkan(
  named: string | undefined,
  folders: readonly string[] = ["/etc/vulkan/icd.d", "/usr/share/vulkan/icd.d"],
): Promise<Check> {
  const name = "vulkan driver";
  if (Deno.build.os !== "linux") {
    return { name, state: "ok", detail: `not needed on ${Deno.build.os}` };
  }
  const files: string[] = [];
  for (const file of named?.split(":") ?? []) if (await isThere(file)) files.push(file);
  for (const folder of named === undefined ? folders : []) {
    const entries = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
    files.push(
      ...entries.map((entry) => join(folder, entry.name)).filter((file) => /\.json$/.test(file)),
    );
  }
  if (files.length > 0) return { name, state: "ok", detail: files.sort().join(", ") };
  return {
    name,
    state: "missing",
    detail: named === undefined ? "none installed" : `VK_DRIVER_FILES names no file: ${named}`,
    remedy:
      "for --device webgpu: apt-get install libvulkan1 mesa-vulkan-drivers (Mesa 25 or later), " +
      'or eval "$(scripts/software_vulkan.sh)"',
  };
}

function checkMachine(): Promise<Check> {
  const { total, available } = Deno.systemMemoryInfo();
  const mib = (bytes: number) => bytes / 2 ** 20;
  const isSmall = mib(available) < leastMemoryMib;
  return Promise.resolve({
    name: "machine",
    state: isSmall ? "missing" : "ok",
    detail: `${navigator.hardwareConcurrency} cores, ` +
      `${(mib(available) / 1024).toFixed(1)} of ${(mib(total) / 1024).toFixed(1)} GiB memory free`,
    ...(isSmall ? { remedy: "close other programs, or use fewer --jobs" } : {}),
  });
}

async function checkProbe(name: string, what: Probed, without: Check["state"]): Promise<Check> {
  const packageName = what === "duckdb" ? "@duckdb/node-api" : "onnxruntime-node";
  const missing = await probe(what);
  if (missing) return { name, state: without, detail: missing.reason, remedy: missing.remedy };
  const version = lockedVersion(packageName, await readLock(projectFolder));
  return { name, state: "ok", detail: `${packageName} ${version} computes` };
}

async function checkSlurm(): Promise<Check> {
  const name = "slurm";
  for (const folder of (Deno.env.get("PATH") ?? "").split(delimiter)) {
    const file = join(folder, "sbatch");
    if (folder !== "" && await isThere(file)) return { name, state: "ok", detail: file };
  }
  return {
    name,
    state: "missing",
    detail: "sbatch is not on the PATH",
    remedy: "only a cluster has it: run there, or stay on this machine",
  };
}
