/**
 * Trains a token classifier from a checkpoint of every family through the stages, with the logits
 * that the trained model gives, for scripts/references/load_trained.py to load in Python.
 *
 * Usage: deno run -A scripts/references/train_checkpoints.ts FOLDER
 *
 * @module
 */
import { join } from "node:path";
import { modelTypes } from "../../lib/models/encoder/config.ts";
import { inputIdScheme } from "../../lib/models/encoder/families.ts";
import { Session } from "../../lib/onnx/session.ts";
import type { InputInstance } from "../../lib/plan/stage.ts";
import { runStage, type StageRun } from "../../lib/plan/testdata/run_stage.ts";
import { assembleBatch, packSentences } from "../../lib/text/batching.ts";
import { readHubConfig } from "../../lib/weights/published_weights.ts";
import { decodeSafetensors } from "../../lib/weights/safetensors.ts";
import { forwardFeeds, parameterFeeds } from "../../lib/predict/tagger.ts";
import { stages } from "../../stages/mod.ts";

/** The longest sentence that the small checkpoints have positions for. */
const maxTokens = 64;
/** Of the bytes' vocabulary, without special tokens. */
const inputIds = [[70, 101, 36, 120, 259], [104, 105]];

/** Sample sentences of a language, as bytes. */
export async function sampleTokens(folder: string, language: string): Promise<InputInstance> {
  const corpus = await runStage(
    await stages.download.load(),
    join(folder, language),
    { corpus: "sample", language, limit: { train: 16, validation: 8, test: 8 } },
    {},
  );
  const tokens = await runStage(
    await stages.tokenize.load(),
    join(folder, `${language}-tokens`),
    { maxTokens },
    { corpus: [corpus.instance] },
  );
  return tokens.instance;
}

/** Trains a few steps from a family's checkpoint; gives the model's files. */
export async function trainFrom(
  family: string,
  folder: string,
  tokens: InputInstance,
  params: Record<string, unknown> = {},
): Promise<StageRun> {
  return await runStage(await stages.train.load(), folder, {
    source: "eng",
    seed: 1,
    checkpoint: `tests/fixtures/hub_checkpoints/trainable/${family}`,
    epochs: 1,
    batchSize: 8,
    learningRate: 0.01,
    ...params,
  }, { tokens: [tokens], dev: [] });
}

/** Writes `logits.json` beside a trained model: what its evaluation graph says of {@linkcode inputIds}. */
export async function writeLogits({ files }: InputInstance, folder: string): Promise<void> {
  const { config } = await readHubConfig(folder);
  const encoded = packSentences(inputIds.map((ids) => ({ inputIds: ids, labels: ids })));
  const batch = assembleBatch(encoded, [0, 1], inputIdScheme(config));
  const weights = decodeSafetensors(
    await Deno.readFile(files["model.safetensors"]),
    files["model.safetensors"],
  );
  const session = await Session.create(await Deno.readFile(files["eval_model.onnx"]), {
    threads: 1,
  });
  const { logits } = await session.run({ ...parameterFeeds(weights), ...forwardFeeds(batch) });
  await session.release();
  const { B, T } = batch;
  const recorded = {
    inputIds: Array.from(
      { length: B },
      (_, b) => Array.from(batch.inputIds.subarray(b * T, (b + 1) * T), Number),
    ),
    positions: Array.from(batch.labelPositions, Number),
    dims: logits.dims,
    values: Array.from(logits.data, Number),
  };
  await Deno.writeTextFile(join(folder, "logits.json"), JSON.stringify(recorded) + "\n");
}

if (import.meta.main) {
  const [folder] = Deno.args;
  if (!folder) throw new Error("Cannot write checkpoints without a folder: name one");
  const tokens = await sampleTokens(join(folder, "corpora"), "eng");
  for (const family of modelTypes) {
    const to = join(folder, family);
    const { instance, lines } = await trainFrom(family, to, tokens);
    await writeLogits(instance, to);
    console.log(`${family}: ${lines.at(-1)}`);
  }
}
