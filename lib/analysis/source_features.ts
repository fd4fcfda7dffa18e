/**
 * What the data of a source and a target have in common (Lin et al. 2019, LangRank, 3).
 *
 * @module
 */
import { spansOf } from "../core/spans.ts";
import { genealogicalDistance, type Languages } from "../corpora/languages.ts";
import type { ExampleFormat } from "../models/example_format.ts";
import type { ExampleRow } from "../table/schemas/examples.ts";
import type { SourceFeatureRow } from "../table/schemas/source_features.ts";
import { formOf } from "./answered.ts";
import { letterScripts } from "./letter_scripts.ts";

/** What features are made of. */
export interface CorpusProfile {
  readonly corpus: string;
  readonly language: string;
  readonly sentences: number;
  /** Words, each as often as it occurs. */
  readonly words: number;
  readonly types: ReadonlySet<string>;
  /** Piece ids of words. */
  readonly pieces: ReadonlySet<number>;
  /** The tokenizer that they are of: others' ids say nothing of them. */
  readonly tokenizer: string;
  /** The words of entities; undefined in a task without them. */
  readonly entities?: ReadonlySet<string>;
  /** Script → its share of the letters; empty without letters. */
  readonly scripts: ReadonlyMap<string, number>;
}

/**
 * Counts what is in tokenized sentences of one corpus and language: each once, and as it is. Where
 * whole texts are asked, their words are runs of letters, marks and figures; examples of raw text keep
 * pieces and no words.
 */
export function corpusProfile(
  rows: readonly ExampleRow[],
  { asks, scheme, tokenizer }: Pick<ExampleFormat, "asks" | "scheme"> & { tokenizer: string },
): CorpusProfile {
  const [{ corpus, language }] = rows;
  const once = new Map(
    rows.filter(({ variant }) => variant === 0).map((row) => [row.sentence, row]),
  );
  const types = new Set<string>(), pieces = new Set<number>(), entities = new Set<string>();
  const letters = new Map<string, number>();
  let words = 0;
  for (const { units, answers, inputIds, wordIds } of once.values()) {
    const own = asks === "sentences"
      ? units.flatMap((text) => text.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [])
      : units;
    words += own.length;
    for (const word of own) types.add(word);
    inputIds.forEach((id, i) => wordIds[i] >= 0 && pieces.add(id));
    if (scheme === "iob2") {
      for (const span of spansOf(answers)) entities.add(formOf(units, span));
    }
    letterScripts(own, letters);
  }
  const all = [...letters.values()].reduce((sum, count) => sum + count, 0);
  return {
    corpus,
    language,
    sentences: once.size,
    words,
    types,
    pieces,
    tokenizer,
    ...scheme === "iob2" && { entities },
    scripts: new Map([...letters].map(([script, count]) => [script, count / all])),
  };
}

/** Every feature of a pair, in the order of the table. */
export function sourceFeatures(
  source: CorpusProfile,
  target: CorpusProfile,
  languages: Languages,
): SourceFeatureRow[] {
  const [sourceTtr, targetTtr] = [source, target].map(({ types, words }) => types.size / words);
  const bothHaveWords = source.words > 0 && target.words > 0;
  const values: Record<string, number | undefined> = {
    sourceSize: source.sentences,
    targetSize: target.sentences,
    sizeRatio: source.sentences / target.sentences,
    sourceTtr,
    targetTtr,
    ttrDistance: (1 - sourceTtr / targetTtr) ** 2,
    sharedWords: bothHaveWords ? shared(source.types, target.types) : undefined,
    wordOverlap: bothHaveWords ? overlap(source.types, target.types) : undefined,
    subwordOverlap: source.tokenizer === target.tokenizer
      ? overlap(source.pieces, target.pieces)
      : undefined,
    entityOverlap: source.entities && target.entities &&
      overlap(source.entities, target.entities),
    scriptOverlap: scriptOverlap(source.scripts, target.scripts),
    genealogy: genealogicalDistance(languages, source.language, target.language),
  };
  return Object.entries(values).map(([feature, value]) => ({
    sourceCorpus: source.corpus,
    source: source.language,
    targetCorpus: target.corpus,
    target: target.language,
    feature,
    value: value === undefined || !Number.isFinite(value) ? null : value,
  }));
}

/** Members of both. */
function shared<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): number {
  let count = 0;
  for (const each of a) if (b.has(each)) count++;
  return count;
}

/** |A ∩ B| / (|A| + |B|), as LangRank has it: half of Dice's coefficient. NaN where both are empty. */
function overlap<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): number {
  return shared(a, b) / (a.size + b.size);
}

/** Σ min(p, q) over scripts; undefined where either has no letter. */
function scriptOverlap(
  a: ReadonlyMap<string, number>,
  b: ReadonlyMap<string, number>,
): number | undefined {
  if (a.size === 0 || b.size === 0) return undefined;
  let sum = 0;
  for (const [script, share] of a) sum += Math.min(share, b.get(script) ?? 0);
  return sum;
}
