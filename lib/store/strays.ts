/**
 * Results folders in the making, which a killed engine leaves behind.
 *
 * @module
 */
import { dirname } from "node:path";
import { statIfThere } from "../core/file_state.ts";
import { namesIn } from "./listing.ts";
import { foreignIn, ownedIn, retire } from "./results_folder.ts";

const pattern = /\.(?:new|old)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** A manifest that was being written. */
const unwritten = /^manifest\.json\.[0-9a-f-]{36}\.tmp$/;

/** The folders `<profile>.new-…` and `<profile>.old-…` in the results folder of a pipeline. */
export function strayFolders(pipelineFolder: string): string[] {
  return namesIn(pipelineFolder).filter((name) => pattern.test(name))
    .map((name) => `${pipelineFolder}/${name}`)
    .filter((path) => statIfThere(path, "link")?.isDirectory);
}

/** Folders that were moved out of a folder's place, where another was to be moved in. */
export function retiredOf(folder: string): string[] {
  return strayFolders(dirname(folder)).filter((path) =>
    path.startsWith(`${folder}.old-`) && placeOf(path) === folder
  );
}

/**
 * Removes a folder that nobody is at work on. What a person had put into it goes to the folder in
 * whose place it was; where that cannot be, it stays.
 *
 * @returns whether it is gone
 */
export function removeStray(path: string): boolean {
  const owned = ownedIn(path);
  if (owned === undefined) return removeLinks(path);
  const isPlaceTaken = statIfThere(placeOf(path), "link")?.isDirectory === true;
  if (!isPlaceTaken && !foreignIn(path, owned).next().done) return false;
  return retire(path, placeOf(path));
}

/** Removes what has other names, and folders of nothing else. @returns whether all of it is gone */
function removeLinks(path: string): boolean {
  let isEmpty = true;
  for (const { name, isDirectory } of Deno.readDirSync(path)) {
    const below = `${path}/${name}`;
    const { nlink, mode } = Deno.lstatSync(below);
    const isLink = (nlink ?? 1) > 1 && ((mode ?? 0o222) & 0o222) === 0 || unwritten.test(name);
    if (isDirectory) isEmpty = removeLinks(below) && isEmpty;
    else if (isLink) Deno.removeSync(below);
    else isEmpty = false;
  }
  if (isEmpty) Deno.removeSync(path);
  return isEmpty;
}

function placeOf(stray: string): string {
  return stray.replace(pattern, "");
}
