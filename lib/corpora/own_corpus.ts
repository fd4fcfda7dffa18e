/**
 * A corpus of one's own: files of the project, without an entry of the catalogue.
 *
 * @module
 */
import { z } from "zod";
import type { CorpusSource } from "./catalogue.ts";
import { checkEntry } from "./catalogue_checks.ts";
import { type CorpusEntry, entrySchema } from "./catalogue_schema.ts";
import type { TakeOptions } from "./checked_corpus.ts";
import type { NamedFiles, OwnFile } from "./own_files.ts";
import { conllOptions, conlluOptions, csvOptions, jsonOptions } from "./reader_options.ts";
import { type Split, splitNames } from "./tagged.ts";

/** Options of raw text: those of column files that are not about columns, tags and sentences. */
export const rawTextOptions = conllOptions.pick({
  encoding: true,
  repair: true,
  normalize: true,
  repairMojibake: true,
});

/** Options of labelled texts, whatever their format. */
export const ownTextOptions = z.strictObject({ ...jsonOptions.shape, ...csvOptions.shape });

const file = z.string().min(1).optional();

/** The params of every kind that reads files of the project. */
export const ownCorpusFields = {
  corpus: z.string().min(1).describe("what the tables call the corpus"),
  language: z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]*$/, "expected a language code, such as swa")
    .describe("what the tables call its language: a code, such as swa"),
  files: z.strictObject({ train: file, validation: file, test: file }).describe(
    "the file of each split, by its path from the project's folder",
  ),
};

/** What a pipeline file says of a corpus of its own. */
export interface OwnCorpus {
  readonly corpus: string;
  readonly language: string;
  readonly files: NamedFiles;
  readonly format: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Sentences to take of each split. */
  readonly limit: Partial<Record<Split, number>>;
  readonly entityTypes?: readonly string[];
  readonly tags?: "upos" | readonly string[];
  readonly labels?: readonly string[];
}

/** What is wrong with a param. */
export type Refuse = (path: (string | number)[], message: string) => void;

/** The options that each format takes, where they are fewer than those of its kind. */
const optionsOf: Readonly<Record<string, z.ZodObject>> = {
  text: rawTextOptions,
  conllu: conlluOptions,
  csv: csvOptions,
  json: jsonOptions,
};

/** Refuses what contradicts itself in the params of a corpus; what is in the files is not read. */
export function refuseOwnCorpus(given: OwnCorpus, refuse: Refuse): void {
  const { files, limit, format } = given;
  if (splitNames.every((split) => files[split] === undefined)) {
    refuse(["files"], "expected the file of a split: train, validation or test");
  }
  for (const split of splitNames) {
    if (limit[split] === undefined || files[split] !== undefined) continue;
    refuse(["limit", split], `expected nothing, as files has no ${split}: leave ${split} out`);
  }
  const known = optionsOf[format];
  for (const [name, value] of known ? Object.entries(given.options) : []) {
    if (!Object.hasOwn(known.shape, name)) {
      refuse(["options", name], `expected nothing, as ${format} has no option "${name}"`);
    } else if (format === "json" && typeof value === "number") {
      refuse(["options", name], `expected a key, as ${format} has no columns`);
    }
  }
  if (format === "text") {
    for (const name of ["entityTypes", "tags"] as const) {
      if (given[name] === undefined) continue;
      refuse([name], `expected nothing, as raw text has no tags: leave ${name} out`);
    }
    return;
  }
  if (format === "conll" && !given.entityTypes && !given.tags) {
    refuse(["format"], "expected entityTypes, or tags, beside it: the tags that the file may have");
    return;
  }
  const { data, error } = entrySchema.safeParse(writtenEntry(given));
  for (const { path, message } of error?.issues ?? []) {
    refuse(path as (string | number)[], message);
  }
  if (data) checkEntry(withOptions(data, given), refuse);
}

/** The corpus as the readers know it: as if the catalogue had an entry for it. */
export function ownSource(given: OwnCorpus): CorpusSource {
  const { corpus, language } = given;
  const entry = withOptions(entrySchema.parse(writtenEntry(given)), given);
  return { corpus, language, entry, files: [] };
}

/** An entry as it would be written in the catalogue, but for options. */
function writtenEntry({ language, files, format, entityTypes, tags, labels }: OwnCorpus) {
  return {
    title: "files of the project",
    licence: "their own",
    task: labels ? "classify" : tags ? "pos" : "ner",
    format,
    languages: language,
    url: "https://local/{split}",
    splits: Object.fromEntries(
      splitNames.flatMap((split) => files[split] === undefined ? [] : [[split, split]]),
    ),
    entityTypes,
    tags,
    ...labels && { labels },
  };
}

/** Options are those that the params' schema has made of what is written. */
function withOptions(entry: CorpusEntry, { options }: OwnCorpus): CorpusEntry {
  return { ...entry, options } as CorpusEntry;
}

/** How much is taken: of a split without a file, nothing is asked. */
export function takeOptionsOf(
  { limit, limitSeed }: { readonly limit: OwnCorpus["limit"]; readonly limitSeed: number },
  files: readonly OwnFile[],
  log: (line: string) => void,
): TakeOptions {
  const there = new Set(files.map(({ holds }) => holds));
  const none = splitNames.filter((split) => !there.has(split)).map((split) => [split, 0]);
  return { limit: { ...limit, ...Object.fromEntries(none) }, limitSeed, log };
}
