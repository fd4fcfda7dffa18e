/**
 * Stage `download`: a corpus and a language become checked tables of sentences, one per split, and
 * a table of what was odd in the source.
 *
 * @module
 */
import { z } from "zod";
import { catalogueFile, findSource, standardCatalogue } from "../lib/corpora/catalogue.ts";
import { corpusFacts, factFiles, loadCorpus } from "../lib/corpora/load_corpus.ts";
import { limitFields } from "../lib/experiment/limit_params.ts";
import { defineStage, table } from "../lib/plan/stage.ts";
import { writeTable } from "../lib/table/parquet_tables.ts";
import { odditiesTable } from "../lib/table/schemas/oddities.ts";
import { sentencesTable } from "../lib/table/schemas/sentences.ts";

const params = z.strictObject({
  corpus: z.string().describe("a corpus of sentences of data/sources.yaml"),
  language: z.string().describe("a language as the corpus spells it"),
  ...limitFields,
});

/** Fetches a corpus and reads its sentences. */
export const download = defineStage({
  kind: "download",
  about: "fetches a corpus and brings it into one form",
  params,
  inputs: {},
  outputs: {
    "train.parquet": table(sentencesTable),
    "validation.parquet": table(sentencesTable),
    "test.parquet": table(sentencesTable),
    "oddities.parquet": table(odditiesTable),
  },

  async reads({ corpus, language }) {
    const source = findSource(await standardCatalogue(), corpus, language);
    return { facts: await corpusFacts(source), paths: [catalogueFile, ...factFiles(source)] };
  },

  async tells({ corpus, language }) {
    const { entry } = findSource(await standardCatalogue(), corpus, language);
    return { entityTypes: entry.entityTypes ?? [], tags: entry.tags ?? [] };
  },

  holds: ({ corpus, language, limit: { train } }) => [{ corpus, language, train }],

  async run({ params, output, downloadFolder, log, source: onSource, progress, signal }) {
    const source = findSource(await standardCatalogue(), params.corpus, params.language);
    const { sentences, oddities } = await loadCorpus(source, {
      limit: params.limit,
      limitSeed: params.limitSeed,
      log,
      onSource,
      fetch: {
        folder: downloadFolder,
        mirror: Deno.env.get("CROSSTIE_MIRROR"),
        hubToken: Deno.env.get("HF_TOKEN"),
        onProgress: (done, total, detail) => progress({ done, total, unit: "bytes", detail }),
        signal,
      },
    });
    await writeTable(sentencesTable, output("train.parquet"), sentences.train);
    await writeTable(sentencesTable, output("validation.parquet"), sentences.validation);
    await writeTable(sentencesTable, output("test.parquet"), sentences.test);
    await writeTable(odditiesTable, output("oddities.parquet"), oddities);
  },
});
