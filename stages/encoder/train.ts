/**
 * Examples of one or several languages → an encoder that classifies words or texts, trained inside
 * ONNX Runtime.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { UserError } from "../../lib/core/errors.ts";
import { withRates } from "../../lib/engine/parameter_rates.ts";
import {
  defaultWidth,
  type EncoderChoice,
  encoderStart,
  newConfig,
} from "../../lib/experiment/start.ts";
import { encoderFields, refuseShape } from "../../lib/experiment/encoder_params.ts";
import { trainFields } from "../../lib/experiment/train_params.ts";
import { trainStage } from "../../lib/experiment/train_stage.ts";
import type { EncoderConfig } from "../../lib/models/encoder/config.ts";
import {
  type ClassifierHead,
  classifierHead,
  encoderModel,
} from "../../lib/models/encoder/model.ts";
import { encoderParameters } from "../../lib/models/encoder/parameters.ts";
import { publishedConfig } from "../../lib/models/encoder/published_config.ts";
import type { ExampleFormat } from "../../lib/models/example_format.ts";
import { count } from "../../lib/plan/bounds.ts";
import { aboutParam } from "../../lib/plan/stage.ts";
import { tokenizerName } from "../../lib/tokenizers/tokenizer_source.ts";
import { readPublishedFolder } from "../../lib/weights/published_folder.ts";
import { forPeople } from "../../lib/core/words.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));

const fields = z.strictObject({
  ...trainFields,
  ...encoderFields,
  head: z.enum(["plain", "sliced"]).default("plain").describe(
    "plain: a classifier of words or of texts, as the examples ask; " +
      "sliced: a classifier of words, trained slice by slice and used whole (Schmidt et al. 2022)",
  ),
  sliceWidth: count.default(0).describe(
    "width of a slice: a divisor of the encoder's width; 0 for head: plain",
  ),
  trainClassifier: z.boolean().default(true).describe(
    "for head: sliced. true: its weights are trained, as the paper says; false: only its bias, " +
      "as in the released code",
  ),
});

type Params = z.output<typeof fields>;

const params = fields.superRefine((given, { addIssue }) => {
  const refuse = (name: keyof Params, message: string) =>
    addIssue({ code: "custom", path: [name], message });
  refuseShape(given, refuse);
  const { head, sliceWidth, width = defaultWidth, encoder } = given;
  if (head === "plain") {
    if (sliceWidth > 0) refuse("sliceWidth", "expected 0, as head: plain has no slices");
    if (!given.trainClassifier) refuse("trainClassifier", "expected true with head: plain");
  } else if (sliceWidth === 0) {
    refuse("sliceWidth", "expected the width of a slice for head: sliced, such as 8");
  } else if (encoder === undefined && width % sliceWidth > 0) {
    refuse("sliceWidth", `expected a divisor of the encoder's width, ${width}`);
  }
});

/** Trains from random weights, a published encoder, or another training's model. */
export const train = trainStage({
  kind: "encoder.train",
  about: forPeople("trains an encoder that classifies words or texts"),
  model: encoderModel,
  params,
  async reads(params) {
    const { encoder, head, sliceWidth } = params;
    if (encoder === undefined) {
      await checkFrozen(params, newConfig(params, { vocabSize: 1, padId: 0, maxTokens: 1 }));
      return { facts: null, paths: [] };
    }
    const { digest, config, folder } = await aboutParam(
      "encoder",
      () => readPublishedFolder(encoder, project),
    );
    if (head === "sliced" && config.hidden_size % sliceWidth > 0) {
      throw new UserError({
        message: `Cannot cut the encoder ${encoder}, ${config.hidden_size} wide, into slices of ` +
          `${sliceWidth}`,
        hint: "give a sliceWidth that divides the encoder's width",
        param: ["sliceWidth"],
      });
    }
    await checkFrozen(params, config);
    return { facts: { encoder: digest }, paths: [folder] };
  },
  async prepare(params, format, startInput) {
    const { labels, tokenTypes } = format;
    const choice = headOf(params, format);
    const name = choice.head === "sequence" ? "SequenceClassification" : "TokenClassification";
    const start = await encoderStart(params, format, { name, labels }, startInput, project);
    const { specs } = encoderModel.graph({ encoder: start.config, choice, tokenTypes });
    return {
      config: { encoder: start.config, choice, tokenTypes },
      published: publishedConfig(start.config, name, labels, {
        ...start.original,
        crosstie: { tokenizer: tokenizerName(format.tokenizer), tokenTypes },
      }),
      start: { identity: start.identity, ...await start.weights(specs, params.seed) },
    };
  },
});

/** Checks `frozen` before anything runs: the names of weights depend on params alone. */
async function checkFrozen(
  params: Params & EncoderChoice,
  config: EncoderConfig,
): Promise<void> {
  const { frozen, layerDecay } = params;
  if (frozen.length === 0) return;
  const specs = [
    ...encoderParameters(config),
    ...classifierHead(config, { head: "token", labels: 1 }).parameters,
  ];
  await aboutParam("frozen", () => withRates(specs, { frozen, layerDecay }));
}

/**
 * The head that fits what the examples ask.
 *
 * @throws {UserError} when they ask nothing, or texts are to be classified by slices
 */
function headOf(
  { head, sliceWidth, trainClassifier }: Params,
  { asks, labels: { length: labels } }: ExampleFormat,
): ClassifierHead {
  if (asks === "nothing") {
    throw new UserError({
      message: "Cannot train a classifier on examples in which nothing is asked",
      hint: "use mlm.train, or tokenize for a task such as ner.tokenize",
    });
  }
  if (head === "plain") return { head: asks === "words" ? "token" : "sequence", labels };
  if (asks === "words") {
    return { head: "sliced", labels, slicing: { width: sliceWidth, trainClassifier } };
  }
  throw new UserError("Cannot train a classifier of texts by slices: leave head out");
}
