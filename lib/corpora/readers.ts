/**
 * The registry of readers: turns the fetched files of a corpus into tagged sentences per split.
 *
 * @module
 */
import { readSmallBytes, textBytes } from "../core/small_file.ts";
import { UserError } from "../core/errors.ts";
import { type CorpusSource, type SourceFile, splitsOf, trackedFile } from "./catalogue.ts";
import type { CorpusEntry, TextsEntry } from "./catalogue_schema.ts";
import { readConll } from "./conll.ts";
import { conllDefaults } from "./conll_options.ts";
import { csvDefaults, readCsvTexts } from "./csv_texts.ts";
import { conlluDefaults, readConllu } from "./conllu.ts";
import { cutTexts } from "./cut_splits.ts";
import { jsonDefaults, readJsonTexts } from "./json_texts.ts";
import type { ReadTexts } from "./labelled_texts.ts";
import { generateSample } from "./sample.ts";
import type { Split, TagSet } from "./tagged.ts";
import type { ReadSplit } from "./tagged_lines.ts";
import { readWikiannArchive, wikiannArchiveDefaults } from "./wikiann_archive.ts";
import { readWikiannParquet, wikiannParquetDefaults } from "./wikiann_parquet.ts";

/** A file of a corpus and where it lies after fetching. */
export interface LocalFile extends SourceFile {
  readonly path: string;
}

/** The splits of a corpus that there are. */
export type ReadSplits = Partial<Record<Split, ReadSplit>>;

/**
 * Reads a language of a corpus with the reader of its format. A new format is a case here, an
 * entry of the schema and a file with its reader.
 *
 * @throws {UserError} when a file cannot be read
 */
export async function readSplits(
  { corpus, entry, language }: CorpusSource,
  files: readonly LocalFile[],
): Promise<ReadSplits> {
  switch (entry.format) {
    case "conll": {
      const own = entry.languageOptions.get(language);
      const options = { ...conllDefaults, ...entry.options, ...own };
      return await perSplit(
        files,
        async (path) =>
          readConll(await readSmallBytes(path, textBytes), path, tagSetOf(entry), options),
      );
    }
    case "conllu": {
      const options = { ...conlluDefaults, ...entry.options };
      return await perSplit(
        files,
        async (path) =>
          readConllu(await readSmallBytes(path, textBytes), path, tagSetOf(entry), options),
      );
    }
    case "wikiann_parquet":
      return await perSplit(
        files,
        (path) => readWikiannParquet(path, { ...wikiannParquetDefaults, ...entry.options }),
      );
    case "wikiann_archive": {
      const own = entry.languageOptions.get(language);
      const options = { ...wikiannArchiveDefaults, ...entry.options, ...own };
      const [{ path }] = files;
      const members = splitsOf(entry, language);
      return await readWikiannArchive(path, language, members, entry.entityTypes, options);
    }
    case "csv":
    case "json":
      throw new UserError({
        message: `Cannot read "${corpus}" as sentences with tags: it has texts with labels`,
        hint: "take `use: download.texts` for it",
        param: ["corpus"],
      });
    case "sample":
      return await readSample(entry.grammar.replaceAll("{language}", language), language);
  }
}

/** The splits of a corpus of texts that there are. */
export type ReadTextSplits = Partial<Record<Split, ReadTexts>>;

/**
 * Reads a language of a corpus of labelled texts.
 *
 * @throws {UserError} when a file cannot be read, or the corpus has no texts
 */
export async function readTextSplits(
  { corpus, entry, language }: CorpusSource,
  files: readonly LocalFile[],
): Promise<ReadTextSplits> {
  if (entry.format !== "csv" && entry.format !== "json") {
    throw new UserError({
      message: `Cannot read "${corpus}" as texts with labels: it has sentences with tags`,
      hint: "take `use: download` for it",
      param: ["corpus"],
    });
  }
  const splits: ReadTextSplits = {};
  for (const { holds, path } of files) {
    if (holds === "archive") continue;
    splits[holds] = readTexts(await readSmallBytes(path, textBytes), path, entry, language);
  }
  return cutTexts(splits, entry.cut);
}

/** Reads a file of texts with the reader of its format. */
function readTexts(
  bytes: Uint8Array,
  path: string,
  entry: TextsEntry,
  language: string,
): ReadTexts {
  const { labels } = entry;
  return entry.format === "csv"
    ? readCsvTexts(bytes, path, labels, { ...csvDefaults, ...entry.options }, language)
    : readJsonTexts(bytes, path, labels, { ...jsonDefaults, ...entry.options }, language);
}

/** The absolute path of the grammar that a sample corpus is drawn from. */
export function grammarFile(template: string, language: string): string {
  return trackedFile(template.replaceAll("{language}", language));
}

/** The tags that an entry declares. */
function tagSetOf({ entityTypes, tags }: CorpusEntry): TagSet {
  return tags ? { tags } : { entityTypes: entityTypes ?? [] };
}

async function perSplit(
  files: readonly LocalFile[],
  read: (path: string) => Promise<ReadSplit>,
): Promise<ReadSplits> {
  const splits: ReadSplits = {};
  for (const { holds, path } of files) {
    if (holds !== "archive") splits[holds] = await read(path);
  }
  return splits;
}

async function readSample(path: string, language: string): Promise<ReadSplits> {
  const sentences = generateSample(await Deno.readTextFile(trackedFile(path)), language, path);
  return {
    train: { sentences: sentences.train, oddities: [] },
    validation: { sentences: sentences.validation, oddities: [] },
    test: { sentences: sentences.test, oddities: [] },
  };
}
