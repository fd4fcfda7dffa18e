/**
 * Sentences → pieces that know their word and label. No word is lost in silence.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { aboutParam, defineStage, file, table } from "../lib/plan/stage.ts";
import { readTable, writeTable } from "../lib/table/duckdb.ts";
import { type EncodedRow, encodedTable } from "../lib/table/schemas/encoded.ts";
import { type SentenceRow, sentencesTable } from "../lib/table/schemas/sentences.ts";
import { encodeTagged, type LabelledPieces, labelledPieces } from "../lib/text/encode.ts";
import type { TextEncoding } from "../lib/text/encoding.ts";
import { iob2Labels, keepTypes } from "../lib/text/labels.ts";
import type { Encoding, WordTokenizer } from "../lib/tokenizers/tokenizer.ts";
import {
  createTokenizer,
  readTokenizerSource,
  tokenizerPaths,
} from "../lib/tokenizers/tokenizer_source.ts";

const project = fileURLToPath(new URL("..", import.meta.url));

const params = z.strictObject({
  tokenizer: z.string().default("bytes").describe(
    "bytes: UTF-8, no vocabulary to learn; or a tokenizer.json or its folder, in the project",
  ),
  labels: z.enum(labelledPieces).default("first").describe(
    "the pieces of a training word that carry its label; words are scored by the first",
  ),
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
  async reads({ tokenizer }) {
    const source = await aboutParam("tokenizer", () => readTokenizerSource(tokenizer, project));
    if (source === "bytes") return { facts: null, paths: [] };
    return { facts: { tokenizer: source.digest }, paths: tokenizerPaths(tokenizer, project) };
  },
  async run({ params, inputs, output, log }) {
    const source = await readTokenizerSource(params.tokenizer, project);
    const tokenizer = createTokenizer(source);
    const labels = iob2Labels(params.entityTypes);
    for (const split of ["train", "validation", "test"] as const) {
      const sentences = await readTable(
        sentencesTable,
        inputs.corpus[0].files[`${split}.parquet`],
      );
      const labelled = split === "train" ? params.labels : "first";
      const rows = sentences.map((row) => encode(row, tokenizer, labels, labelled, params));
      await writeTable(encodedTable, output(`${split}.parquet`), rows);
      const sum = (key: "lostWords" | "emptyWords") => rows.reduce((sum, row) => sum + row[key], 0);
      const [lost, empty] = [sum("lostWords"), sum("emptyWords")];
      log(
        `${split}: ${rows.length} sentences` +
          (lost > 0 ? `, ${lost} words beyond ${params.maxTokens} pieces count as O` : "") +
          (empty > 0 ? `, ${empty} words that give no piece are read as unknown` : ""),
      );
    }
    const encoding: TextEncoding = {
      tokenizer: source,
      vocabSize: tokenizer.vocabSize,
      padId: tokenizer.padId,
      maxTokens: params.maxTokens,
      labels,
      labelledPieces: params.labels,
    };
    await Deno.writeTextFile(output("encoding.json"), JSON.stringify(encoding, null, 2) + "\n");
  },
});

function encode(
  { corpus, language, split, sentence, tokens, tags }: SentenceRow,
  tokenizer: WordTokenizer,
  labels: readonly string[],
  labelled: LabelledPieces,
  { maxTokens, entityTypes, ignoreTypes }: z.output<typeof params>,
): EncodedRow & Encoding {
  const kept = keepTypes(tags, entityTypes, ignoreTypes);
  const encoding = encodeTagged(tokenizer, { tokens, tags: kept }, labels, maxTokens, labelled);
  return { corpus, language, split, sentence, tokens, tags: kept, ...encoding };
}
