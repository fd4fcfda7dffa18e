/**
 * Raw text of a language → a language adapter, trained to guess masked words on an encoder that stays
 * as it is.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { UserError } from "../../lib/core/errors.ts";
import { forPeople } from "../../lib/core/words.ts";
import {
  adaptedStart,
  adapterFields,
  adapterReads,
  encoderGivenOnce,
  newAdapter,
} from "../../lib/experiment/adapter_params.ts";
import { maskingFields } from "../../lib/experiment/masking_params.ts";
import { encoderStart } from "../../lib/experiment/start.ts";
import { trainFields } from "../../lib/experiment/train_params.ts";
import { trainStage } from "../../lib/experiment/train_stage.ts";
import { adaptedMaskedModel, aroundOf } from "../../lib/models/adapters/model.ts";
import { publishedConfig } from "../../lib/models/encoder/published_config.ts";
import { tokenizerName } from "../../lib/tokenizers/tokenizer_source.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));

/** An invertible part's networks are half as wide inside as what they read, as in MAD-X. */
const couplingReduction = 2;

const params = z.strictObject({
  ...trainFields,
  ...maskingFields,
  ...adapterFields,
  name: adapterFields.name.removeDefault().describe(
    "what the adapter is called in its files, such as the language",
  ),
  invertible: z.boolean().default(true).describe(
    "whether the adapter has an invertible part at the embeddings (MAD-X)",
  ),
});

/** Pfeiffer et al. 2020, "MAD-X". The head that guesses learns too, the word embeddings do not. */
export const mlm = trainStage({
  kind: "adapter.mlm",
  about: forPeople(
    "trains a language adapter to guess masked words on an encoder that stays as it is",
  ),
  model: adaptedMaskedModel,
  params,
  refusesBeside: (params, named) => encoderGivenOnce(params, named),
  reads: ({ encoder }) => adapterReads({ encoder }),
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
    const { config: encoder } = start;
    const coupling = params.invertible ? { reduction: couplingReduction } : undefined;
    const adapted = { stack: [newAdapter(params, encoder, coupling)] };
    const { masking, maskedShare, wholeWords } = params;
    const config = { encoder, vocabSize, maskId, masking, maskedShare, wholeWords, adapted };
    const { specs } = adaptedMaskedModel.graph(config);
    const { parameters } = aroundOf(encoder, adapted);
    return {
      config,
      published: publishedConfig(encoder, head.name, [], {
        ...start.original,
        crosstie: { tokenizer: tokenizerName(format.tokenizer), adapted },
      }),
      start: await adaptedStart(start, specs, parameters, params.seed),
    };
  },
});
