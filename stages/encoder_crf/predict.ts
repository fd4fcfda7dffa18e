/**
 * A trained encoder with a CRF on the test splits of corpora → a label for every word.
 *
 * @module
 */
import { forPeople } from "../../lib/core/words.ts";
import { predictStage } from "../../lib/experiment/predict_stage.ts";
import { needsScan } from "../../lib/experiment/word_chains.ts";
import { parseEncoderCrfConfig } from "../../lib/models/encoder_crf/config.ts";
import { encoderCrfModel } from "../../lib/models/encoder_crf/model.ts";

/** The model is loaded once for all corpora. */
export const predict = needsScan(
  "a CRF",
  predictStage({
    kind: "encoder_crf.predict",
    about: forPeople("runs a trained encoder with a CRF on the test splits of tokenized corpora"),
    model: encoderCrfModel,
    configOf: (published) => parseEncoderCrfConfig(published, "the config.json of the model"),
  }),
);
