/**
 * Examples of one or several languages → an adapter or a LoRA that classifies words or texts, on an
 * encoder that stays as it is.
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
  adaptersBelow,
  type Below,
  encoderGivenOnce,
  loraOf,
  newAdapter,
} from "../../lib/experiment/adapter_params.ts";
import { encoderStart } from "../../lib/experiment/start.ts";
import { trainFields } from "../../lib/experiment/train_params.ts";
import { trainStage } from "../../lib/experiment/train_stage.ts";
import { type Adapted, adaptedModel, aroundOf } from "../../lib/models/adapters/model.ts";
import type { EncoderConfig } from "../../lib/models/encoder/config.ts";
import type { ClassifierHead } from "../../lib/models/encoder/model.ts";
import { publishedConfig } from "../../lib/models/encoder/published_config.ts";
import { count } from "../../lib/plan/bounds.ts";
import type { ReadLora } from "../../lib/weights/lora_files.ts";
import { tokenizerName } from "../../lib/tokenizers/tokenizer_source.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));

const fields = z.strictObject({
  ...trainFields,
  ...adapterFields,
  method: z.enum(["adapter", "lora"]).default("adapter").describe(
    "adapter: a bottleneck in each layer (Pfeiffer et al. 2020); " +
      "lora: low-rank changes of weights (Hu et al. 2022)",
  ),
  languageAdapter: z.string().optional().describe(
    "the folder of a language adapter in AdapterHub's layout, in the project or absolute: the " +
      "adapter is stacked on it, and it stays as it is (MAD-X); not for LoRA",
  ),
  lora: z.string().optional().describe(
    "the folder of a LoRA in PEFT's layout, in the project or absolute, to go on from: its rank, " +
      "alpha and targets count; its classifier is left aside, as its labels have no names there",
  ),
  rank: count.positive().default(8).describe("of LoRA"),
  alpha: z.number().positive().default(16).describe("of LoRA: alpha / rank multiplies the change"),
  targets: z.array(z.string()).min(1).default(["query", "value"]).describe(
    "of LoRA: the linear layers that change, by the ends of their names",
  ),
});

type Params = z.output<typeof fields>;

const params = fields.superRefine((given, { addIssue }) => {
  const refuse = (path: string, message: string) =>
    addIssue({ code: "custom", path: [path], message });
  if (given.method === "lora" && given.languageAdapter !== undefined) {
    refuse("languageAdapter", "expected nothing with method: lora, which is stacked on no adapter");
  }
  if (given.method === "adapter" && given.lora !== undefined) {
    refuse("lora", "expected nothing with method: adapter: write method: lora");
  }
});

/** The encoder's weights are frozen; its head learns beside the adapter. */
export const train = trainStage({
  kind: "adapter.train",
  about: forPeople("trains an adapter or a LoRA and a head on an encoder that stays as it is"),
  model: adaptedModel,
  params,
  refusesBeside: (params, named) => encoderGivenOnce(params, named),
  reads: (params) => adapterReads(params),
  async prepare(params: Params, format, startInput) {
    const { asks, labels, tokenTypes } = format;
    if (asks === "nothing") {
      throw new UserError({
        message: "Cannot train a classifier on examples in which nothing is asked",
        hint: "tokenize for a task such as ner.tokenize",
      });
    }
    const head: ClassifierHead["head"] = asks === "words" ? "token" : "sequence";
    const name = asks === "words" ? "TokenClassification" : "SequenceClassification";
    const start = await encoderStart(params, format, { name, labels }, startInput, project);
    const { config: encoder } = start;
    const below = await adaptersBelow(params.languageAdapter, startInput, encoder);
    const read = params.lora === undefined ? undefined : await loraOf(params.lora, encoder);
    const adapted = adaptedOf(params, encoder, below, read);
    const config = { encoder, choice: { head, labels: labels.length }, tokenTypes, adapted };
    const { specs } = adaptedModel.graph(config);
    const added = aroundOf(encoder, adapted).parameters.filter(({ frozen }) => !frozen);
    return {
      config,
      published: publishedConfig(encoder, name, labels, {
        ...start.original,
        crosstie: { tokenizer: tokenizerName(format.tokenizer), tokenTypes, adapted },
      }),
      start: await adaptedStart(start, specs, added, params.seed, read ?? below),
    };
  },
});

/** @throws {UserError} when a LoRA is to be stacked on an adapter */
function adaptedOf(
  params: Params,
  encoder: EncoderConfig,
  { stack }: Below,
  read: ReadLora | undefined,
): Adapted {
  const { method, rank, alpha, targets } = params;
  if (method === "adapter") return { stack: [...stack, newAdapter(params, encoder)] };
  if (stack.length === 0) {
    return { lora: read?.lora ?? { rank, alpha, stabilised: false, targets } };
  }
  throw new UserError("Cannot stack a LoRA on a language adapter: start from the encoder itself");
}
