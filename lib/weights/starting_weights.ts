/**
 * The weights that a training starts from: random ones, or those of a published checkpoint.
 *
 * @module
 */
import type { EncoderConfig } from "../models/encoder/config.ts";
import type { HeadChoice } from "../models/encoder/head_choice.ts";
import { initialiseOffsetHeads } from "../models/encoder/offset_heads.ts";
import { initialise, type ParameterSpec } from "../nn/parameters.ts";
import { readHubWeights } from "./hub_checkpoint.ts";

/** How random weights start, by the name that a pipeline file uses. */
export const initialisations = { normal: initialiseNormal, offsetHeads: initialiseOffsetHeads };

/** One of {@linkcode initialisations}. */
export type InitialisationName = keyof typeof initialisations;

/** What a training starts from. */
export type Start =
  | { readonly kind: "random"; readonly initialisation: InitialisationName }
  | {
    readonly kind: "checkpoint";
    /** An absolute path. */
    readonly folder: string;
    /** See `checkpointDigest`. */
    readonly digest: string;
  };

function initialiseNormal(_: EncoderConfig, specs: readonly ParameterSpec[], seed: number) {
  return initialise(specs, seed);
}

/**
 * The first value of every parameter, by name. A checkpoint gives the encoder, and the head of a
 * masked language model where it has one; a classifier's head always starts anew.
 *
 * @param seed names the random numbers
 * @param log is told what the checkpoint gave
 * @throws {UserError} when the checkpoint cannot be read or does not fit
 */
export async function startingWeights(
  start: Start,
  config: EncoderConfig,
  parameters: readonly ParameterSpec[],
  { seed, head, log }: {
    readonly seed: number;
    readonly head: HeadChoice["head"];
    readonly log: (line: string) => void;
  },
): Promise<Map<string, Float32Array>> {
  if (start.kind === "random") {
    return initialisations[start.initialisation](config, parameters, seed);
  }
  const { weights, fresh, unused } = await readHubWeights(start.folder, config, parameters, {
    freshHead: { seed, all: head !== "mlm" },
  });
  log(
    `starts from the checkpoint ${start.folder} (${start.digest.slice(0, 12)})` +
      (fresh.length > 0 ? `; ${fresh.join(", ")} start anew` : "") +
      (unused.length > 0 ? `; ${unused.join(", ")} left aside` : ""),
  );
  return new Map([...weights].map(([name, { data }]) => [name, data]));
}
