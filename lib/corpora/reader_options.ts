/**
 * What an entry of `data/sources.yaml` may say about how its files are read.
 *
 * @module
 */
import { z } from "zod";
import { separators } from "./column_layout.ts";
import { nameMap } from "./name_map.ts";
import { tagSchemes } from "./tag_schemes.ts";
import { wordRepairs } from "./words.ts";

const text = z.string().min(1);
const column = z.int().min(1).or(text);
const columnOrWord = "a column: its number from 1, or its name in the header";
const missingTags = z.enum(["error", "outside"]).optional().describe(
  "what a word without a tag is: a mistake (error), or outside of entities (outside)",
);
const words = {
  repair: z.array(z.enum(wordRepairs)).optional().describe(
    "what is repaired in words: " + wordRepairs.join(", "),
  ),
  normalize: z.literal("nfc").optional().describe("nfc: words are composed"),
};

const sentences = z.enum(["blankLines", "index"])
  .or(z.strictObject({ everyWords: z.int().min(1).max(1000) }))
  .or(z.strictObject({ afterWords: z.array(text).min(1) }))
  .or(z.strictObject({ afterFlag: z.array(text).min(1), column }))
  .optional().describe(
    "where sentences end beside blank lines: blankLines (nowhere else), index (where the index " +
      "column begins anew), {everyWords: N}, {afterWords: [.]}, or {afterFlag: [EndOfSentence], column: MISC}",
  );

/** Options of column files. */
export const conllOptions = z.strictObject({
  separator: z.enum(separators).optional().describe("what stands between columns"),
  splitAt: z.enum(["every", "first", "last"]).optional().describe(
    "the separators that count: with first or last there are two columns, whatever is in them",
  ),
  quotes: z.boolean().optional().describe('columns may be in double quotes, "" for one within'),
  token: column.optional().describe(`the word, ${columnOrWord}; the first one by default`),
  tag: column.optional().describe(`the tag, ${columnOrWord}; the last one by default`),
  index: column.optional().describe(`the number of a word in its sentence, ${columnOrWord}`),
  header: z.boolean().optional().describe("the first line names the columns"),
  comments: text.optional().describe("how lines begin that are left out, such as #"),
  encoding: z.enum(["utf-8", "latin1"]).optional().describe("latin1 is ISO 8859-1 proper"),
  scheme: z.enum(tagSchemes).optional().describe("how entities are written; all become IOB2"),
  missingTags,
  outside: z.array(text).optional().describe("tags that stand for O, such as _"),
  sentences,
  repairMojibake: z.boolean().optional().describe(
    "UTF-8 that was read as Latin-1 and encoded again is mended",
  ),
  ...words,
});

/** Options of Parquet files as WikiANN has them. */
export const parquetOptions = z.strictObject({
  labels: z.array(text).min(1).describe("the tag of each class number, from 0"),
  ...words,
});

/** Options of CoNLL-U files. */
export const conlluOptions = z.strictObject(words);

const labels = {
  labelMap: nameMap(text, text).transform((map) => [...map]).optional().describe(
    "labels of the corpus by what a file has in their place, such as { Yes: entailment }",
  ),
  dropLabels: z.array(text).min(1).optional().describe(
    "labels whose rows are left out, such as - where annotators did not agree",
  ),
};

/** Options of CSV files of texts. */
export const csvOptions = z.strictObject({
  separator: z.enum(["comma", "tab", "semicolon"]).optional().describe("what is between columns"),
  quotes: z.boolean().optional().describe(
    'columns may be in double quotes, "" for one within; false: they are characters like others',
  ),
  header: z.boolean().optional().describe("the first line names the columns"),
  encoding: z.enum(["utf-8", "latin1"]).optional().describe("latin1 is ISO 8859-1 proper"),
  text: column.optional().describe(`the text, ${columnOrWord}; text by default`),
  second: column.optional().describe(`the second text, in a corpus of pairs, ${columnOrWord}`),
  label: column.optional().describe(`the label, ${columnOrWord}; label by default`),
  language: column.optional().describe(
    `the language, where a file has several, ${columnOrWord}; other rows are left aside`,
  ),
  ...labels,
});

/** Options of JSON files of texts. */
export const jsonOptions = z.strictObject({
  lines: z.boolean().optional().describe("every line is an object"),
  list: text.optional().describe("the key of the list of rows, where a file is one object"),
  text: text.optional().describe("the key of the text; text by default"),
  second: text.optional().describe("the key of the second text, in a corpus of pairs"),
  label: text.optional().describe("the key of the label; label by default"),
  language: text.optional().describe(
    "the key of the language, where a file has several; other rows are left aside",
  ),
  ...labels,
});

/** Options of the raw archives of WikiANN. */
export const archiveOptions = z.strictObject({
  missingTags,
  prefix: text.optional().describe("what stands before the colon of every line"),
  ...words,
});
