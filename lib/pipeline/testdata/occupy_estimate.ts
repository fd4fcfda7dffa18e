/**
 * What is expected of the stage `occupy`: what its params say.
 *
 * @module
 */
import type { Estimate } from "../../plan/stage.ts";

/** Nothing, where they say nothing. */
export const estimate: Estimate = ({ params }) => {
  const { expectedMib } = params as { expectedMib?: number };
  return expectedMib === undefined ? undefined : { memoryMib: expectedMib };
};
