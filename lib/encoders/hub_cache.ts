/**
 * The files that other programs keep of the Hugging Face hub (huggingface_hub's cache folder).
 *
 * @module
 */
import { homedir } from "node:os";
import { join } from "node:path";
import { readSmallFile } from "../core/small_file.ts";
import { isFile, isFolder } from "../core/file_kinds.ts";
import type { HubModel } from "./catalogue.ts";

/**
 * Where the cache is: `HF_HUB_CACHE`, or `hub` in `HF_HOME`, or its place in the user's folder.
 *
 * @param get looks up a variable of the environment
 */
export function hubCacheFolder(get: (name: string) => string | undefined): string {
  const hub = get("HF_HUB_CACHE");
  if (hub) return hub;
  const home = get("HF_HOME");
  if (home) return join(home, "hub");
  return join(get("XDG_CACHE_HOME") || join(homedir(), ".cache"), "huggingface", "hub");
}

/**
 * The folder of a model at a revision: the cache notes the commit that a branch or tag was at.
 *
 * @returns undefined where the cache has none
 */
export async function snapshotOf(
  cache: string,
  { repository, revision }: Pick<HubModel, "repository" | "revision">,
): Promise<string | undefined> {
  const folder = join(cache, `models--${repository.replace("/", "--")}`);
  const reference = join(folder, "refs", revision);
  const commit = await isFile(reference) ? (await readSmallFile(reference, 4096)).trim() : revision;
  if (!/^\w[\w.-]*$/.test(commit)) return undefined;
  const snapshot = join(folder, "snapshots", commit);
  return await isFolder(snapshot) ? snapshot : undefined;
}
