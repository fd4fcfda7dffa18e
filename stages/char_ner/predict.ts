/**
 * A trained CharNER on the test splits of corpora → a tag for every word.
 *
 * @module
 */
import { forPeople } from "../../lib/core/words.ts";
import { predictStage } from "../../lib/experiment/predict_stage.ts";
import { needsScan } from "../../lib/experiment/word_chains.ts";
import { parseCharNerConfig } from "../../lib/models/char_ner/config.ts";
import { charNerModel } from "../../lib/models/char_ner/model.ts";

/** The model is loaded once for all corpora. */
export const predict = needsScan(
  "CharNER",
  predictStage({
    kind: "char_ner.predict",
    about: forPeople("runs a trained CharNER on the test splits of tokenized corpora"),
    model: charNerModel,
    configOf: (published) => parseCharNerConfig(published, "the config.json of the model"),
    room: ({ vocab_size }) => ({ vocabulary: vocab_size, longest: Infinity }),
  }),
);
