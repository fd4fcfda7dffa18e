/**
 * A trained encoder on the test splits of corpora → an answer for every word or text.
 *
 * @module
 */
import { predictStage } from "../../lib/experiment/predict_stage.ts";
import { parseEncoderConfig } from "../../lib/models/encoder/config.ts";
import { type ClassifierHead, encoderModel } from "../../lib/models/encoder/model.ts";
import { forPeople } from "../../lib/core/words.ts";

/** The model is loaded once for all corpora. */
export const predict = predictStage({
  kind: "encoder.predict",
  about: forPeople("runs a trained encoder on the test splits of tokenized corpora"),
  model: encoderModel,
  configOf(published) {
    const [architecture] = published.architectures as readonly string[];
    const { tokenTypes } = Object(published.crosstie) as { tokenTypes?: boolean };
    const labels = Object.keys(Object(published.id2label)).length;
    const isOfTexts = architecture.endsWith("ForSequenceClassification");
    const choice: ClassifierHead = { head: isOfTexts ? "sequence" : "token", labels };
    return { encoder: parseEncoderConfig(published), choice, tokenTypes };
  },
});
