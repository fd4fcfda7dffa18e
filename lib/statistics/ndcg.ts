/**
 * How good the first places of a ranking are: NDCG, with the relevance of LangRank.
 *
 * @module
 */
import { meanRanks, tiedGroups } from "./ranks.ts";

/** Sources that are relevant at all: LangRank's ten. */
const relevantPlaces = 10;

/**
 * How relevant each source is for a target: 10 for the one that transfers best, 9 for the next, … 1
 * for the tenth, 0 below (Lin et al. 2019, 4.1). Equal scores share the mean of their places.
 *
 * @param scores of every source but the target itself, the greater the better
 * @throws RangeError for a score that is NaN
 */
export function langRankRelevance(scores: readonly number[]): number[] {
  const places = meanRanks(scores.map((score) => -score));
  return places.map((place) => Math.max(0, relevantPlaces + 1 - place));
}

/**
 * NDCG of the first k places (Järvelin & Kekäläinen 2002): Σ (2^relevance − 1) / log₂(place + 1) over
 * that of the best order. Items that the prediction ties count the mean over their orders (McSherry &
 * Najork 2008), so that no order of rows helps one. NaN where nothing is relevant.
 *
 * @param predicted the greater the earlier
 * @throws RangeError for different numbers of values, or a prediction that is NaN
 */
export function ndcg(
  relevance: readonly number[],
  predicted: readonly number[],
  k: number,
): number {
  if (relevance.length !== predicted.length) {
    throw new RangeError(`Cannot rank ${relevance.length} items by ${predicted.length} values`);
  }
  return gainOf(relevance, predicted, k) / gainOf(relevance, relevance, k);
}

function gainOf(relevance: readonly number[], order: readonly number[], k: number): number {
  let place = 0, total = 0;
  for (const group of tiedGroups(order).reverse()) {
    const gain = group.reduce((sum, at) => sum + 2 ** relevance[at] - 1, 0) / group.length;
    for (let i = 0; i < group.length && place < k; i++) total += gain / Math.log2(++place + 1);
    if (place >= k) break;
  }
  return total;
}
