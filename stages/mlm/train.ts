/**
 * Raw text → an encoder that has learnt to guess masked words.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { UserError } from "../../lib/core/errors.ts";
import {
  encoderFields,
  refuseShape,
  shapeBesideStart,
} from "../../lib/experiment/encoder_params.ts";
import { maskingFields } from "../../lib/experiment/masking_params.ts";
import { encoderStart } from "../../lib/experiment/start.ts";
import { trainFields } from "../../lib/experiment/train_params.ts";
import { trainStage } from "../../lib/experiment/train_stage.ts";
import { publishedConfig } from "../../lib/models/encoder/published_config.ts";
import { maskedModel } from "../../lib/models/masked/model.ts";
import { aboutParam } from "../../lib/plan/stage.ts";
import { tokenizerName } from "../../lib/tokenizers/tokenizer_source.ts";
import { readPublishedFolder } from "../../lib/weights/published_folder.ts";
import { forPeople } from "../../lib/core/words.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));

const fields = z.strictObject({ ...trainFields, ...maskingFields, ...encoderFields });

const params = fields.superRefine((given, { addIssue }) =>
  refuseShape(given, (name, message) => addIssue({ code: "custom", path: [name], message }))
);

/** Devlin et al. 2019, §3.1; from random weights, or on from a published encoder. */
export const train = trainStage({
  kind: "mlm.train",
  about: forPeople("trains an encoder to guess masked words"),
  model: maskedModel,
  params,
  refusesBeside: (params, named) => named.has("start") ? shapeBesideStart(params) : [],
  async reads({ encoder }) {
    if (encoder === undefined) return { facts: null, paths: [] };
    const { digest, folder } = await aboutParam(
      "encoder",
      () => readPublishedFolder(encoder, project),
    );
    return { facts: { encoder: digest }, paths: [folder] };
  },
  async prepare(params, format, startInput) {
    const { maskId, vocabSize } = format;
    if (maskId === undefined) {
      throw new UserError({
        message: "Cannot mask words as the tokenizer has no piece for it, such as <mask> or [MASK]",
        hint: "use the tokenizer of a masked language model",
      });
    }
    const head = { name: "MaskedLM", labels: [] } as const;
    const start = await encoderStart(params, format, head, startInput, project);
    const { masking, maskedShare, wholeWords } = params;
    const config = {
      encoder: start.config,
      vocabSize,
      maskId,
      masking,
      maskedShare,
      wholeWords,
    };
    return {
      config,
      published: publishedConfig(start.config, head.name, [], {
        ...start.original,
        crosstie: { tokenizer: tokenizerName(format.tokenizer) },
      }),
      start: {
        identity: start.identity,
        ...await start.weights(maskedModel.graph(config).specs, params.seed),
      },
    };
  },
});
