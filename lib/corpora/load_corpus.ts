/**
 * From a corpus and language to tables: fetch, read, check, limit.
 *
 * @module
 */
import type { Json } from "../core/canonical_json.ts";
import { sha256File } from "../core/sha256.ts";
import type { OddityRow } from "../table/schemas/oddities.ts";
import type { SentenceRow } from "../table/schemas/sentences.ts";
import { type CorpusSource, splitsOf } from "./catalogue.ts";
import { fetchFile } from "./fetch_file.ts";
import { distrust } from "./fetch_record.ts";
import type { FetchOptions } from "./fetch_url.ts";
import type { Oddity } from "./oddity_log.ts";
import { grammarFile, type LocalFile, readSplits } from "./readers.ts";
import { limitSentences } from "./sampling.ts";
import { checkSplits, describeOddity, requireUsable } from "./split_checks.ts";
import { type Split, splitNames } from "./tagged.ts";

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

/**
 * Fetches and reads one language of one corpus.
 *
 * @throws {UserError} when a file cannot be fetched or read, or a split that is asked for is empty
 * or without labels
 */
export async function loadCorpus(
  source: CorpusSource,
  { limit, limitSeed, fetch, log, onSource }: LoadOptions,
): Promise<LoadedCorpus> {
  const { corpus, language } = source;
  const { files, unpinned } = await fetchFiles(source, fetch, log, onSource);
  const { splits, found } = await readChecked(source, files, limit);
  const oddities = splitNames.flatMap((split) =>
    [...unpinned[split], ...splits[split]?.oddities ?? [], ...found[split]]
      .map((oddity): OddityRow => ({ corpus, language, split, ...oddity }))
  );
  const rows = (split: Split): SentenceRow[] => {
    const all = (splits[split]?.sentences ?? [])
      .map((each, sentence): SentenceRow => ({ corpus, language, split, sentence, ...each }));
    const key = { corpus, language, split, seed: limitSeed };
    const taken = limitSentences(all, limit[split], key);
    const ofAll = taken.length < all.length ? ` of ${all.length}` : "";
    log?.(`${split}: ${taken.length}${ofAll} sentences`);
    return taken;
  };
  const sentences = { train: rows("train"), validation: rows("validation"), test: rows("test") };
  for (const line of summarize(oddities)) log?.(line);
  return { sentences, oddities };
}

/**
 * What the outcome of loading depends on beside code and parameters: addresses, pins, reader
 * options, a grammar. Nothing in it speaks of other corpora or languages.
 */
export async function corpusFacts({ entry, language, files }: CorpusSource): Promise<Json> {
  const { format, entityTypes, tags } = entry;
  const splits = splitsOf(entry, language);
  const facts = { format, ...entityTypes && { entityTypes }, ...tags && { tags }, splits };
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
async function readChecked(
  source: CorpusSource,
  files: readonly LocalFile[],
  limit: LoadOptions["limit"],
) {
  try {
    const splits = await readSplits(source, files);
    const found = checkSplits(splits);
    requireUsable(`${source.corpus} ${source.language}`, found, (split) => limit[split] !== 0);
    return { splits, found };
  } catch (error) {
    for (const { path } of files) await distrust(path);
    throw error;
  }
}

async function fetchFiles(
  source: CorpusSource,
  options: LoadOptions["fetch"],
  log?: LoadOptions["log"],
  onSource?: LoadOptions["onSource"],
) {
  const files: LocalFile[] = [];
  const unpinned: Record<Split, Oddity[]> = { train: [], validation: [], test: [] };
  let before = 0;
  for (const file of source.files) {
    const { url, pins, mirrorOnly, holds } = file;
    const fetched = await fetchFile(url, {
      log,
      ...options,
      pins,
      mirrorOnly,
      onProgress: (done, total, detail) =>
        options.onProgress?.(before + done, total && before + total, detail),
    });
    before += fetched.sizeBytes;
    files.push({ ...file, path: fetched.path });
    log?.(`${url}: ${fetched.sizeBytes} bytes from ${fetched.from}, SHA-256 ${fetched.digest}`);
    if (fetched.pinned) continue;
    onSource?.(url, fetched.digest);
    const detail = `${url} SHA-256 ${fetched.digest}`;
    const odd = unpinned[holds === "archive" ? "train" : holds];
    odd.push({ oddity: "unpinnedFile", action: "kept", line: null, count: 1, detail });
    if (!fetched.unbounded) continue;
    odd.push({ oddity: "noLength", action: "kept", line: null, count: 1, detail: url });
  }
  return { files, unpinned };
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
