/**
 * The floor of tagging: the most frequent tag of each word.
 *
 * @module
 */

/**
 * Tags words by their most frequent tag in training, the first by code units of several; words that
 * training does not have take the most frequent tag of all.
 */
export class FrequentTags {
  readonly #tagOf = new Map<string, string>();
  readonly #mostFrequent: string;

  /** @throws {RangeError} when there is no word to learn from */
  constructor(
    sentences: readonly { readonly tokens: readonly string[]; readonly tags: readonly string[] }[],
  ) {
    const ofWord = new Map<string, Map<string, number>>(), all = new Map<string, number>();
    for (const { tokens, tags } of sentences) {
      tokens.forEach((token, i) => {
        const counts = ofWord.get(token) ?? new Map<string, number>();
        counts.set(tags[i], (counts.get(tags[i]) ?? 0) + 1);
        ofWord.set(token, counts);
        all.set(tags[i], (all.get(tags[i]) ?? 0) + 1);
      });
    }
    if (all.size === 0) throw new RangeError("Cannot count tags: there are no words");
    this.#mostFrequent = greatest(all);
    for (const [word, counts] of ofWord) this.#tagOf.set(word, greatest(counts));
  }

  /** The tag of a word. */
  tag(word: string): string {
    return this.#tagOf.get(word) ?? this.#mostFrequent;
  }
}

function greatest(counts: ReadonlyMap<string, number>): string {
  const [[tag]] = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return tag;
}
