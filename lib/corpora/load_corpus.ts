/**
 * From a corpus and language of the catalogue to tables: fetch, read, check, limit.
 *
 * @module
 */
import type { Json } from "../core/canonical_json.ts";
import { UserError } from "../core/errors.ts";
import { sha256File } from "../core/sha256.ts";
import type { OddityKind } from "../table/schemas/oddity_kinds.ts";
import { type CorpusSource, splitsOf } from "./catalogue.ts";
import {
  type LoadedCorpus,
  type LoadedTexts,
  type TakeOptions,
  takeSentences,
  takeTexts,
} from "./checked_corpus.ts";
import { splitsOutOf } from "./cut_splits.ts";
import { fetchFile } from "./fetch_file.ts";
import { distrust } from "./fetch_record.ts";
import type { FetchOptions } from "./fetch_url.ts";
import type { Oddity } from "./oddity_log.ts";
import { grammarFile, type LocalFile, readSplits, readTextSplits } from "./readers.ts";
import type { Split } from "./tagged.ts";

/** How a corpus is loaded. */
export interface LoadOptions extends Omit<TakeOptions, "notes"> {
  readonly fetch: Omit<FetchOptions, "pins" | "mirrorOnly">;
  /** Hears of files that no pin vouches for. */
  readonly onSource?: (url: string, digest: string) => void;
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
  return await load(source, options, readSplits, takeSentences);
}

/**
 * Fetches and reads one language of one corpus of labelled texts.
 *
 * @throws {UserError} when a file cannot be fetched or read, or a split that is asked for is empty
 */
export async function loadTexts(source: CorpusSource, options: LoadOptions): Promise<LoadedTexts> {
  return await load(source, options, readTextSplits, takeTexts);
}

/** Fetches, reads and takes; what cannot be used is fetched anew next time: it may be mended. */
async function load<S, L>(
  source: CorpusSource,
  options: LoadOptions,
  read: (source: CorpusSource, files: readonly LocalFile[]) => Promise<S>,
  take: (source: CorpusSource, splits: S, options: TakeOptions) => L,
): Promise<L> {
  const { limit, limitSeed, fetch, log, onSource } = options;
  const { files, notes } = await fetchFiles(source, limit, fetch, log, onSource);
  try {
    return take(source, await read(source, files), { limit, limitSeed, log, notes });
  } catch (error) {
    for (const { path } of files) await distrust(path);
    throw error;
  }
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
