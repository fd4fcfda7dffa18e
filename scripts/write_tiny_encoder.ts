/**
 * Writes a tiny encoder over bytes as a mirror of the hub has it: experiments that start from a
 * published encoder can then be tried with no download. Its weights are drawn, and it knows nothing.
 *
 * Usage: deno run -A scripts/write_tiny_encoder.ts
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseEncoderConfig } from "../lib/models/encoder/config.ts";
import { initialiseOffsetHeads } from "../lib/models/encoder/offset_heads.ts";
import { encoderParameters } from "../lib/models/encoder/parameters.ts";
import { floatTensor } from "../lib/onnx/dtype.ts";
import { publishedTokenizer } from "../lib/tokenizers/published_tokenizer.ts";
import { writeSafetensors } from "../lib/weights/safetensors.ts";

/** Where it lies; below it a file is `<host>/<path>`. */
export const tinyMirror = fileURLToPath(new URL("../tests/fixtures/mirror", import.meta.url));

/** The width is one that 1, 2 and 8 divide; there are positions for 256 pieces. */
const published = {
  architectures: ["XLMRobertaModel"],
  model_type: "xlm-roberta",
  vocab_size: 261,
  hidden_size: 32,
  num_hidden_layers: 3,
  num_attention_heads: 4,
  intermediate_size: 64,
  hidden_act: "gelu",
  hidden_dropout_prob: 0.1,
  attention_probs_dropout_prob: 0.1,
  max_position_embeddings: 258,
  type_vocab_size: 1,
  layer_norm_eps: 1e-5,
  initializer_range: 0.02,
  pad_token_id: 1,
};

/** Writes `crosstie/tiny` at revision `v1` below a mirror's folder. */
export async function writeTinyEncoder(mirror: string): Promise<void> {
  const folder = join(mirror, "huggingface.co/crosstie/tiny/resolve/v1");
  await Deno.mkdir(folder, { recursive: true });
  const config = parseEncoderConfig(published);
  const specs = encoderParameters(config);
  const drawn = initialiseOffsetHeads(config, specs, 1);
  const weights = specs.map(({ name, shape }) =>
    [name, floatTensor(shape, drawn.get(name)!)] as const
  );
  const { tokenizerJson, tokenizerConfig } = publishedTokenizer("bytes", 256);
  const text = (name: string, content: string) => Deno.writeTextFile(join(folder, name), content);
  await text("config.json", JSON.stringify(published, null, 2) + "\n");
  await text("tokenizer.json", tokenizerJson);
  await text("tokenizer_config.json", tokenizerConfig);
  writeSafetensors(join(folder, "model.safetensors"), new Map(weights));
}

if (import.meta.main) await writeTinyEncoder(tinyMirror);
