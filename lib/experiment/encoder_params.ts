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
    "a folder in the project, or an absolute one, with config.json and model.safetensors as they " +
      "are published: the encoder starts from it, a classifier at random; else all of a new XLM-R does",
  ),
  layers: z.int().positive().max(1000).optional().describe(
    "2; an encoder that is started from has its own",
  ),
  width: z.int().positive().max(65_536).optional().describe(
    "128; an encoder that is started from has its own",
  ),
  heads: z.int().positive().max(65_536).optional().describe(
    "8; an encoder that is started from has its own",
  ),
  inner: z.int().positive().max(262_144).optional().describe(
    "width of the feed-forward part; 4 × width; an encoder that is started from has its own",
  ),
  initialisation: z.enum(["normal", "offsetHeads"]).optional().describe(
    "normal: as the published models; offsetHeads, the default: lib/models/encoder/offset_heads.ts",
  ),
  dropout: z.number().min(0).lt(1).optional().describe("0.1, or that of the start"),
  attentionDropout: z.number().min(0).lt(1).optional().describe("0, or that of the start"),
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

/** What a published encoder decides. */
const shape = ["layers", "width", "heads", "inner", "initialisation"] as const;

/** Refuses a shape beside an encoder that has its own, and one that heads cannot share. */
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
