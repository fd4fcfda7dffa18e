import { strict as assert } from "node:assert";
import { initialise, type ParameterSpec } from "../../nn/parameters.ts";
import { parseEncoderConfig } from "./config.ts";
import { tokenHead } from "./heads/token.ts";
import { encoderParameters } from "./parameters.ts";

const config = parseEncoderConfig({
  model_type: "xlm-roberta",
  vocab_size: 500,
  hidden_size: 8,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  intermediate_size: 16,
  max_position_embeddings: 6,
});
const specs = [...encoderParameters(config), ...tokenHead(config, 3).parameters];

Deno.test("values depend on seed, name and index alone", () => {
  const all = initialise(specs, 1);
  const one = initialise(specs.filter(({ name }) => name === "classifier.weight"), 1);
  assert.deepEqual(one.get("classifier.weight"), all.get("classifier.weight"));
  assert.notDeepEqual(initialise(specs, 2).get("classifier.weight"), all.get("classifier.weight"));
  const longer: ParameterSpec[] = [
    { name: "classifier.weight", shape: [9, 8], init: { kind: "normal", std: 0.02 }, decay: true },
  ];
  assert.deepEqual(
    initialise(longer, 1).get("classifier.weight")?.slice(0, 24),
    all.get("classifier.weight"),
  );
});

Deno.test("embeddings start normal with the configured deviation and a zero row for padding", () => {
  const values = initialise(specs, 1)
    .get("roberta.embeddings.word_embeddings.weight") ?? new Float32Array();
  assert.deepEqual(values.slice(8, 16), new Float32Array(8));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
  assert.ok(Math.abs(mean) < 1e-3 && Math.abs(deviation - 0.02) < 1e-3, `${mean}, ${deviation}`);
});

Deno.test("weights decay; biases and LayerNorm do not", () => {
  const still = specs.filter(({ decay }) => !decay).map(({ name }) => name);
  const expected = specs.map(({ name }) => name).filter((name) =>
    name.endsWith(".bias") || name.includes("LayerNorm")
  );
  assert.deepEqual(still, expected);
});

Deno.test("sinusoids start as transformers writes them", async () => {
  const file = new URL(
    "../../../tests/fixtures/encoders/distilbert_sinusoids.json",
    import.meta.url,
  );
  const { config, encoder } = JSON.parse(await Deno.readTextFile(file));
  const parameters = encoderParameters(parseEncoderConfig(config));
  const name = "distilbert.embeddings.position_embeddings.weight";
  const bytes = Uint8Array.from(atob(encoder[name].values), (char) => char.charCodeAt(0));
  const wanted = new Float32Array(bytes.buffer);
  const got = initialise(parameters, 1).get(name)!;
  assert.equal(got.length, wanted.length);
  wanted.forEach((value, i) => assert.ok(Math.abs(got[i] - value) < 1e-6));
});
