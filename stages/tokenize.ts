/**
 * Sentences → pieces that know their word and label. No word is lost in silence.
 *
 * @module
 */
import { z } from "zod";
import { defineStage, file, table } from "../lib/pipeline/stage.ts";
import { readTable, writeTable } from "../lib/table/duckdb.ts";
import { type EncodedRow, encodedTable } from "../lib/table/schemas/encoded.ts";
import { type SentenceRow, sentencesTable } from "../lib/table/schemas/sentences.ts";
import { encodeTagged, tokenizers } from "../lib/text/encode.ts";
import { iob2Labels, keepTypes } from "../lib/text/labels.ts";
import type { WordTokenizer } from "../lib/text/tokenizer.ts";

const params = z.strictObject({
  tokenizer: z.literal("bytes").default("bytes").describe("UTF-8 bytes; no vocabulary to learn"),
  maxTokens: z.int().min(16).default(512).describe("pieces of a sentence, special tokens included"),
  entityTypes: z.array(z.string()).min(1).default(["PER", "ORG", "LOC"]),
  ignoreTypes: z.array(z.string()).default([]).describe("entity types that become O"),
});

/** Tokenizes the three splits of a corpus. */
export const tokenize = defineStage({
  kind: "tokenize",
  about: "turns words into pieces and tags into labels at the first piece of each word",
  params,
  inputs: {
    corpus: {
      about: "a tagged corpus",
      takes: "one",
      files: ["train.parquet", "validation.parquet", "test.parquet"],
    },
  },
  outputs: {
    "train.parquet": table(encodedTable),
    "validation.parquet": table(encodedTable),
    "test.parquet": table(encodedTable),
    "encoding.json": file("the tokenizer and the label names, which a model must share"),
  },
  async run({ params, inputs, output, log }) {
    const tokenizer = tokenizers[params.tokenizer]();
    const labels = iob2Labels(params.entityTypes);
    for (const split of ["train", "validation", "test"] as const) {
      const sentences = await readTable(
        sentencesTable,
        inputs.corpus[0].files[`${split}.parquet`],
      );
      const rows = sentences.map((row) => encode(row, tokenizer, labels, params));
      await writeTable(encodedTable, output(`${split}.parquet`), rows);
      const lost = rows.reduce((sum, row) => sum + row.lostWords, 0);
      log(
        `${split}: ${rows.length} sentences` +
          (lost > 0 ? `, ${lost} words beyond ${params.maxTokens} pieces count as O` : ""),
      );
    }
    await Deno.writeTextFile(
      output("encoding.json"),
      JSON.stringify(
        {
          tokenizer: params.tokenizer,
          vocabSize: tokenizer.vocabSize,
          padId: tokenizer.padId,
          maxTokens: params.maxTokens,
          labels,
        },
        null,
        2,
      ) + "\n",
    );
  },
});

function encode(
  { corpus, language, split, sentence, tokens, tags }: SentenceRow,
  tokenizer: WordTokenizer,
  labels: readonly string[],
  { maxTokens, entityTypes, ignoreTypes }: z.output<typeof params>,
): EncodedRow {
  const kept = keepTypes(tags, entityTypes, ignoreTypes);
  const encoding = encodeTagged(tokenizer, { tokens, tags: kept }, labels, maxTokens);
  return { corpus, language, split, sentence, tokens, tags: kept, ...encoding };
}
