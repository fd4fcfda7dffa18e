/**
 * The kept epochs of a training of a BiLSTM-CRF, and a choice among them → the model of that epoch.
 *
 * @module
 */
import { pickStage } from "../../lib/analysis/pick_stage.ts";

/** Weights that `keepEpochs` kept. */
export const pick = pickStage("bilstm_crf.pick");
