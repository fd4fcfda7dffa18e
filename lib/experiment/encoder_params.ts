/**
 * The params that choose an encoder: a published one, or the shape of a new one.
 *
 * @module
 */
import { z } from "zod";
import type { Problem } from "../core/errors.ts";
import { defaultHeads, defaultWidth, type EncoderChoice } from "./start.ts";

/** See {@linkcode EncoderChoice}. */
export const encoderFields = {
  encoder: z.string().optional().describe(
    "the folder of a published encoder (config.json, model.safetensors), in the project or " +
      "absolute: the encoder starts from it, the head at random. Without it, a small XLM-R starts " +
      "at random",
  ),
  layers: z.int().positive().max(1000).optional().describe(
    "2 by default; a start has its own",
  ),
  width: z.int().positive().max(65_536).optional().describe(
    "128 by default; a start has its own",
  ),
  heads: z.int().positive().max(65_536).optional().describe(
    "8 by default; a start has its own",
  ),
  inner: z.int().positive().max(262_144).optional().describe(
    "width of the feed-forward part: 4 × width by default; a start has its own",
  ),
  initialisation: z.enum(["normal", "offsetHeads"]).optional().describe(
    "normal: as published models start; offsetHeads, the default: heads look at fixed distances",
  ),
  dropout: z.number().min(0).lt(1).optional().describe("0.1 by default, or the start's"),
  attentionDropout: z.number().min(0).lt(1).optional().describe("0 by default, or the start's"),
};

/** The params that a start decides: those of a published one, and which one it is. */
export function shapeBesideStart(given: EncoderChoice): Problem[] {
  return (["encoder", ...shape] as const).filter((name) => given[name] !== undefined).map(
    (name) => ({
      message: `Cannot use param "${name}" beside input "start", which is an encoder already`,
      hint: `leave ${name} out, or the input`,
      param: [name],
    }),
  );
}

/** The params whose values a published encoder has already. */
const shape = ["layers", "width", "heads", "inner", "initialisation"] as const;

/** Refuses a shape beside a published encoder, and a width that the heads cannot share evenly. */
export function refuseShape(
  given: EncoderChoice,
  refuse: (name: keyof EncoderChoice, message: string) => void,
): void {
  const { encoder, width = defaultWidth, heads = defaultHeads } = given;
  for (const name of shape) {
    if (encoder === undefined || given[name] === undefined) continue;
    refuse(name, `expected nothing, as the encoder has its own: leave ${name} out`);
  }
  if (encoder === undefined && width % heads > 0) {
    refuse("width", `expected a multiple of the number of heads, ${heads}`);
  }
}
