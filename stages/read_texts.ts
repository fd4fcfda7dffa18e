/**
 * Stage `read.texts`: files of the project become checked tables of labelled texts, as a downloaded
 * corpus does.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { forPeople } from "../lib/core/words.ts";
import { takeTexts } from "../lib/corpora/checked_corpus.ts";
import {
  ownCorpusFields,
  ownSource,
  ownTextOptions,
  refuseOwnCorpus,
  takeOptionsOf,
} from "../lib/corpora/own_corpus.ts";
import { aboutOwnFiles, findOwnFiles, ownFacts } from "../lib/corpora/own_files.ts";
import { readTextSplits } from "../lib/corpora/readers.ts";
import { limitFields } from "../lib/experiment/limit_params.ts";
import { defineStage, table } from "../lib/plan/stage.ts";
import { writeTable } from "../lib/table/parquet_tables.ts";
import { odditiesTable } from "../lib/table/schemas/oddities.ts";
import { textsTable } from "../lib/table/schemas/texts.ts";

const project = fileURLToPath(new URL("..", import.meta.url));

const fields = z.strictObject({
  ...ownCorpusFields,
  format: z.enum(["csv", "json"]).default("csv").describe(
    "csv: comma or tab separated, RFC 4180; json: objects in a list, or one a line",
  ),
  options: ownTextOptions.default({}).describe("how the files are read: docs/corpora.md"),
  labels: z.array(z.string()).min(1).describe("the labels in the files: any other is an error"),
  ...limitFields,
});

const params = fields.superRefine((given, { addIssue }) =>
  refuseOwnCorpus(given, (path, message) => addIssue({ code: "custom", path, message }))
);

/** Reads texts of one's own, or pairs of them. */
export const readTexts = defineStage({
  kind: "read.texts",
  about: forPeople("reads labelled texts, or pairs of them, from files of the project"),
  params,
  inputs: {},
  outputs: {
    "train.parquet": table(textsTable),
    "validation.parquet": table(textsTable),
    "test.parquet": table(textsTable),
    "oddities.parquet": table(odditiesTable),
  },

  async reads({ files }) {
    const found = await findOwnFiles(files, project);
    return { facts: await ownFacts(found), paths: found.map(({ path }) => path) };
  },

  tells: ({ labels }) => Promise.resolve({ labels }),

  async run({ params, output, log }) {
    const files = await findOwnFiles(params.files, project);
    const options = takeOptionsOf(params, files, log);
    const source = ownSource(params);
    const { texts, oddities } = await aboutOwnFiles(
      files,
      async () => takeTexts(source, await readTextSplits(source, files), options),
    );
    await writeTable(textsTable, output("train.parquet"), texts.train);
    await writeTable(textsTable, output("validation.parquet"), texts.validation);
    await writeTable(textsTable, output("test.parquet"), texts.test);
    await writeTable(odditiesTable, output("oddities.parquet"), oddities);
  },
});
