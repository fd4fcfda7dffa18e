/**
 * Results folders in the making, which a killed engine leaves behind.
 *
 * @module
 */
import { namesIn } from "./listing.ts";

const pattern = /\.(?:new|old)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The folders `<profile>.new-…` and `<profile>.old-…` in the results folder of a pipeline. */
export function strayFolders(pipelineFolder: string): string[] {
  return namesIn(pipelineFolder).filter((name) => pattern.test(name))
    .map((name) => `${pipelineFolder}/${name}`);
}
