/**
 * A name → a published encoder with its tokenizer, as a folder that trainings start from.
 *
 * @module
 */
import { z } from "zod";
import { forPeople } from "../../lib/core/words.ts";
import { encodersFile, findEncoder, standardEncoders } from "../../lib/encoders/catalogue.ts";
import { fetchEncoder } from "../../lib/encoders/fetch_encoder.ts";
import { hubCacheFolder } from "../../lib/encoders/hub_cache.ts";
import { defineStage, file } from "../../lib/plan/stage.ts";

const params = z.strictObject({
  encoder: z.string().describe(
    "a name of data/encoders.yaml, or owner/name or owner/name@revision of the Hugging Face hub",
  ),
});

/** From CROSSTIE_MIRROR or the hub; what the hub's cache on this machine has is used. */
export const fetch = defineStage({
  kind: "encoder",
  about: forPeople("fetches a published encoder with its tokenizer"),
  params,
  inputs: {},
  outputs: {
    "config.json": file("the model's shape, as it is published"),
    "model.safetensors": file("the weights, as they are published; shards are in one file"),
    "tokenizer.json": file("the tokenizer, as it is published"),
    "tokenizer_config.json": file("its special tokens; an empty object where nothing is published"),
  },

  async reads({ encoder }) {
    const { repository, revision, sha256, tokenizer } = findEncoder(
      await standardEncoders(),
      encoder,
    );
    return {
      facts: { repository, revision, sha256, ...tokenizer && { tokenizer: { ...tokenizer } } },
      paths: [encodersFile],
    };
  },

  async run({ params, output, downloadFolder, log, source, progress, signal }) {
    await fetchEncoder(findEncoder(await standardEncoders(), params.encoder), {
      config: output("config.json"),
      weights: output("model.safetensors"),
      tokenizer: output("tokenizer.json"),
      tokenizerConfig: output("tokenizer_config.json"),
    }, {
      folder: downloadFolder,
      mirror: Deno.env.get("CROSSTIE_MIRROR"),
      hubToken: Deno.env.get("HF_TOKEN"),
      hubCache: hubCacheFolder((name) => Deno.env.get(name)),
      onProgress: (done, total, detail) => progress({ done, total, unit: "bytes", detail }),
      onSource: source,
      log,
      signal,
    });
  },
});
