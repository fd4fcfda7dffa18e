/**
 * A trained BiLSTM-CRF on the test splits of corpora → a label for every word.
 *
 * @module
 */
import { predictStage } from "../../lib/experiment/predict_stage.ts";
import { needsScan } from "../../lib/experiment/word_chains.ts";
import { parseBilstmCrfConfig } from "../../lib/models/bilstm_crf/config.ts";
import { bilstmCrfModel } from "../../lib/models/bilstm_crf/model.ts";
import { forPeople } from "../../lib/core/words.ts";

/** The model is loaded once for all corpora. */
export const predict = needsScan(
  "a BiLSTM-CRF",
  predictStage({
    kind: "bilstm_crf.predict",
    about: forPeople("runs a trained BiLSTM-CRF on the test splits of tokenized corpora"),
    model: bilstmCrfModel,
    configOf: (published) => parseBilstmCrfConfig(published, "the config.json of the model"),
    room: ({ vocab_size }) => ({ vocabulary: vocab_size, longest: Infinity }),
  }),
);
