/**
 * Takes from a process the words for people that no fingerprint has in it: what is left out of a
 * stage's code must not be there for the stage to read.
 *
 * @module
 */
import { z } from "zod";
import { forgetWords } from "../core/words.ts";

type Registry = typeof z.globalRegistry;

let areForgotten = false;

/** Once called, no schema, table or stage kind that is declared afterwards has a description. */
export function forgetAllWords(): void {
  if (areForgotten) return;
  areForgotten = true;
  forgetWords();
  const { globalRegistry } = z;
  const add: (...given: unknown[]) => Registry = globalRegistry.add.bind(globalRegistry) as never;
  globalRegistry.add =
    ((schema: unknown, meta?: object): Registry =>
      add(schema, { ...meta, description: undefined })) as Registry["add"];
}
