/**
 * Corpora → a tokenizer whose pieces are the characters of their training sentences.
 *
 * @module
 */
import { z } from "zod";
import { forPeople } from "../lib/core/words.ts";
import { count } from "../lib/plan/bounds.ts";
import { defineStage, file } from "../lib/plan/stage.ts";
import { readTable } from "../lib/table/parquet_tables.ts";
import { sentencesTable } from "../lib/table/schemas/sentences.ts";
import { characterTokenizerJson } from "../lib/tokenizers/character_tokenizer.ts";

const params = z.strictObject({
  atLeast: count.positive().default(2).describe(
    "a character that training sentences have fewer times is read as unknown, as all that they do " +
      "not have; with 1, training never sees the unknown one",
  ),
});

/** Reads the training splits alone. */
export const characters = defineStage({
  kind: "characters",
  about: forPeople("makes a tokenizer of the characters of corpora"),
  params,
  inputs: {
    corpus: {
      about: "corpora whose training sentences are read",
      takes: "many",
      files: ["train.parquet"],
    },
  },
  outputs: {
    "tokenizer.json": file("the characters and their ids, in the hub's format"),
    "tokenizer_config.json": file("an empty object: tokenizer.json says all"),
  },
  async run({ params: { atLeast }, inputs, output, log }) {
    const paths = inputs.corpus.map(({ files }) => files["train.parquet"]);
    const rows = await readTable(sentencesTable, paths);
    const json = characterTokenizerJson(rows.map(({ tokens }) => tokens), atLeast);
    await Deno.writeTextFile(output("tokenizer.json"), json);
    await Deno.writeTextFile(output("tokenizer_config.json"), "{}\n");
    const pieces = Object.keys(JSON.parse(json).model.vocab).length;
    log(`${pieces} pieces from ${rows.length} sentences`);
  },
});
