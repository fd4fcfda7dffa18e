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
}

/** Any other corpus: its sentences are like those of news. */
const ordinary: CorpusSize = { words: { long: 50, longest: 120 }, train: 5_000 };

/** Those whose sentences are of another length. */
const corpora: Readonly<Record<string, CorpusSize>> = {
  "sample": { words: { long: 14, longest: 18 }, train: 300 },
  "wikiann": { words: { long: 22, longest: 60 }, train: 10_000 },
};

/** The size of a corpus of `data/sources.yaml`. */
export function corpusSize(corpus: string): CorpusSize {
  return Object.hasOwn(corpora, corpus) ? corpora[corpus] : ordinary;
}
