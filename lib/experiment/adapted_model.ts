/**
 * The models of kinds that train adapters, as later stages read them.
 *
 * @module
 */
import { UserError } from "../core/errors.ts";
import type { Adapted } from "../models/adapters/model.ts";
import { type EncoderConfig, parseEncoderConfig } from "../models/encoder/config.ts";
import type { PublishedConfig } from "../models/encoder/published_config.ts";
import type { InputInstance } from "../plan/stage.ts";
import type { FloatTensor } from "../onnx/dtype.ts";
import { readJson } from "../weights/published_files.ts";
import { readSafetensors } from "../weights/safetensors_file.ts";

/** A trained adapter with its encoder. */
export interface AdaptedModel {
  readonly published: PublishedConfig;
  readonly config: EncoderConfig;
  readonly adapted: Adapted;
  /** Of encoder, head and adapters. */
  readonly weights: Map<string, FloatTensor>;
}

/**
 * Reads a model.
 *
 * @throws {UserError} when no adapter was trained there
 */
export async function readAdapted({ instance, files }: InputInstance): Promise<AdaptedModel> {
  const published = await readJson(files["config.json"]) as PublishedConfig;
  const { adapted } = Object(published.crosstie) as { adapted?: Adapted };
  if (adapted === undefined) {
    throw new UserError({
      message: `Cannot take an adapter of ${instance}: none was trained there`,
      hint: "take a model of adapter.train or adapter.mlm",
    });
  }
  return {
    published,
    config: parseEncoderConfig(published, `the config.json of ${instance}`),
    adapted,
    weights: await readSafetensors(files["model.safetensors"]),
  };
}
