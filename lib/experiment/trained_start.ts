/**
 * What models from scratch start from: random weights, or those of another training of the same kind.
 *
 * @module
 */
import type { Json } from "../core/canonical_json.ts";
import { UserError } from "../core/errors.ts";
import { sha256File, sha256Json } from "../core/sha256.ts";
import type { ExampleFormat } from "../models/example_format.ts";
import type { Model } from "../models/model.ts";
import { initialise, type ParameterSpec } from "../nn/parameters.ts";
import type { InputInstance } from "../plan/stage.ts";
import { tokenizerName } from "../tokenizers/tokenizer_source.ts";
import { readJson } from "../weights/published_files.ts";
import { readSafetensors } from "../weights/safetensors_file.ts";
import type { PreparedModel } from "./train_stage.ts";

/** A kind of model that labels words and learns from nothing. */
export interface ScratchModel<C> {
  readonly model: Model<C>;
  /** Of its config.json. */
  readonly architecture: string;
  /**
   * Its shape.
   *
   * @param original the parsed config.json of a start, where there is one
   */
  configOf(original?: { readonly published: unknown; readonly what: string }): C;
}

/**
 * A model with its first weights.
 *
 * @throws {UserError} when the start does not fit
 */
export async function scratchOrTrained<C extends object>(
  { model, architecture, configOf }: ScratchModel<C>,
  seed: number,
  format: ExampleFormat,
  start: InputInstance | undefined,
): Promise<PreparedModel<C>> {
  const published = start && await readJson(start.files["config.json"]);
  const config = configOf(
    start && { published, what: `the config.json of ${start.instance}` },
  );
  const { specs } = model.graph(config);
  const { tokenizer, tokenTypes } = format;
  return {
    config,
    published: {
      architectures: [architecture],
      ...config,
      crosstie: { tokenizer: tokenizerName(tokenizer), tokenTypes },
    },
    start: start ? await trainedStart(start, published, format, specs) : {
      identity: { random: model.name, seeded: true },
      initial: initialise(specs, seed),
    },
  };
}

/**
 * Another training's model as a start of the same kind: all of its weights go on.
 *
 * @param original the parsed config.json of the model
 * @param specs the parameters of the model
 * @throws {UserError} when it was trained with other labels or another tokenizer, or lacks a weight
 */
export async function trainedStart(
  { instance, files, digests }: InputInstance,
  original: unknown,
  format: ExampleFormat,
  specs: readonly ParameterSpec[],
): Promise<PreparedModel<unknown>["start"]> {
  const { id2label, crosstie } = Object(original);
  const known = Object.keys(Object(id2label)).map((_, i) => Object(id2label)[i]).join(", ");
  const given = format.labels.join(", ");
  const { tokenizer } = Object(crosstie) as { tokenizer?: string };
  if (known !== given || tokenizer !== tokenizerName(format.tokenizer)) {
    throw new UserError({
      message: `Cannot start from ${instance}, which has the labels [${known}] of the tokenizer ` +
        `${tokenizer}: got [${given}] of ${tokenizerName(format.tokenizer)}`,
      hint: "tokenize with the same tokenizer and entityTypes, in the same order",
    });
  }
  const path = files["model.safetensors"];
  const weights = await readSafetensors(path);
  const initial = new Map(
    specs.map(({ name, shape }) => {
      const tensor = weights.get(name);
      if (tensor?.dims.join() === shape.join()) return [name, tensor.data];
      throw new UserError(
        `Cannot start from ${instance}: its ${name} must be [${shape}]: got [${tensor?.dims}]`,
      );
    }),
  );
  const digest = digests?.["model.safetensors"] ?? (await sha256File(path)).digest;
  return {
    identity: { trained: sha256Json([digest, original as Json]) },
    initial,
    line: `starts from ${instance}`,
  };
}
