/**
 * A trained byte-to-span model on the test splits of corpora → a tag for every word.
 *
 * @module
 */
import { forPeople } from "../../lib/core/words.ts";
import { predictStage } from "../../lib/experiment/predict_stage.ts";
import { needsScan } from "../../lib/experiment/word_chains.ts";
import { parseByteToSpanConfig } from "../../lib/models/byte_to_span/config.ts";
import { byteToSpanModel } from "../../lib/models/byte_to_span/model.ts";

/** The model is loaded once for all corpora. */
export const predict = needsScan(
  "a byte-to-span model",
  predictStage({
    kind: "byte_to_span.predict",
    about: forPeople("runs a trained byte-to-span model on the test splits of tokenized corpora"),
    model: byteToSpanModel,
    configOf: (published) => parseByteToSpanConfig(published, "the config.json of the model"),
    room: ({ vocab_size }) => ({ vocabulary: vocab_size, longest: Infinity }),
  }),
);
