/**
 * Published encoders for measurements, from a mirror.
 *
 * @module
 */
import { join } from "node:path";
import { messageOf } from "../../lib/core/errors.ts";
import { findEncoder, standardEncoders } from "../../lib/encoders/catalogue.ts";
import { fetchEncoder } from "../../lib/encoders/fetch_encoder.ts";

/**
 * Brings an encoder into a folder: config.json, model.safetensors, tokenizer.json and
 * tokenizer_config.json.
 *
 * @param name in data/encoders.yaml
 * @param folder is made
 * @param mirror as `CROSSTIE_MIRROR` says it
 * @returns whether the mirror has it; standard error says why not
 */
export async function bringEncoder(name: string, folder: string, mirror: string): Promise<boolean> {
  await Deno.mkdir(folder, { recursive: true });
  const place = (file: string) => join(folder, file);
  try {
    await fetchEncoder(findEncoder(await standardEncoders(), name), {
      config: place("config.json"),
      weights: place("model.safetensors"),
      tokenizer: place("tokenizer.json"),
      tokenizerConfig: place("tokenizer_config.json"),
    }, { folder: place("downloads"), mirror, log: () => {} });
    return true;
  } catch (error) {
    console.error(`${name} is not in the mirror: ${messageOf(error).split("\n")[0]}`);
    return false;
  }
}
