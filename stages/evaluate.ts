/**
 * A trained model on the test split of a language → a prediction per word, and scores.
 *
 * @module
 */
import { z } from "zod";
import { type JudgedSentence, writeTrial } from "../lib/analysis/word_scores.ts";
import { defineStage, table } from "../lib/plan/stage.ts";
import { readTable } from "../lib/table/duckdb.ts";
import { encodedTable } from "../lib/table/schemas/encoded.ts";
import { predictionsTable } from "../lib/table/schemas/predictions.ts";
import { scoresTable } from "../lib/table/schemas/scores.ts";
import { parseEncoderConfig } from "../lib/models/encoder/config.ts";
import { inputIdScheme } from "../lib/models/encoder/families.ts";
import { packSentences } from "../lib/text/batching.ts";
import { readEncoding } from "../lib/text/encoding.ts";
import { decode, decodings } from "../lib/predict/decode.ts";
import { checkModelReads } from "../lib/weights/model_encoding.ts";
import { decodeSafetensors } from "../lib/weights/safetensors.ts";
import { Tagger } from "../lib/predict/tagger.ts";
import { wordTags } from "../lib/predict/word_tags.ts";

const params = z.strictObject({
  source: z.string().describe("what the model was trained on"),
  target: z.string().describe("language of the test split"),
  seed: z.int().nonnegative().describe("seed of the training"),
  decoding: z.enum(decodings).default("iob2").describe(
    "iob2: the likeliest well-formed sequence; argmax: each word on its own",
  ),
});

/** Scores words, never pieces; words that were cut off count as O. */
export const evaluate = defineStage({
  kind: "evaluate",
  about: "tags the test split of a language and scores it",
  params,
  inputs: {
    model: {
      about: "a trained token classifier",
      takes: "one",
      files: ["model.safetensors", "config.json", "eval_model.onnx"],
    },
    tokens: {
      about: "the tokenized target corpus",
      takes: "one",
      files: ["test.parquet", "encoding.json"],
    },
  },
  outputs: {
    "predictions.parquet": table(predictionsTable),
    "scores.parquet": table(scoresTable),
  },
  numeric: true,
  async run({ params, inputs, output, resources, device, progress, log }) {
    const [model, tokens] = [inputs.model[0], inputs.tokens[0]];
    const encoding = await readEncoding(tokens.files["encoding.json"]);
    const { labels } = encoding;
    const published = JSON.parse(await Deno.readTextFile(model.files["config.json"]));
    const weights = decodeSafetensors(
      await Deno.readFile(model.files["model.safetensors"]),
      model.files["model.safetensors"],
    );
    const rows = await readTable(encodedTable, tokens.files["test.parquet"]);
    checkModelReads({ name: model.instance, published }, {
      name: tokens.instance,
      encoding,
      longest: rows.reduce((most, { inputIds }) => Math.max(most, inputIds.length), 0),
    });
    await using held = new AsyncDisposableStack();
    const tagger = await Tagger.create(
      await Deno.readFile(model.files["eval_model.onnx"]),
      weights,
      {
        ...inputIdScheme(parseEncoderConfig(published)),
        threads: resources.cores,
        provider: device,
      },
    );
    held.defer(() => tagger.release());
    const classified = await tagger.classify(packSentences(rows), {
      onBatch: (done) => progress({ done, total: rows.length, unit: "sentences" }),
    });
    const judged: JudgedSentence[] = rows.map((row, i) => ({
      sentence: row.sentence,
      tokens: row.tokens,
      gold: row.tags,
      predicted: wordTags(
        decode(classified[i].map((word) => word.logProbabilities), labels, params.decoding),
        row.tokens.length,
        labels,
      ),
      loss: classified[i].map((word) => -word.logProbabilities[word.gold]),
      lostWords: row.lostWords,
    }));
    const { source, target, seed } = params;
    const trial = { model: "encoder", source, target, seed };
    log(await writeTrial(trial, judged, output));
  },
});
