/**
 * Examples of one or several languages → an encoder with a CRF that labels words, trained inside
 * ONNX Runtime.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { Problem } from "../../lib/core/errors.ts";
import { forPeople } from "../../lib/core/words.ts";
import {
  encoderFields,
  refuseShape,
  shapeBesideStart,
} from "../../lib/experiment/encoder_params.ts";
import { encoderStart, newConfig } from "../../lib/experiment/start.ts";
import { trainFields } from "../../lib/experiment/train_params.ts";
import { type PreparedModel, trainStage } from "../../lib/experiment/train_stage.ts";
import { trainedStart } from "../../lib/experiment/trained_start.ts";
import { checkWords, needsScan, refuseSmoothing } from "../../lib/experiment/word_chains.ts";
import { checkLength } from "../../lib/models/encoder/families.ts";
import { publishedConfig } from "../../lib/models/encoder/published_config.ts";
import {
  checkLayers,
  type EncoderCrfConfig,
  encoderCrfHead,
  isEncoderCrf,
  parseEncoderCrfConfig,
} from "../../lib/models/encoder_crf/config.ts";
import { encoderCrfModel } from "../../lib/models/encoder_crf/model.ts";
import type { ExampleFormat } from "../../lib/models/example_format.ts";
import { aboutParam, type InputInstance } from "../../lib/plan/stage.ts";
import { tokenizerName } from "../../lib/tokenizers/tokenizer_source.ts";
import { readJson } from "../../lib/weights/published_files.ts";
import { readPublishedFolder } from "../../lib/weights/published_folder.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));

const params = z.strictObject({
  ...trainFields,
  ...encoderFields,
  readLayers: z.int().positive().max(1000).optional().describe(
    "the last layers that are read, beside each other, at the first piece of a word: 4 by default, " +
      "as published; a start with a CRF has its own",
  ),
  endScores: z.boolean().optional().describe(
    "whether first and last labels have scores of their own: false by default, as published; a " +
      "start with a CRF has its own",
  ),
}).superRefine((given, context) => {
  refuseShape(
    given,
    (name, message) => context.addIssue({ code: "custom", path: [name], message }),
  );
  refuseSmoothing(given, context);
});

type Params = z.output<typeof params>;

/** Layers that are read where nothing is said (Mueller et al. 2020, §3.1). */
const publishedLayers = 4;

/** Trains from random weights, a published encoder, or another training's model. */
export const train = needsScan(
  "a CRF",
  trainStage<EncoderCrfConfig, Params>({
    kind: "encoder_crf.train",
    about: forPeople("trains an encoder with a CRF that labels words"),
    model: encoderCrfModel,
    params,
    refusesBeside(params, named) {
      if (named.has("start")) return shapeBesideStart(params);
      return params.encoder === undefined ? depthProblems(params) : [];
    },
    async reads({ encoder, readLayers = publishedLayers }) {
      if (encoder === undefined) return { facts: null, paths: [] };
      const { digest, config, folder } = await aboutParam(
        "encoder",
        () => readPublishedFolder(encoder, project),
      );
      await aboutParam(
        "readLayers",
        () => checkLayers({ layers: readLayers, endScores: false }, config, encoder),
      );
      return { facts: { encoder: digest }, paths: [folder] };
    },
    async prepare(params, format, startInput) {
      checkWords("a CRF", format);
      const original = startInput && await readJson(startInput.files["config.json"]);
      return startInput && isEncoderCrf(original)
        ? await continued(params, format, startInput, original)
        : await anew(params, format, startInput);
    },
  }),
);

/** A new encoder has as many layers as params say. */
function depthProblems({ readLayers = publishedLayers, ...given }: Params): Problem[] {
  const { num_hidden_layers: depth } = newConfig(given, { vocabSize: 1, padId: 0, maxTokens: 1 });
  return readLayers <= depth ? [] : [{
    message: `Cannot read the last ${readLayers} layers of a new encoder: it has ${depth}`,
    hint: "give layers and readLayers, or an encoder",
    param: ["readLayers"],
  }];
}

/** An encoder, published or of any training, or a new one, with a head that starts at random. */
async function anew(
  params: Params,
  format: ExampleFormat,
  startInput: InputInstance | undefined,
): Promise<PreparedModel<EncoderCrfConfig>> {
  const { labels } = format;
  const head = { name: encoderCrfHead, labels } as const;
  const start = await encoderStart(params, format, head, startInput, project);
  const config: EncoderCrfConfig = {
    encoder: start.config,
    labels,
    layers: params.readLayers ?? publishedLayers,
    endScores: params.endScores ?? false,
  };
  checkLayers(config, start.config, startInput?.instance ?? "the encoder");
  const { specs } = encoderCrfModel.graph(config);
  return {
    config,
    published: publishedOf(config, format, start.original),
    start: { identity: start.identity, ...await start.weights(specs, params.seed) },
  };
}

/** Goes on with all weights of another training of the same labels and pieces. */
async function continued(
  { dropout, attentionDropout, ...params }: Params,
  format: ExampleFormat,
  start: InputInstance,
  original: unknown,
): Promise<PreparedModel<EncoderCrfConfig>> {
  const read = parseEncoderCrfConfig(original, `the config.json of ${start.instance}`);
  const encoder = {
    ...read.encoder,
    hidden_dropout_prob: dropout ?? read.encoder.hidden_dropout_prob,
    attention_probs_dropout_prob: attentionDropout ?? read.encoder.attention_probs_dropout_prob,
  };
  checkLength(encoder, format.maxTokens);
  const { readLayers: layers = read.layers, endScores = read.endScores } = params;
  const config = { ...read, encoder, layers, endScores };
  return {
    config,
    published: publishedOf(config, format, Object(original)),
    start: await trainedStart(start, original, format, encoderCrfModel.graph(config).specs),
  };
}

function publishedOf(
  { encoder, labels, layers, endScores }: EncoderCrfConfig,
  { tokenizer, tokenTypes }: ExampleFormat,
  original: Readonly<Record<string, unknown>>,
) {
  return publishedConfig(encoder, encoderCrfHead, labels, {
    ...original,
    crosstie: { tokenizer: tokenizerName(tokenizer), tokenTypes, crf: { layers, endScores } },
  });
}
