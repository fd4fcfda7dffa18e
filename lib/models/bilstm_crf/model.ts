/**
 * BiLSTM-CRFs as models.
 *
 * @module
 */
import { chainAnswers } from "../label_chain.ts";
import type { Model } from "../model.ts";
import { bilstmCrfBatch } from "./batch.ts";
import { labelsOf } from "../word_config.ts";
import type { BilstmCrfConfig } from "./config.ts";
import { bilstmCrfGraph } from "./graph.ts";

/** A BiLSTM-CRF. */
export const bilstmCrfModel: Model<BilstmCrfConfig> = {
  name: "bilstm_crf",
  graph: (config) => bilstmCrfGraph(config),
  batch: bilstmCrfBatch,
  answers: (config, outputs, batch) => chainAnswers(labelsOf(config), outputs, batch),
};
