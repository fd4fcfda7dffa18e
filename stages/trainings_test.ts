import { strict as assert } from "node:assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Workshop } from "../lib/experiment/testdata/workshop.ts";
import { readTable } from "../lib/table/parquet_tables.ts";
import { trainingsTable } from "../lib/table/schemas/trainings.ts";
import { readSafetensors } from "../lib/weights/safetensors_file.ts";

const encoder = fileURLToPath(
  new URL("../tests/fixtures/hub_checkpoints/trainable/roberta", import.meta.url),
);
const training = { seed: 1, epochs: 2, batchSize: 8, learningRate: 0.01, encoder };

Deno.test("trainings: what learns is what differs from the start, tables included", async () => {
  await using shop = await Workshop.open();
  const examples = await shop.tokens("eng");
  const before = await readSafetensors(join(encoder, "model.safetensors"));
  const ways: Record<string, [string, Record<string, unknown>]> = {
    full: ["encoder.train", {}],
    head: ["encoder.train", { frozen: ["*.embeddings.*", "*.encoder.*"] }],
    adapter: ["adapter.train", { bottleneck: 2 }],
    lora: ["adapter.train", { method: "lora", rank: 2 }],
  };
  const models = [];
  for (const [way, [kind, params]] of Object.entries(ways)) {
    const { instance } = await shop.run(kind, { ...training, ...params }, {
      examples: [examples],
    });
    models.push({ ...instance, instance: way, axes: { way, seed: 1 } });
  }
  const { instance } = await shop.run("trainings", {}, { models });
  const rows = await readTable(trainingsTable, instance.files["trainings.parquet"]);
  assert.deepEqual(rows.map(({ instance }) => instance), Object.keys(ways));
  for (const [i, row] of rows.entries()) {
    const now = await readSafetensors(models[i].files["model.safetensors"]);
    let weights = 0, learnt = 0;
    for (const [name, { data }] of now) {
      weights += data.length;
      const start = before.get(name)?.data;
      if (!start || data.some((value, k) => value !== start[k])) learnt += data.length;
    }
    assert.deepEqual([row.weights, row.learnt], [weights, learnt], row.instance);
    assert.equal(row.share, 100 * learnt / weights);
    assert.equal(row.axes, `{"seed":1,"way":"${row.instance}"}`);
    assert.ok(row.steps > 2 && row.epochs === 2 && row.asked > row.steps);
  }
});
