/**
 * The params of stage kinds as a pipeline file may write them.
 *
 * @module
 */
import { z } from "zod";
import type { StageKind } from "./stage.ts";

/** The params of a kind. Unknown ones are errors, also where its schema would drop them. */
export function strictParams({ params }: StageKind): StageKind["params"] {
  return params instanceof z.ZodObject && params.def.catchall === undefined
    ? params.strict()
    : params;
}
