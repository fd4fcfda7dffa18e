/**
 * A trained encoder on the test splits of corpora → an answer for every word or text.
 *
 * @module
 */
import { predictStage } from "../../lib/experiment/predict_stage.ts";
import { parseEncoderConfig } from "../../lib/models/encoder/config.ts";
import { type ClassifierHead, encoderModel } from "../../lib/models/encoder/model.ts";
import { forPeople } from "../../lib/core/words.ts";
import { UserError } from "../../lib/core/errors.ts";
import { isEncoderCrf } from "../../lib/models/encoder_crf/config.ts";

/** The model is loaded once for all corpora. */
export const predict = predictStage({
  kind: "encoder.predict",
  about: forPeople("runs a trained encoder on the test splits of tokenized corpora"),
  model: encoderModel,
  configOf(published) {
    const architecture = architectureOf(published);
    const { tokenTypes } = Object(published.crosstie) as { tokenTypes?: boolean };
    const labels = Object.keys(Object(published.id2label)).length;
    const isOfTexts = architecture.endsWith("ForSequenceClassification");
    const choice: ClassifierHead = { head: isOfTexts ? "sequence" : "token", labels };
    return { encoder: parseEncoderConfig(published), choice, tokenTypes };
  },
});

/** @throws {UserError} for a model that another stage runs */
function architectureOf(published: unknown): string {
  const architecture = String([Object(published).architectures].flat()[0] ?? "no architecture");
  if (/For(Token|Sequence)Classification$/.test(architecture)) return architecture;
  throw new UserError({
    message:
      `Cannot run ${architecture} with encoder.predict: it is no classifier of words or texts`,
    hint: isEncoderCrf(published)
      ? "use: encoder_crf.predict"
      : "give a model that encoder.train or adapter.train has made",
  });
}
