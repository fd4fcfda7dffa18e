/**
 * Stage `read`: files of the project become checked tables of sentences, as a downloaded corpus does.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { readSmallBytes, textBytes } from "../lib/core/small_file.ts";
import { forPeople } from "../lib/core/words.ts";
import { takeRawSentences, takeSentences } from "../lib/corpora/checked_corpus.ts";
import {
  ownCorpusFields,
  ownSource,
  refuseOwnCorpus,
  takeOptionsOf,
} from "../lib/corpora/own_corpus.ts";
import { aboutOwnFiles, findOwnFiles, ownFacts } from "../lib/corpora/own_files.ts";
import { rawTextDefaults, readRawText } from "../lib/corpora/raw_text.ts";
import { conllOptions } from "../lib/corpora/reader_options.ts";
import { type ReadSplits, readSplits } from "../lib/corpora/readers.ts";
import { limitFields } from "../lib/experiment/limit_params.ts";
import { defineStage, table } from "../lib/plan/stage.ts";
import { writeTable } from "../lib/table/parquet_tables.ts";
import { odditiesTable } from "../lib/table/schemas/oddities.ts";
import { sentencesTable } from "../lib/table/schemas/sentences.ts";

const project = fileURLToPath(new URL("..", import.meta.url));

const fields = z.strictObject({
  ...ownCorpusFields,
  format: z.enum(["text", "conll", "conllu"]).describe(
    "text: a sentence a line, words by white space, no tags; conll: a word a line, in columns; " +
      "conllu: CoNLL-U",
  ),
  options: conllOptions.default({}).describe("how the files are read: docs/corpora.md"),
  entityTypes: z.array(z.string()).min(1).optional().describe(
    "the types of entities in the files, such as PER: any other is an error",
  ),
  tags: z.literal("upos").or(z.array(z.string()).min(1)).optional().describe(
    "upos, or the tags of which every word has one: any other is an error",
  ),
  ...limitFields,
});

const params = fields.superRefine((given, { addIssue }) =>
  refuseOwnCorpus(given, (path, message) => addIssue({ code: "custom", path, message }))
);

/** Reads sentences of one's own. Raw text has no tags. */
export const read = defineStage({
  kind: "read",
  about: forPeople("reads sentences from files of the project: raw text, columns or CoNLL-U"),
  params,
  inputs: {},
  outputs: {
    "train.parquet": table(sentencesTable),
    "validation.parquet": table(sentencesTable),
    "test.parquet": table(sentencesTable),
    "oddities.parquet": table(odditiesTable),
  },

  async reads({ files }) {
    const found = await findOwnFiles(files, project);
    return { facts: await ownFacts(found), paths: found.map(({ path }) => path) };
  },

  tells(params) {
    if (params.format === "text") return Promise.resolve({ without: ["tags"] });
    const { entityTypes = [], tags = [] } = ownSource(params).entry;
    return Promise.resolve({ entityTypes, tags });
  },

  async run({ params, output, log }) {
    const files = await findOwnFiles(params.files, project);
    const options = takeOptionsOf(params, files, log);
    const { sentences, oddities } = await aboutOwnFiles(files, async () => {
      if (params.format !== "text") {
        const source = ownSource(params);
        return takeSentences(source, await readSplits(source, files), options);
      }
      const splits: ReadSplits = {};
      for (const { holds, path } of files) {
        const given = { ...rawTextDefaults, ...params.options };
        splits[holds] = readRawText(await readSmallBytes(path, textBytes), path, given);
      }
      return takeRawSentences(params, splits, options);
    });
    await writeTable(sentencesTable, output("train.parquet"), sentences.train);
    await writeTable(sentencesTable, output("validation.parquet"), sentences.validation);
    await writeTable(sentencesTable, output("test.parquet"), sentences.test);
    await writeTable(odditiesTable, output("oddities.parquet"), oddities);
  },
});
