/**
 * The floor of masked language models: every masked piece is taken for the most frequent one.
 *
 * @module
 */
import { FrequentPieces } from "../../lib/analysis/frequent_pieces.ts";
import { forPeople } from "../../lib/core/words.ts";
import { examplesOf, formatOf } from "../../lib/experiment/examples.ts";
import {
  guessedRows,
  maskedCorpora,
  maskedCorporaParams,
  maskedCorpusFiles,
} from "../../lib/experiment/masked_corpora.ts";
import { defineStage, table } from "../../lib/plan/stage.ts";
import { writeTable } from "../../lib/table/parquet_tables.ts";
import { predictionsTable } from "../../lib/table/schemas/predictions.ts";
import { pieceNames } from "../../lib/tokenizers/piece_names.ts";

/** With the same params as mlm.predict it guesses the same pieces. */
export const frequent = defineStage({
  kind: "mlm.frequent",
  about: forPeople(
    "guesses masked pieces by how often each occurs in training, whatever stands around them",
  ),
  params: maskedCorporaParams,
  inputs: {
    train: {
      about: "corpora of mlm.tokenize whose training pieces are counted",
      takes: "many",
      files: ["train.parquet", "encoding.json"],
    },
    examples: {
      about: "corpora of mlm.tokenize whose test or validation splits are masked",
      takes: "many",
      files: maskedCorpusFiles,
    },
  },
  outputs: { "predictions.parquet": table(predictionsTable) },
  async run({ params, inputs, output, log }) {
    const { vocabSize, tokenizer } = await formatOf([...inputs.train, ...inputs.examples]);
    const train = await examplesOf("train", inputs.train);
    const pieces = new FrequentPieces(
      train.map(({ inputIds, wordIds }) => inputIds.filter((_, i) => wordIds[i] >= 0)),
      vocabSize,
    );
    const nameOf = pieceNames(tokenizer);
    const rows = (await maskedCorpora(inputs.examples, params)).flatMap(({ rows }) => rows);
    const predictions = guessedRows(
      "frequent",
      rows,
      rows.map(({ gold }) =>
        gold.map((id) => ({ label: pieces.likeliest, loss: pieces.loss(id) }))
      ),
      nameOf,
    );
    await writeTable(predictionsTable, output("predictions.parquet"), predictions);
    log(
      `${predictions.length} masked pieces in ${rows.length} sentences; the most frequent one of ` +
        `${train.length} sentences is "${nameOf(pieces.likeliest)}"`,
    );
  },
});
