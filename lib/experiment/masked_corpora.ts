/**
 * Tokenized raw text whose pieces are masked once, so that every model has to guess the same.
 *
 * @module
 */
import { z } from "zod";
import { UserError } from "../core/errors.ts";
import { type ExampleFormat, readExampleFormat } from "../models/example_format.ts";
import { type Masking, maskPieces } from "../models/masked/masking.ts";
import { seed } from "../plan/bounds.ts";
import type { InputInstance } from "../plan/stage.ts";
import { readTable } from "../table/parquet_tables.ts";
import { type ExampleRow, examplesTable } from "../table/schemas/examples.ts";
import type { PredictionRow } from "../table/schemas/predictions.ts";
import { maskingFields } from "./masking_params.ts";

const splits = ["validation", "test"] as const;

/** The params of kinds that answer masked pieces. */
export const maskedCorporaParams = z.strictObject({
  ...maskingFields,
  maskSeed: seed.default(1).describe(
    "names which pieces are masked: equal for all that is to be compared",
  ),
  splits: z.array(z.enum(splits)).min(1).default(["test"]).describe(
    "the splits whose pieces are masked",
  ),
});

/** The files that are read of a tokenized corpus. */
export const maskedCorpusFiles = ["validation.parquet", "test.parquet", "encoding.json"];

/** A sentence some of whose pieces are masked. */
export interface MaskedRow extends ExampleRow {
  /** Its pieces before any was masked, length T. */
  readonly originalIds: readonly number[];
}

/** A tokenized corpus with masked pieces. */
export interface MaskedCorpus {
  /** For messages. */
  readonly name: string;
  readonly format: ExampleFormat;
  readonly rows: readonly MaskedRow[];
}

/**
 * Masks splits of tokenized corpora. What is masked in a sentence is named by the seed, the corpus,
 * the language, the split and its place, whatever model is to guess it.
 *
 * @throws {UserError} when something is asked in them already, or no piece hides another
 */
export async function maskedCorpora(
  inputs: readonly InputInstance[],
  params: Masking & {
    readonly maskSeed: number;
    readonly splits: readonly (typeof splits[number])[];
  },
): Promise<MaskedCorpus[]> {
  return await Promise.all(inputs.map(async ({ instance: name, files }) => {
    const format = await readExampleFormat(files["encoding.json"]);
    const { vocabSize, maskId, asks } = format;
    if (asks !== "nothing") {
      throw new UserError({
        message: `Cannot mask the pieces of ${name}: its ${asks} are asked for something else`,
        hint: "tokenize the corpus with mlm.tokenize",
      });
    }
    if (maskId === undefined) {
      throw new UserError({
        message:
          `Cannot mask the pieces of ${name} as its tokenizer has no piece for it, such as ` +
          "<mask> or [MASK]",
        hint: "use the tokenizer of a masked language model",
      });
    }
    const rows = await readTable(
      examplesTable,
      splits.filter((split) => params.splits.includes(split)).map((split) =>
        files[`${split}.parquet`]
      ),
    );
    return {
      name,
      format,
      rows: rows.map((row) => {
        const { corpus, language, split, sentence, inputIds } = row;
        const key = ["predict", params.maskSeed, corpus, language, split, sentence];
        const masked = maskPieces(row, { ...params, vocabSize, maskId }, ...key);
        return { ...masked, originalIds: inputIds };
      }),
    };
  }));
}

/** What was guessed of a masked piece. */
export interface Guess {
  /** The id of the likeliest piece. */
  readonly label: number;
  /** −ln p of the right one, nats. */
  readonly loss: number;
}

/**
 * A row for every masked piece: its place in the sentence, the pieces of its word, which it was and
 * which was guessed.
 *
 * @param guesses those of each masked piece of each row, in order
 */
export function guessedRows(
  model: string,
  rows: readonly MaskedRow[],
  guesses: readonly (readonly Guess[])[],
  nameOf: (id: number) => string,
): PredictionRow[] {
  return rows.flatMap(({ corpus, language, split, sentence, ...row }, i) =>
    row.asked.map((unit, k): PredictionRow => ({
      model,
      corpus,
      language,
      split,
      sentence,
      unit,
      text: row.originalIds.filter((_, t) => row.wordIds[t] === row.wordIds[unit])
        .map(nameOf).join(""),
      gold: nameOf(row.gold[k]),
      predicted: nameOf(guesses[i][k].label),
      loss: guesses[i][k].loss,
      lost: false,
    }))
  );
}
