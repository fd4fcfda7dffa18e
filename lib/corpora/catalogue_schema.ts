/**
 * What an entry of `data/sources.yaml` may say.
 *
 * @module
 */
import { z } from "zod";
import { universalTags } from "../core/tags.ts";
import { nameMap } from "./name_map.ts";
import {
  archiveOptions,
  conllOptions,
  conlluOptions,
  csvOptions,
  jsonOptions,
  parquetOptions,
} from "./reader_options.ts";
import { splitNames } from "./tagged.ts";
import { showHidden } from "./words.ts";

const text = z.string().trim().min(1);
const code = z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]*$/, "must be a language code");
const digest = z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 of 64 lower-case hex digits");
const splitName = z.enum(splitNames);
const part = z.string().regex(/^[^{}?#]+$/, "must be a part of an address");
const tagName = z.string().min(1).refine(
  (name) => !/\s/.test(name) && showHidden(name) === name,
  "must have no white space and nothing that cannot be seen",
);

/** SHA-256 by language and split; an archive of all splits has the split name `archive`. */
const pins = nameMap(code, z.partialRecord(z.enum([...splitNames, "archive"]), digest));

const common = {
  title: text.describe("what the corpus is, with its paper"),
  licence: text,
  note: text.optional().describe("what a user of the corpus should know"),
  languages: text.transform((codes) => codes.split(/\s+/)).pipe(z.array(code))
    .describe("codes as the corpus spells them, with spaces between"),
  aliases: nameMap(code, code).describe("other codes of the same languages, for error messages"),
  splits: z.partialRecord(splitName, text).describe(
    "what the source calls train, validation and test",
  ),
  languageSplits: nameMap(code, z.partialRecord(splitName, text)).describe(
    "the splits of languages that have others",
  ),
};

const entityTypes = z.array(tagName).min(1).describe("PER, ORG, …: any other is an error");
const ofEntities = {
  ...common,
  task: z.literal("ner"),
  entityTypes,
  tags: z.undefined().optional(),
};
const ofEntitiesOrTags = {
  ...common,
  task: z.enum(["ner", "pos"]),
  entityTypes: entityTypes.optional(),
  tags: z.literal("upos").transform(() => [...universalTags]).or(z.array(tagName).min(1)).optional()
    .describe("upos, or the tags of which every word has one"),
};

const fetched = {
  url: z.string().regex(/^https?:\/\/[^?#]+$/, "must be an http(s) address without query")
    .describe("public address with {language}, {split} and names of parts"),
  parts: nameMap(code, z.record(z.string().regex(/^[a-z]\w*$/), part)).describe(
    "what stands for other names in braces in the address of a language",
  ),
  mirrorOnly: text.optional().describe(
    "why the address serves nothing on the web, and where to get the file by hand",
  ),
  sha256: pins.describe("digests of the public bytes"),
  mirrorSha256: pins.describe("digests of a mirror's copies that are encoded otherwise"),
};

const share = z.int().min(1).max(1000);
const cut = z.strictObject({
  split: splitName.describe("the split of the source that is cut"),
  together: z.int().min(1).max(1000).default(1).describe(
    "rows that stay together, such as 3 hypotheses about each text",
  ),
  shares: z.partialRecord(splitName, share).describe(
    "of so many such groups in a row, how many go to train, validation and test, in this order",
  ),
});

const ofTexts = {
  ...common,
  ...fetched,
  task: z.enum(["classify", "entail"]),
  labels: z.array(text).min(1).describe("any other label is an error"),
  cut: cut.optional().describe("splits that the source does not have, cut out of one that it has"),
  entityTypes: z.undefined().optional(),
  tags: z.undefined().optional(),
};

/** One corpus of the catalogue file, part by part. */
export const entrySchema = z.discriminatedUnion("format", [
  z.strictObject({
    ...ofEntitiesOrTags,
    ...fetched,
    format: z.literal("conll"),
    options: conllOptions.default({}),
    languageOptions: nameMap(code, conllOptions).describe(
      "options of single languages, over those of the corpus",
    ),
  }),
  z.strictObject({
    ...ofEntitiesOrTags,
    ...fetched,
    format: z.literal("conllu"),
    options: conlluOptions.default({}),
  }),
  z.strictObject({
    ...ofEntities,
    ...fetched,
    format: z.literal("wikiann_parquet"),
    options: parquetOptions,
  }),
  z.strictObject({
    ...ofEntities,
    ...fetched,
    format: z.literal("wikiann_archive"),
    options: archiveOptions.default({}),
    languageOptions: nameMap(code, archiveOptions).describe(
      "options of single languages, over those of the corpus",
    ),
  }),
  z.strictObject({
    ...ofTexts,
    format: z.literal("csv"),
    options: csvOptions.default({}),
  }),
  z.strictObject({
    ...ofTexts,
    format: z.literal("json"),
    options: jsonOptions.default({}),
  }),
  z.strictObject({
    ...ofEntities,
    format: z.literal("sample"),
    grammar: text.describe("the grammar file of a language, from the root of the repository"),
  }),
]);

/** The catalogue file as a whole, without what its corpora are. */
export const catalogueSchema = z.strictObject({ corpora: z.unknown() });

/** One corpus of the catalogue. */
export type CorpusEntry = z.infer<typeof entrySchema>;

/** One corpus of labelled texts. */
export type TextsEntry = Extract<CorpusEntry, { labels: unknown }>;
