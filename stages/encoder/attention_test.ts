import { strict as assert } from "node:assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Workshop } from "../../lib/experiment/testdata/workshop.ts";
import type { InputInstance } from "../../lib/plan/stage.ts";
import { readTable } from "../../lib/table/parquet_tables.ts";
import { attentionTable } from "../../lib/table/schemas/attention.ts";
import { examplesTable } from "../../lib/table/schemas/examples.ts";

/** A published encoder over bytes, with three layers. */
const tiny: InputInstance = {
  instance: "encoder",
  axes: {},
  files: Object.fromEntries(
    ["config.json", "model.safetensors", "tokenizer.json"].map((name) => [
      name,
      join(
        fileURLToPath(new URL("../..", import.meta.url)),
        "tests/fixtures/mirror/huggingface.co/crosstie/tiny/resolve/v1",
        name,
      ),
    ]),
  ),
};
const still = { seed: 1, epochs: 1, batchSize: 8, learningRate: 1e-30, weightDecay: 0 };

async function rowsOf({ files }: InputInstance) {
  return await readTable(attentionTable, files["attention.parquet"]);
}

Deno.test("a piece of a word is of an entity or of another word, and each counts once", async () => {
  await using shop = await Workshop.open();
  const examples = [await shop.tokens("eng"), await shop.tokens("swa")];
  const { instance, lines } = await shop.run("encoder.attention", {}, { model: [tiny], examples });
  const rows = await rowsOf(instance);
  assert.deepEqual(
    rows.slice(0, 9).map(({ language, layer, of }) => `${language} ${layer} ${of}`),
    [1, 2, 3].flatMap((layer) => ["all", "entity", "other"].map((of) => `eng ${layer} ${of}`)),
  );
  assert.equal(rows.length, 18);
  for (const [i, language] of ["eng", "swa"].entries()) {
    const sentences = await readTable(examplesTable, examples[i].files["test.parquet"]);
    const ofLanguage = rows.filter((row) => row.language === language);
    for (const layer of [1, 2, 3]) {
      const [all, entity, other] = ofLanguage.filter((row) => row.layer === layer);
      assert.equal(
        all.pieces,
        sentences.flatMap(({ wordIds }) => wordIds.filter((word) => word >= 0)).length,
      );
      assert.equal(all.sentences, sentences.length);
      assert.equal(entity.pieces + other.pieces, all.pieces);
      for (const share of ["onItself", "onItsWord"] as const) {
        const mean = (entity[share] * entity.pieces + other[share] * other.pieces) / all.pieces;
        assert.ok(Math.abs(mean - all[share]) < 1e-9, `${mean} and ${all[share]}`);
      }
      assert.ok(0 < all.onItself && all.onItself < all.onItsWord && all.onItsWord < 100);
    }
  }
  const [top] = rows.filter(({ layer, of }) => layer === 3 && of === "all");
  assert.equal(
    lines[0],
    `8 sentences of ner.tokenize: in layer 3 a piece puts ${top.onItself.toFixed(2)} % on itself`,
  );
});

Deno.test("a training that moves nothing leaves attention as it was; one that moves changes it", async () => {
  await using shop = await Workshop.open();
  const examples = [await shop.tokens("eng")];
  const of = async (model: InputInstance) =>
    await rowsOf((await shop.run("encoder.attention", {}, { model: [model], examples })).instance);
  const trained = async (params: Record<string, unknown>) =>
    (await shop.run("encoder.train", { ...still, ...params }, { examples, start: [tiny] }))
      .instance;
  const before = await of(tiny);
  assert.deepEqual(await of(await trained({})), before);
  const after = await of(await trained({ learningRate: 0.01 }));
  const moved = after.map(({ onItself }, i) => Math.abs(onItself - before[i].onItself));
  assert.ok(Math.max(...moved) > 0.01, `${moved}`);
});

Deno.test("the first sentences alone are looked at where so many are asked for", async () => {
  await using shop = await Workshop.open();
  const examples = [await shop.tokens("eng")];
  const { instance } = await shop.run("encoder.attention", { sentences: 3 }, {
    model: [tiny],
    examples,
  });
  const rows = await rowsOf(instance);
  assert.deepEqual([...new Set(rows.map(({ sentences }) => sentences))].sort(), [3]);
});

Deno.test("texts have no entities: all of their pieces are one kind", async () => {
  await using shop = await Workshop.open();
  const examples = [await shop.texts()];
  const { instance } = await shop.run("encoder.attention", {}, { model: [tiny], examples });
  assert.deepEqual((await rowsOf(instance)).map(({ of }) => of), ["all", "all", "all"]);
});

Deno.test("sentences that the encoder cannot read, or twice the same, are refused", async () => {
  await using shop = await Workshop.open();
  const measure = (examples: InputInstance[]) =>
    shop.run("encoder.attention", {}, { model: [tiny], examples });
  const tokens = await shop.tokens("eng");
  const pieces = await shop.tokens("eng", {
    tokenizer: "tests/fixtures/tokenizers/word_piece.json",
  });
  await assert.rejects(measure([pieces]), {
    name: "UserError",
    message:
      /^Cannot look into encoder with sentences of the tokenizer .*word_piece.json \(\w+\): it has another tokenizer.json\n {2}tokenize with the tokenizer of the encoder: give it as input tokenizer$/,
  });
  await assert.rejects(measure([tokens, tokens]), {
    name: "UserError",
    message: "Cannot tell ner.tokenize from ner.tokenize: both are sample, eng\n" +
      "  take one of them, with where",
  });
  await assert.rejects(measure([tokens, pieces]), /their tokenizer differ/);
});
