/**
 * How long the sentences of corpora are, as far as an estimate needs it.
 *
 * @module
 */
import type { Lengths } from "./known.ts";

/** What is known of a corpus, whatever the language. */
export interface CorpusSize {
  /** Words of a sentence. */
  readonly words: Lengths;
  /** Training sentences. */
  readonly train: number;
  /** Test sentences. */
  readonly test: number;
}

const news: CorpusSize = { words: { long: 60, longest: 95 }, train: 2_000, test: 600 };
const titles: CorpusSize = { words: { long: 26, longest: 110 }, train: 10_000, test: 5_000 };

/** The corpora whose sentences were counted; those of their languages with many are meant. */
const counted: Readonly<Record<string, CorpusSize>> = {
  "sample": { words: { long: 17, longest: 20 }, train: 600, test: 150 },
  "wikiann": titles,
  "wikiann-raw": titles,
  "pan-x": titles,
  "masakhaner": news,
  "masakhaner2": { ...news, train: 5_000 },
  "masakhapos": { ...news, train: 800 },
  "ud": { words: { long: 45, longest: 120 }, train: 12_000, test: 1_500 },
  "ud-dev-as-train": { words: { long: 45, longest: 120 }, train: 1_500, test: 1_500 },
  "sentiment": { words: { long: 35, longest: 45 }, train: 4_000, test: 1_000 },
};

/** Any other corpus. */
const ordinary: CorpusSize = { words: { long: 50, longest: 120 }, train: 5_000, test: 1_000 };

/** The size of a corpus of `data/sources.yaml`. */
export function corpusSize(corpus: string): CorpusSize {
  return Object.hasOwn(counted, corpus) ? counted[corpus] : ordinary;
}
