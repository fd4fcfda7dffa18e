/**
 * Examples of one or several languages → an encoder that classifies words or texts, trained inside
 * ONNX Runtime.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { type Problem, UserError } from "../../lib/core/errors.ts";
import { withRates } from "../../lib/engine/parameter_rates.ts";
import {
  defaultWidth,
  type EncoderChoice,
  encoderStart,
  newConfig,
} from "../../lib/experiment/start.ts";
import {
  encoderFields,
  refuseShape,
  shapeBesideStart,
} from "../../lib/experiment/encoder_params.ts";
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
  const { head, sliceWidth } = given;
  if (head === "plain") {
    if (sliceWidth > 0) refuse("sliceWidth", "expected 0, as head: plain has no slices");
    if (!given.trainClassifier) refuse("trainClassifier", "expected true with head: plain");
  } else if (sliceWidth === 0) {
    refuse("sliceWidth", "expected the width of a slice for head: sliced, such as 8");
  }
});

/** Trains from random weights, a published encoder, or another training's model. */
export const train = trainStage({
  kind: "encoder.train",
  about: forPeople("trains an encoder that classifies words or texts"),
  model: encoderModel,
  params,
  refusesBeside(params, named) {
    if (named.has("start")) return shapeBesideStart(params);
    return params.encoder === undefined ? newEncoderProblems(params) : [];
  },
  async reads(params) {
    const { encoder, head, sliceWidth } = params;
    if (encoder === undefined) return { facts: null, paths: [] };
    const { digest, config, folder } = await aboutParam(
      "encoder",
      () => readPublishedFolder(encoder, project),
    );
    const problems = [
      ...head === "sliced"
        ? slicingProblems(`the encoder ${encoder}`, config.hidden_size, sliceWidth)
        : [],
      ...frozenProblems(params, config),
    ];
    if (problems.length > 0) throw new UserError(problems);
    return { facts: { encoder: digest }, paths: [folder] };
  },
  async prepare(params, format, startInput) {
    const { labels, tokenTypes } = format;
    const choice = headOf(params, format);
    const name = choice.head === "sequence" ? "SequenceClassification" : "TokenClassification";
    const start = await encoderStart(params, format, { name, labels }, startInput, project);
    const { head, sliceWidth } = params;
    const problems = head === "sliced"
      ? slicingProblems("the start", start.config.hidden_size, sliceWidth)
      : [];
    if (problems.length > 0) throw new UserError(problems);
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

/** What is wrong with params for a new encoder. */
function newEncoderProblems(params: Params): Problem[] {
  const { head, sliceWidth, width = defaultWidth } = params;
  return [
    ...head === "sliced" ? slicingProblems("a new encoder", width, sliceWidth) : [],
    ...frozenProblems(params, newConfig(params, { vocabSize: 1, padId: 0, maxTokens: 1 })),
  ];
}

function slicingProblems(encoder: string, width: number, sliceWidth: number): Problem[] {
  return width % sliceWidth === 0 ? [] : [{
    message: `Cannot cut ${encoder}, ${width} wide, into slices of ${sliceWidth}`,
    hint: "give a sliceWidth that divides the encoder's width",
    param: ["sliceWidth"],
  }];
}

/** Checks `frozen` before anything runs: the names of weights depend on params alone. */
function frozenProblems(
  { frozen, layerDecay }: Params & EncoderChoice,
  config: EncoderConfig,
): Problem[] {
  if (frozen.length === 0) return [];
  const specs = [
    ...encoderParameters(config),
    ...classifierHead(config, { head: "token", labels: 1 }).parameters,
  ];
  try {
    withRates(specs, { frozen, layerDecay });
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.problems.map((problem) => ({ ...problem, param: ["frozen"] }));
  }
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
