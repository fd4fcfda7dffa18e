import { strict as assert } from "node:assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseEncoderConfig } from "../../lib/models/encoder/config.ts";
import { familyOf } from "../../lib/models/encoder/families.ts";
import { encoderParameters } from "../../lib/models/encoder/parameters.ts";
import { runStage } from "../../lib/plan/testdata/run_stage.ts";
import { readTable } from "../../lib/table/duckdb.ts";
import { historyTable } from "../../lib/table/schemas/history.ts";
import { predictionsTable } from "../../lib/table/schemas/predictions.ts";
import { scoresTable } from "../../lib/table/schemas/scores.ts";
import { readHubWeights } from "../../lib/weights/published_weights.ts";
import { SafetensorsFile } from "../../lib/weights/safetensors_file.ts";
import { stages } from "../../stages/mod.ts";
import { sampleTokens, trainFrom } from "./train_checkpoints.ts";

/** Written by scripts/references/load_trained.py. */
interface Confirmation {
  readonly tolerance: number;
  readonly families: Readonly<
    Record<string, {
      readonly architecture: string;
      readonly largestLogitDifference: number;
      readonly id2label: Readonly<Record<string, string>>;
      readonly tensors: Readonly<Record<string, readonly number[]>>;
    }>
  >;
}

const fixtures = fileURLToPath(new URL("../../tests/fixtures/hub_checkpoints", import.meta.url));
const { tolerance, families }: Confirmation = JSON.parse(
  await Deno.readTextFile(join(fixtures, "trained_in_transformers.json")),
);

/** An empty folder, and the tokenized sample in it. */
async function withTokens(
  run: (folder: string, tokens: Awaited<ReturnType<typeof sampleTokens>>) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder, await sampleTokens(folder, "eng"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (const [family, confirmed] of Object.entries(families)) {
  Deno.test(`${family}: a checkpoint is trained and evaluated, and written as transformers loads it`, () =>
    withTokens(async (folder, tokens) => {
      assert.ok(confirmed.largestLogitDifference <= tolerance);
      const params = { epochs: 4, dropout: 0, attentionDropout: 0 };
      const { instance, lines } = await trainFrom(family, join(folder, "model"), tokens, params);
      assert.match(
        lines.join("\n"),
        /starts from the checkpoint .*; classifier.weight, classifier.bias start anew; .* left aside/,
      );
      const published = JSON.parse(await Deno.readTextFile(instance.files["config.json"]));
      assert.deepEqual(published.architectures, [confirmed.architecture]);
      assert.deepEqual(published.id2label, confirmed.id2label);
      using weights = await SafetensorsFile.open(instance.files["model.safetensors"]);
      assert.deepEqual(
        Object.fromEntries(weights.names.map((name) => [name, weights.shapeOf(name)])),
        confirmed.tensors,
      );
      const history = await readTable(historyTable, instance.files["history.parquet"]);
      assert.ok(history.at(-1)!.loss < history[0].loss, `${history.map(({ loss }) => loss)}`);

      const evaluated = await runStage(
        await stages.evaluate.load(),
        join(folder, "evaluation"),
        { source: "eng", target: "eng", seed: 1 },
        { model: [instance], tokens: [tokens] },
      );
      const { files } = evaluated.instance;
      const predictions = await readTable(predictionsTable, files["predictions.parquet"]);
      assert.ok(predictions.length > 8);
      assert.ok(predictions.every(({ loss }) => loss === null || loss > 0));
      assert.ok((await readTable(scoresTable, files["scores.parquet"])).length > 0);
    }));

  Deno.test(`${family}: frozen, the encoder is the checkpoint's, and only the head has learned`, () =>
    withTokens(async (folder, tokens) => {
      const prefix = familyOf({ model_type: family as "bert" }).prefix;
      const frozen = { frozen: [`${prefix}.*`] };
      const { instance } = await trainFrom(family, join(folder, "model"), tokens, frozen);
      const config = parseEncoderConfig(
        JSON.parse(await Deno.readTextFile(instance.files["config.json"])),
      );
      const hub = await readHubWeights(
        join(fixtures, "trainable", family),
        config,
        encoderParameters(config),
      );
      using trained = await SafetensorsFile.open(instance.files["model.safetensors"]);
      for (const [name, { data }] of hub.weights) {
        const { data: now } = await trained.read(name);
        assert.ok(now.every((value, i) => value === data[i]), name);
      }
      const bias = await trained.read("classifier.bias");
      assert.ok(bias.data.every((value) => value !== 0));
    }));
}
