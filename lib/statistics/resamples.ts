/**
 * Which sentences a resample takes, and how often: the same for every system and metric.
 *
 * @module
 */
import { bitsAt, hashKey } from "../core/random.ts";
import { exactSize, multisets } from "./multisets.ts";

/** Names a stream of random numbers: `["bootstrap", "swa", 42]`. */
export type RandomKey = readonly (string | number)[];

/** How resamples are drawn. */
export interface ResampleOptions {
  readonly key: RandomKey;
  /** 2,000 where not given. */
  readonly resamples?: number;
  /**
   * The number of the first: resample 700 is the same whoever computes it. 0 where not given. Of no
   * meaning where all are enumerated: one worker has them all.
   */
  readonly first?: number;
  /** Enumerates the resamples of up to 7 sentences instead of drawing. True where not given. */
  readonly exact?: boolean;
}

/** Resamples of n sentences. */
export interface Resamples {
  readonly count: number;
  /** In how many ways each comes about where all were enumerated; else each is one draw. */
  readonly ways?: Float64Array;
  /** Adds resample `at` to `times`: sentence i is taken `times[i · stride + offset]` times. */
  add(at: number, times: Float64Array, stride: number, offset: number): void;
}

/**
 * Resamples of `sentences` sentences with replacement (Efron 1979). Draw i of resample r is
 * ⌊u n⌋ with the 32 bits u of counter i under the key (`key`, r): it depends on nothing else, so any
 * number of threads makes the same table. All n^n resamples of up to 7 sentences are enumerated.
 *
 * @throws RangeError for no sentences, or for less than one resample
 */
export function drawResamples(sentences: number, options: ResampleOptions): Resamples {
  const { key, resamples = 2000, first = 0, exact = true } = options;
  if (sentences < 1) throw new RangeError("Cannot resample a test set of 0 sentences");
  if (!Number.isInteger(resamples) || resamples < 1) {
    throw new RangeError(`Cannot draw ${resamples} resamples: it must be at least 1`);
  }
  if (exact && sentences <= exactSize) return enumerated(sentences);
  const share = sentences / 4294967296;
  return {
    count: resamples,
    add(at, times, stride, offset) {
      const own = hashKey(...key, first + at);
      for (let i = 0; i < sentences; i++) {
        times[Math.floor(bitsAt(own, i) * share) * stride + offset]++;
      }
    },
  };
}

function enumerated(sentences: number): Resamples {
  const { count, ways, multiplicities } = multisets(sentences);
  return {
    count,
    ways,
    add(at, times, stride, offset) {
      for (let i = 0; i < sentences; i++) {
        times[i * stride + offset] += multiplicities[at * sentences + i];
      }
    },
  };
}
