/**
 * Draws sentences of a language. Where a sentence stands in a draw depends on the seed and the
 * sentence alone, so that fewer sentences are among more, and other languages change nothing.
 *
 * @module
 */
import { compareStrings } from "../core/canonical_json.ts";
import { bitsAt, hashKey } from "../core/random.ts";

/** A sentence as draws see it. */
export interface Drawable {
  readonly corpus: string;
  readonly language: string;
  /** Its place in the split of the corpus. */
  readonly sentence: number;
  /** The classes of its answers, by index. */
  readonly gold: readonly number[];
}

/** How a draw goes. */
export interface DrawOptions {
  readonly seed: number;
  /** Takes one sentence of every class in turn. */
  readonly balanced: boolean;
}

/**
 * All sentences of a language, in the order of a draw.
 *
 * @param pass how often all of them were drawn before
 */
export function drawOrder<T extends Drawable>(
  sentences: readonly T[],
  { seed, balanced }: DrawOptions,
  pass = 0,
): T[] {
  const keys = new Map<string, [number, number]>();
  const places = sentences.map((drawn) => {
    const { corpus, language, sentence } = drawn;
    const key = keys.get(corpus) ?? hashKey("mix", seed, corpus, language, pass);
    keys.set(corpus, key);
    return { drawn, high: bitsAt(key, 2 * sentence), low: bitsAt(key, 2 * sentence + 1) };
  });
  const order = places.sort((a, b) =>
    a.high - b.high || a.low - b.low || compareStrings(a.drawn.corpus, b.drawn.corpus) ||
    a.drawn.sentence - b.drawn.sentence
  ).map(({ drawn }) => drawn);
  return balanced ? inTurn(classesOf(order)) : order;
}

/** Sentences by their class, in the order of the classes. */
export function classesOf<T extends Drawable>(sentences: readonly T[]): T[][] {
  const groups = Map.groupBy(sentences, ({ gold }) => gold[0]);
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}

function inTurn<T>(groups: readonly (readonly T[])[]): T[] {
  const rounds = groups.reduce((most, { length }) => Math.max(most, length), 0);
  return Array.from({ length: rounds }, (_, i) => groups.flatMap((group) => group.slice(i, i + 1)))
    .flat();
}

/**
 * What each epoch reads: sentences without replacement until all were read, then all again in
 * another order, on through the epochs. So no sentence is read more than once more than another.
 *
 * @param pool in the order of their first draw; not empty where something is drawn
 * @param count sentences of an epoch
 */
export function drawEpochs<T extends Drawable>(
  pool: readonly T[],
  count: number,
  epochs: number,
  options: DrawOptions,
): T[][] {
  let order = pool, pass = 0, next = 0;
  return Array.from({ length: epochs }, () => {
    const epoch: T[] = [];
    while (epoch.length < count) {
      if (next === order.length) {
        order = drawOrder(pool, options, ++pass);
        next = 0;
      }
      const part = order.slice(next, next + count - epoch.length);
      for (const drawn of part) epoch.push(drawn);
      next += part.length;
    }
    return epoch;
  });
}
