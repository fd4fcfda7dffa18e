/**
 * The kept epochs of a training of an encoder, and a choice among them → the model of that epoch.
 *
 * @module
 */
import { pickStage } from "../../lib/analysis/pick_stage.ts";

/** Weights that `keepEpochs` kept. */
export const pick = pickStage("encoder.pick");
