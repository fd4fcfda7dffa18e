import { strict as assert } from "node:assert";
import { parseEncoderConfig } from "./config.ts";
import { tokenHead } from "./heads/token.ts";
import { initialiseOffsetHeads } from "./offset_heads.ts";
import { encoderParameters } from "./parameters.ts";

const config = parseEncoderConfig({
  model_type: "xlm-roberta",
  vocab_size: 261,
  hidden_size: 128,
  num_hidden_layers: 2,
  num_attention_heads: 8,
  intermediate_size: 512,
  max_position_embeddings: 130,
});
const specs = [...encoderParameters(config), ...tokenHead(config, 7).parameters];

Deno.test("each head of the first layer looks at its distance before any training", () => {
  const values = initialiseOffsetHeads(config, specs, 1);
  const D = 128, d = 16;
  const at = (name: string) => values.get(`roberta.${name}.weight`)!;
  const positions = at("embeddings.position_embeddings");
  const [query, key] = ["query", "key"].map((p) => at(`encoder.layer.0.attention.self.${p}`));
  const project = (weight: Float32Array, head: number, position: number) =>
    Array.from({ length: d }, (_, row) => {
      let sum = 0;
      for (let i = 0; i < D; i++) {
        sum += weight[(head * d + row) * D + i] * positions[position * D + i];
      }
      return sum;
    });
  [-3, -2, -1, 1, 2, 3, 4, 5].forEach((offset, head) => {
    let hits = 0;
    for (let t = 20; t < 100; t++) {
      const q = project(query, head, t);
      let best = 0, highest = -Infinity;
      for (let s = 10; s < 110; s++) {
        const score = project(key, head, s).reduce((sum, k, i) => sum + k * q[i], 0);
        if (score > highest) [best, highest] = [s, score];
      }
      if (best - t === offset) hits++;
    }
    assert.ok(hits >= 76, `head ${head} found distance ${offset} at ${hits} of 80 positions`);
  });
});

Deno.test("values fit their parameters, and depend on the seed", () => {
  const [one, again, two] = [1, 1, 2].map((seed) => initialiseOffsetHeads(config, specs, seed));
  for (const { name, shape } of specs) {
    assert.equal(one.get(name)!.length, shape.reduce((a, b) => a * b, 1), name);
  }
  assert.deepEqual(one, again);
  assert.notDeepEqual(one.get("classifier.weight"), two.get("classifier.weight"));
});
