/**
 * A trained BiLSTM-CRF → its F1 with more and more of its weights pruned.
 *
 * @module
 */
import { pruningStage } from "../../lib/analysis/pruning_stage.ts";
import { forPeople } from "../../lib/core/words.ts";
import { parseBilstmCrfConfig } from "../../lib/models/bilstm_crf/config.ts";
import { bilstmCrfModel } from "../../lib/models/bilstm_crf/model.ts";

/** Magnitudes of all weights are in one order. */
export const prune = pruningStage({
  kind: "bilstm_crf.prune",
  about: forPeople("prunes the weights of a trained BiLSTM-CRF step by step, and scores it"),
  model: bilstmCrfModel,
  configOf: (published) => parseBilstmCrfConfig(published, "the config.json of the model"),
  room: ({ vocab_size }) => ({ vocabulary: vocab_size, longest: Infinity }),
});
