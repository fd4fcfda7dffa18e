/**
 * Stage `download.texts`: a corpus and a language become checked tables of labelled texts, one per
 * split, and a table of what was odd in the source.
 *
 * @module
 */
import { z } from "zod";
import { catalogueFile, findSource, standardCatalogue } from "../lib/corpora/catalogue.ts";
import { corpusFacts, factFiles, loadTexts } from "../lib/corpora/load_corpus.ts";
import { limitFields } from "../lib/experiment/limit_params.ts";
import { defineStage, table, type Told } from "../lib/plan/stage.ts";
import { writeTable } from "../lib/table/parquet_tables.ts";
import { odditiesTable } from "../lib/table/schemas/oddities.ts";
import { textsTable } from "../lib/table/schemas/texts.ts";

const params = z.strictObject({
  corpus: z.string().describe("a corpus of texts of data/sources.yaml"),
  language: z.string().describe("a language as the corpus spells it"),
  ...limitFields,
});

/** Fetches a corpus and reads its texts. */
export const downloadTexts = defineStage({
  kind: "download.texts",
  about: "fetches a corpus of labelled texts and brings it into one form",
  params,
  inputs: {},
  outputs: {
    "train.parquet": table(textsTable),
    "validation.parquet": table(textsTable),
    "test.parquet": table(textsTable),
    "oddities.parquet": table(odditiesTable),
  },

  async reads({ corpus, language }) {
    const source = findSource(await standardCatalogue(), corpus, language);
    return { facts: await corpusFacts(source), paths: [catalogueFile, ...factFiles(source)] };
  },

  async tells({ corpus, language }): Promise<Told> {
    const { entry } = findSource(await standardCatalogue(), corpus, language);
    if (!("labels" in entry)) return { labels: [] };
    const { labels, options: { second } } = entry;
    return { labels, pairs: second === undefined ? [] : [String(second)] };
  },

  holds: ({ corpus, language, limit: { train } }) => [{ corpus, language, train }],

  async run({ params, output, downloadFolder, log, source: onSource, progress, signal }) {
    const source = findSource(await standardCatalogue(), params.corpus, params.language);
    const { texts, oddities } = await loadTexts(source, {
      limit: params.limit,
      limitSeed: params.limitSeed,
      log,
      onSource,
      fetch: {
        folder: downloadFolder,
        mirror: Deno.env.get("CROSSTIE_MIRROR"),
        hubToken: Deno.env.get("HF_TOKEN"),
        onProgress: (done, total) => progress({ done, total, unit: "bytes" }),
        signal,
      },
    });
    await writeTable(textsTable, output("train.parquet"), texts.train);
    await writeTable(textsTable, output("validation.parquet"), texts.validation);
    await writeTable(textsTable, output("test.parquet"), texts.test);
    await writeTable(odditiesTable, output("oddities.parquet"), oddities);
  },
});
