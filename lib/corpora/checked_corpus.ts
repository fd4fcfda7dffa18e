/**
 * From what a reader makes of the splits of a corpus to rows of tables: look over, limit, note.
 *
 * @module
 */
import type { OddityRow } from "../table/schemas/oddities.ts";
import type { SentenceRow } from "../table/schemas/sentences.ts";
import type { TextRow } from "../table/schemas/texts.ts";
import type { ReadTexts } from "./labelled_texts.ts";
import type { Oddity } from "./oddity_log.ts";
import type { ReadSplits, ReadTextSplits } from "./readers.ts";
import { limitSentences } from "./sampling.ts";
import {
  checkSplits,
  describeOddity,
  type OdditiesOfSplits,
  requireUsable,
} from "./split_checks.ts";
import { type Split, splitNames } from "./tagged.ts";
import type { ReadSplit } from "./tagged_lines.ts";

/** Which corpus and language rows say that they are of. */
export interface NamedCorpus {
  readonly corpus: string;
  readonly language: string;
}

/** How much is taken of a corpus. */
export interface TakeOptions {
  /** Sentences to take of each split; all where nothing is said. */
  readonly limit: Partial<Record<Split, number>>;
  readonly limitSeed: number;
  readonly log?: (line: string) => void;
  /** What was odd before anything was read. */
  readonly notes?: OdditiesOfSplits;
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
 * Sentences that were read, checked and limited.
 *
 * @throws {UserError} when a split that is asked for is empty or without labels
 */
export function takeSentences(
  named: NamedCorpus,
  splits: ReadSplits,
  options: TakeOptions,
): LoadedCorpus {
  return sentencesOf(named, splits, options, (read) => read);
}

/**
 * Sentences of raw text that were read, checked and limited. They have no tags.
 *
 * @throws {UserError} when a split that is asked for is empty
 */
export function takeRawSentences(
  named: NamedCorpus,
  splits: ReadSplits,
  options: TakeOptions,
): LoadedCorpus {
  return sentencesOf(named, splits, options, asTagged);
}

/**
 * Texts that were read, checked and limited.
 *
 * @throws {UserError} when a split that is asked for is empty
 */
export function takeTexts(
  named: NamedCorpus,
  splits: ReadTextSplits,
  options: TakeOptions,
): LoadedTexts {
  const oddities = checkedOddities(named, splits, options, asSentences);
  const texts = limited(named, options, "texts", (split) =>
    (splits[split]?.texts ?? [])
      .map((each, sentence): TextRow => ({ ...of(named, split), sentence, ...each })));
  for (const line of summarize(oddities)) options.log?.(line);
  return { texts, oddities };
}

function sentencesOf(
  named: NamedCorpus,
  splits: ReadSplits,
  options: TakeOptions,
  seen: (split: ReadSplit) => ReadSplit,
): LoadedCorpus {
  const oddities = checkedOddities(named, splits, options, seen);
  const sentences = limited(named, options, "sentences", (split) =>
    (splits[split]?.sentences ?? [])
      .map((each, sentence): SentenceRow => ({ ...of(named, split), sentence, ...each })));
  for (const line of summarize(oddities)) options.log?.(line);
  return { sentences, oddities };
}

function of({ corpus, language }: NamedCorpus, split: Split) {
  return { corpus, language, split };
}

/** Raw text as {@linkcode checkSplits} sees sentences with tags: it has no labels to be stripped. */
function asTagged({ sentences, oddities }: ReadSplit): ReadSplit {
  return { sentences: sentences.map(({ tokens }) => ({ tokens, tags: ["text"] })), oddities };
}

/** Texts as {@linkcode checkSplits} sees sentences: each text a word, the label its tag. */
function asSentences({ texts, oddities }: ReadTexts): ReadSplit {
  const sentences = texts.map(({ text, second, label }) => ({
    tokens: second === null ? [text] : [text, second],
    tags: [label],
  }));
  return { sentences, oddities };
}

/** What is odd in the splits as they were read and as wholes. */
function checkedOddities<S extends { readonly oddities: readonly Oddity[] }>(
  named: NamedCorpus,
  splits: Partial<Record<Split, S>>,
  { limit, notes }: TakeOptions,
  seen: (split: S) => ReadSplit,
): OddityRow[] {
  const found = checkSplits({
    train: splits.train && seen(splits.train),
    validation: splits.validation && seen(splits.validation),
    test: splits.test && seen(splits.test),
  });
  const { corpus, language } = named;
  requireUsable(`${corpus} ${language}`, found, (split) => limit[split] !== 0);
  return splitNames.flatMap((split) =>
    [...notes?.[split] ?? [], ...splits[split]?.oddities ?? [], ...found[split]]
      .filter(({ oddity }, _, all) => oddity !== "emptySplit" || !all.some(isNotFetched))
      .map((oddity): OddityRow => ({ ...of(named, split), ...oddity }))
  );
}

/** A split that was not fetched is not empty. */
function isNotFetched({ oddity }: Oddity): boolean {
  return oddity === "splitNotFetched";
}

function limited<Row>(
  { corpus, language }: NamedCorpus,
  { limit, limitSeed, log }: TakeOptions,
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

/** One line for each split and kind of oddity. */
function summarize(oddities: readonly OddityRow[]): string[] {
  const sums = new Map<string, OddityRow>();
  for (const row of oddities) {
    const key = `${row.split} ${row.oddity} ${row.action}`;
    sums.set(key, { ...row, count: row.count + (sums.get(key)?.count ?? 0) });
  }
  return [...sums.values()].map((row) => `${row.split}: ${describeOddity(row as Oddity)}`);
}
