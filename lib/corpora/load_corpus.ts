/**
 * From a corpus and language to tables: fetch, read, check, limit.
 *
 * @module
 */
import type { Json } from "../core/canonical_json.ts";
import { UserError } from "../core/errors.ts";
import { sha256File } from "../core/sha256.ts";
import type { OddityKind } from "../table/schemas/oddity_kinds.ts";
import type { OddityRow } from "../table/schemas/oddities.ts";
import type { TextRow } from "../table/schemas/texts.ts";
import type { SentenceRow } from "../table/schemas/sentences.ts";
import { type CorpusSource, splitsOf } from "./catalogue.ts";
import { splitsOutOf } from "./cut_splits.ts";
import { fetchFile } from "./fetch_file.ts";
import { distrust } from "./fetch_record.ts";
import type { FetchOptions } from "./fetch_url.ts";
import type { ReadTexts } from "./labelled_texts.ts";
import type { Oddity } from "./oddity_log.ts";
import { grammarFile, type LocalFile, readSplits, readTextSplits } from "./readers.ts";
import { limitSentences } from "./sampling.ts";
import { checkSplits, describeOddity, requireUsable } from "./split_checks.ts";
import { type Split, splitNames } from "./tagged.ts";
import type { ReadSplit } from "./tagged_lines.ts";

/** How a corpus is loaded. */
export interface LoadOptions {
  /** Sentences to take of each split; all where nothing is said. */
  readonly limit: Partial<Record<Split, number>>;
  readonly limitSeed: number;
  readonly fetch: Omit<FetchOptions, "pins" | "mirrorOnly">;
  readonly log?: (line: string) => void;
  /** Hears of files that no pin vouches for. */
  readonly onSource?: (url: string, digest: string) => void;
}

/** A corpus as rows of the tables `sentences` and `oddities`. */
export interface LoadedCorpus {
  readonly sentences: Readonly<Record<Split, SentenceRow[]>>;
  /** About the whole source, before any limit. */
  readonly oddities: OddityRow[];
}

/** A corpus of texts as rows of the tables `texts` and `oddities`. */
export interface LoadedTexts {
  readonly texts: Readonly<Record<Split, TextRow[]>>;
  /** About the whole source, before any limit. */
  readonly oddities: OddityRow[];
}

/**
 * Fetches and reads one language of one corpus.
 *
 * @throws {UserError} when a file cannot be fetched or read, or a split that is asked for is empty
 * or without labels
 */
export async function loadCorpus(
  source: CorpusSource,
  options: LoadOptions,
): Promise<LoadedCorpus> {
  const { corpus, language } = source;
  const { splits, oddities } = await load(source, options, readSplits, (read) => read);
  const sentences = limited(
    source,
    options,
    "sentences",
    (split) =>
      (splits[split]?.sentences ?? [])
        .map((each, sentence): SentenceRow => ({ corpus, language, split, sentence, ...each })),
  );
  for (const line of summarize(oddities)) options.log?.(line);
  return { sentences, oddities };
}

/**
 * Fetches and reads one language of one corpus of labelled texts.
 *
 * @throws {UserError} when a file cannot be fetched or read, or a split that is asked for is empty
 */
export async function loadTexts(source: CorpusSource, options: LoadOptions): Promise<LoadedTexts> {
  const { corpus, language } = source;
  const { splits, oddities } = await load(source, options, readTextSplits, asSentences);
  const texts = limited(source, options, "texts", (split) =>
    (splits[split]?.texts ?? [])
      .map((each, sentence): TextRow => ({ corpus, language, split, sentence, ...each })));
  for (const line of summarize(oddities)) options.log?.(line);
  return { texts, oddities };
}

/** Texts as {@linkcode checkSplits} sees sentences: each text a word, the label its tag. */
function asSentences({ texts, oddities }: ReadTexts): ReadSplit {
  const sentences = texts.map(({ text, second, label }) => ({
    tokens: second === null ? [text] : [text, second],
    tags: [label],
  }));
  return { sentences, oddities };
}

async function load<S extends { readonly oddities: readonly Oddity[] }>(
  source: CorpusSource,
  { limit, fetch, log, onSource }: LoadOptions,
  read: (
    source: CorpusSource,
    files: readonly LocalFile[],
  ) => Promise<Partial<Record<Split, S>>>,
  checked: (split: S) => ReadSplit,
): Promise<{ splits: Partial<Record<Split, S>>; oddities: OddityRow[] }> {
  const { corpus, language } = source;
  const { files, notes } = await fetchFiles(source, limit, fetch, log, onSource);
  const { splits, found } = await readChecked(source, files, limit, read, checked);
  const oddities = splitNames.flatMap((split) =>
    [...notes[split], ...splits[split]?.oddities ?? [], ...found[split]]
      .filter(({ oddity }, _, all) => oddity !== "emptySplit" || !all.some(isNotFetched))
      .map((oddity): OddityRow => ({ corpus, language, split, ...oddity }))
  );
  return { splits, oddities };
}

/** A split that was not fetched is not empty. */
function isNotFetched({ oddity }: Oddity): boolean {
  return oddity === "splitNotFetched";
}

function limited<Row>(
  { corpus, language }: CorpusSource,
  { limit, limitSeed, log }: LoadOptions,
  what: string,
  rowsOf: (split: Split) => Row[],
): Record<Split, Row[]> {
  const take = (split: Split): Row[] => {
    const all = rowsOf(split);
    const key = { corpus, language, split, seed: limitSeed };
    const taken = limitSentences(all, limit[split], key);
    const ofAll = taken.length < all.length ? ` of ${all.length}` : "";
    log?.(`${split}: ${taken.length}${ofAll} ${what}`);
    return taken;
  };
  return { train: take("train"), validation: take("validation"), test: take("test") };
}

/**
 * What the outcome of loading depends on beside code and parameters: addresses, pins, reader
 * options, a grammar. Nothing in it speaks of other corpora or languages.
 */
export async function corpusFacts({ entry, language, files }: CorpusSource): Promise<Json> {
  const { format, entityTypes, tags } = entry;
  const splits = splitsOf(entry, language);
  const texts = "labels" in entry
    ? { labels: entry.labels, ...entry.cut && { cut: entry.cut } }
    : {};
  const facts = {
    format,
    ...texts,
    ...entityTypes && { entityTypes },
    ...tags && { tags },
    splits,
  };
  if (entry.format === "sample") {
    const { digest } = await sha256File(grammarFile(entry.grammar, language));
    return { ...facts, grammar: digest };
  }
  const addresses = files.map(({ holds, url, pins }) => ({ holds, url, pins: { ...pins } }));
  const own = "languageOptions" in entry ? entry.languageOptions.get(language) : undefined;
  return { ...facts, files: addresses, options: { ...entry.options, ...own } };
}

/** The files that {@linkcode corpusFacts} reads beside the catalogue, by absolute paths. */
export function factFiles({ entry, language }: CorpusSource): string[] {
  return entry.format === "sample" ? [grammarFile(entry.grammar, language)] : [];
}

/** Reads and checks; what cannot be used is fetched anew next time, as its source may be mended. */
async function readChecked<S>(
  source: CorpusSource,
  files: readonly LocalFile[],
  limit: LoadOptions["limit"],
  read: (
    source: CorpusSource,
    files: readonly LocalFile[],
  ) => Promise<Partial<Record<Split, S>>>,
  checked: (split: S) => ReadSplit,
) {
  try {
    const splits = await read(source, files);
    const found = checkSplits({
      train: splits.train && checked(splits.train),
      validation: splits.validation && checked(splits.validation),
      test: splits.test && checked(splits.test),
    });
    requireUsable(`${source.corpus} ${source.language}`, found, (split) => limit[split] !== 0);
    return { splits, found };
  } catch (error) {
    for (const { path } of files) await distrust(path);
    throw error;
  }
}

async function fetchFiles(
  source: CorpusSource,
  limit: LoadOptions["limit"],
  options: LoadOptions["fetch"],
  log?: LoadOptions["log"],
  onSource?: LoadOptions["onSource"],
) {
  const files: LocalFile[] = [];
  const notes: Record<Split, Oddity[]> = { train: [], validation: [], test: [] };
  const note = (split: Split, oddity: OddityKind, detail: string) =>
    notes[split].push({ oddity, action: "kept", line: null, count: 1, detail });
  const { entry } = source;
  const isNeeded = (holds: Split) =>
    splitsOutOf(holds, "cut" in entry ? entry.cut : undefined).some((split) => limit[split] !== 0);
  let before = 0;
  for (const file of source.files) {
    const { url, pins, mirrorOnly, holds } = file;
    let fetched;
    try {
      fetched = await fetchFile(url, {
        log,
        ...options,
        pins,
        mirrorOnly,
        onProgress: (done, total, detail) =>
          options.onProgress?.(before + done, total && before + total, detail),
      });
    } catch (error) {
      if (!(error instanceof UserError) || holds === "archive" || isNeeded(holds)) throw error;
      note(holds, "splitNotFetched", url);
      continue;
    }
    before += fetched.sizeBytes;
    files.push({ ...file, path: fetched.path });
    log?.(`${url}: ${fetched.sizeBytes} bytes from ${fetched.from}, SHA-256 ${fetched.digest}`);
    if (fetched.pinned) continue;
    onSource?.(url, fetched.digest);
    const split = holds === "archive" ? "train" : holds;
    note(split, "unpinnedFile", `${url} SHA-256 ${fetched.digest}`);
    if (fetched.unbounded) note(split, "noLength", url);
  }
  return { files, notes };
}

/** One line for each split and kind of oddity. */
function summarize(oddities: readonly OddityRow[]): string[] {
  const sums = new Map<string, OddityRow>();
  for (const row of oddities) {
    const key = `${row.split} ${row.oddity} ${row.action}`;
    sums.set(key, { ...row, count: row.count + (sums.get(key)?.count ?? 0) });
  }
  return [...sums.values()].map((row) => `${row.split}: ${describeOddity(row as Oddity)}`);
}
