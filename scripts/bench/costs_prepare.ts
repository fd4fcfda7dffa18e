/**
 * What the costs of big models are measured on: a folder that both sides read.
 *
 * @module
 */
import { join } from "node:path";
import { readExampleFormat } from "../../lib/models/example_format.ts";
import type { InputInstance } from "../../lib/plan/stage.ts";
import { readTable } from "../../lib/table/parquet_tables.ts";
import { examplesTable } from "../../lib/table/schemas/examples.ts";
import { bringEncoder } from "./published_encoder.ts";
import { filesIn, runStage } from "./stage_runs.ts";
import { readWikiann } from "./wikiann.ts";

/** The encoder, by its name in data/encoders.yaml. */
export const measuredEncoder = "multilingual-e5-small";

/** Sentences that are encoded. */
export const encodedSentences = 10_000;

const splits = { train: 2000, validation: 100, test: 1000 };

/**
 * Fills a folder: `encoder/`, `sentences.json` for the tokenizer, `tokens/` and `examples.json` for
 * trainings, and `trained/`, a tagger.
 *
 * @param mirror as `CROSSTIE_MIRROR` says it
 * @returns whether the mirror has what is needed
 */
export async function prepareCosts(folder: string, mirror: string): Promise<boolean> {
  const place = (path: string) => join(folder, path);
  if (!await bringEncoder(measuredEncoder, place("encoder"), mirror)) return false;
  const sentences = await readWikiann(mirror);
  // Of every language, from the first ones on.
  const chosen = Array.from(
    { length: encodedSentences },
    (_, i) => sentences[Math.floor(i * sentences.length / encodedSentences)].tokens,
  );
  await Deno.writeTextFile(place("sentences.json"), JSON.stringify(chosen));
  const encoder = filesIn(place("encoder"), [
    ...["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"],
  ], "encoder");
  const threads = 1;
  const corpus = await runStage(
    "download",
    place("corpus"),
    { corpus: "wikiann", language: "en", limit: splits },
    {},
    { threads },
  );
  const tokens = await runStage("ner.tokenize", place("tokens"), { maxTokens: 128 }, {
    corpus: [corpus],
    tokenizer: [encoder],
  }, { threads });
  await writeExamples(tokens, place("examples.json"));
  await runStage(
    "encoder.train",
    place("trained"),
    { seed: 1, epochs: 1, batchSize: 32, maxSteps: 1, learningRate: 2e-5 },
    { examples: [tokens], start: [encoder] },
    { threads },
  );
  return true;
}

/** The examples as Python's side reads them: ids, and at each its label or −100. */
async function writeExamples({ files }: InputInstance, path: string): Promise<void> {
  const { labels } = await readExampleFormat(files["encoding.json"]);
  const read = async (split: string) =>
    (await readTable(examplesTable, files[`${split}.parquet`])).map(({ inputIds, asked, gold }) => {
      const own = inputIds.map(() => -100);
      asked.forEach((piece, i) => own[piece] = gold[i]);
      return { inputIds, labels: own };
    });
  await Deno.writeTextFile(
    path,
    JSON.stringify({
      labels: labels.length,
      train: await read("train"),
      test: await read("test"),
    }),
  );
}
