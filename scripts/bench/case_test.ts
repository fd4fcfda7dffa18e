import { strict as assert } from "node:assert";
import { encoderModel } from "../../lib/models/encoder/model.ts";
import {
  classifierOf,
  encoderOf,
  randomBatches,
  repeatedNormal,
  tokensOf,
  uniformBatches,
} from "./case.ts";

const config = encoderOf({ layers: 1, width: 64, vocabulary: 3000 });

Deno.test("random batches hold every sentence once, in no order of length", () => {
  const sentences = Array.from({ length: 100 }, (_, i) => ({
    inputIds: Array.from({ length: 1 + i }, () => 5),
    labels: Array.from({ length: 1 + i }, () => 0),
  }));
  const drawn = randomBatches(sentences, 10);
  assert.deepEqual(drawn.batches.flat().sort((a, b) => a - b), sentences.map((_, i) => i));
  const spreads = drawn.batches.map((batch) => Math.max(...batch) - Math.min(...batch));
  assert.ok(Math.min(...spreads) > 20, String(spreads));
  const tokens = drawn.batches.map((_, step) => tokensOf(drawn, step));
  assert.equal(tokens.reduce((a, b) => a + b), 5050);
  assert.equal(tokensOf(drawn, 12), tokens[2]);
});

Deno.test("uniform batches are full, of ordinary ids, with a label at every other piece", () => {
  const { sentences, batches } = uniformBatches(config, { batches: 3, size: 4, tokens: 10 });
  assert.deepEqual(batches.flat(), sentences.map((_, i) => i));
  assert.deepEqual(batches.map((batch) => batch.length), [4, 4, 4]);
  for (const { inputIds, labels } of sentences) {
    assert.equal(inputIds.length, 10);
    assert.ok(inputIds.every((id) => id > 3 && id < 3000));
    assert.deepEqual(labels.map((label) => label >= 0), labels.map((_, t) => t % 2 === 1));
  }
});

Deno.test("repeated weights have the deviation that is asked for, and no two equal rows", () => {
  const { specs } = encoderModel.graph(classifierOf(config));
  const values = repeatedNormal(specs);
  for (const { name, shape, init } of specs) {
    const data = values.get(name)!;
    assert.equal(data.length, shape.reduce((a, b) => a * b), name);
    if (init.kind === "normal" && data.length < 1000) continue;
    const square = data.reduce((sum, x) => sum + x * x, 0) / data.length;
    const expected = init.kind === "normal" ? init.std ** 2 : init.kind === "ones" ? 1 : 0;
    assert.ok(Math.abs(square - expected) <= 0.1 * expected, `${name}: ${square}`);
  }
  const words = values.get("roberta.embeddings.word_embeddings.weight")!;
  assert.equal(words.length, 3000 * 64);
  const firsts = new Set(Array.from({ length: 3000 }, (_, row) => words[64 * row]));
  assert.ok(firsts.size > 2900, String(firsts.size));
});
