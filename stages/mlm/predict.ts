/**
 * A masked language model on masked pieces of corpora → which pieces it takes them for.
 *
 * @module
 */
import { UserError } from "../../lib/core/errors.ts";
import { forPeople } from "../../lib/core/words.ts";
import {
  guessedRows,
  maskedCorpora,
  maskedCorporaParams,
  maskedCorpusFiles,
} from "../../lib/experiment/masked_corpora.ts";
import { parseEncoderConfig } from "../../lib/models/encoder/config.ts";
import type { PublishedConfig } from "../../lib/models/encoder/published_config.ts";
import { premaskedModel } from "../../lib/models/masked/model.ts";
import { defineStage, table } from "../../lib/plan/stage.ts";
import { answerBounded, mostAsked } from "../../lib/predict/bounded_answers.ts";
import { Predictor } from "../../lib/predict/predictor.ts";
import { writeTable } from "../../lib/table/parquet_tables.ts";
import { type PredictionRow, predictionsTable } from "../../lib/table/schemas/predictions.ts";
import { pieceNames } from "../../lib/tokenizers/piece_names.ts";
import { checkModelReads } from "../../lib/weights/model_reads.ts";
import { readJson } from "../../lib/weights/published_files.ts";
import { readSafetensors } from "../../lib/weights/safetensors_file.ts";

/** Every model guesses the same pieces, as long as the params and the corpora are the same. */
export const predict = defineStage({
  kind: "mlm.predict",
  about: forPeople("has a masked language model guess masked pieces of tokenized corpora"),
  params: maskedCorporaParams,
  inputs: {
    model: {
      about: "a model of mlm.train",
      takes: "one",
      files: ["model.safetensors", "config.json", "eval_model.onnx"],
    },
    examples: {
      about: "corpora of mlm.tokenize whose test or validation splits are masked",
      takes: "many",
      files: maskedCorpusFiles,
    },
  },
  outputs: { "predictions.parquet": table(predictionsTable) },
  numeric: true,
  async run({ params, inputs, output, resources, device, progress, log }) {
    const [{ instance, files }] = inputs.model;
    const published = await readJson(files["config.json"]) as PublishedConfig;
    const [architecture] = (published.architectures ?? []) as readonly string[];
    if (!architecture?.endsWith("ForMaskedLM")) {
      throw new UserError({
        message: `Cannot have ${instance} guess masked pieces: it is ${architecture}`,
        hint: "take a model of mlm.train",
      });
    }
    const encoder = parseEncoderConfig(published, `the config.json of ${instance}`);
    const corpora = await maskedCorpora(inputs.examples, params);
    for (const { format, name, rows } of corpora) {
      // Labels are those of a classifier that it once was.
      checkModelReads({ name: instance, published: { ...published, id2label: {} } }, {
        name,
        format,
        longest: rows.reduce((most, { inputIds }) => Math.max(most, inputIds.length), 0),
      });
    }
    await using held = new AsyncDisposableStack();
    const predictor = await Predictor.create(
      premaskedModel,
      { encoder },
      await Deno.readFile(files["eval_model.onnx"]),
      await readSafetensors(files["model.safetensors"]),
      { threads: resources.cores, provider: device },
    );
    held.defer(() => predictor.release());
    const most = mostAsked(encoder.vocab_size);
    const total = corpora.flatMap(({ rows }) => rows)
      .reduce((sum, { asked }) => sum + asked.length, 0);
    const predictions: PredictionRow[] = [];
    for (const { format, name, rows } of corpora) {
      const before = predictions.length;
      const answers = await answerBounded(
        predictor,
        rows,
        most,
        (done) => progress({ done: before + done, total, unit: "pieces" }),
      );
      const guessed = guessedRows(
        premaskedModel.name,
        rows,
        answers,
        pieceNames(format.tokenizer),
      );
      for (const row of guessed) predictions.push(row);
      log(`${guessed.length} masked pieces in ${rows.length} sentences of ${name}`);
    }
    await writeTable(predictionsTable, output("predictions.parquet"), predictions);
  },
});
