/**
 * A trained encoder on the test splits of corpora → an answer for every word or text.
 *
 * @module
 */
import { predictStage } from "../../lib/experiment/predict_stage.ts";
import { parseEncoderConfig } from "../../lib/models/encoder/config.ts";
import { encoderModel } from "../../lib/models/encoder/model.ts";

/** The model is loaded once for all corpora. */
export const predict = predictStage({
  kind: "encoder.predict",
  about: "runs a trained encoder on the test splits of tokenized corpora",
  model: encoderModel,
  configOf(published) {
    const [architecture] = published.architectures as readonly string[];
    const { tokenTypes } = Object(published.crosstie) as { tokenTypes?: boolean };
    return {
      encoder: parseEncoderConfig(published),
      choice: {
        head: architecture.endsWith("ForSequenceClassification") ? "sequence" : "token",
        labels: Object.keys(Object(published.id2label)).length,
      },
      tokenTypes,
    };
  },
});
