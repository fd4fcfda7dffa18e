/**
 * Where the words of an encoding begin.
 *
 * @module
 */

/**
 * The first piece of each word, which carries the word's label: `positions[k]` is the piece of word
 * `k`, for the words that were not lost.
 */
export function firstPieces(wordIds: readonly number[]): number[] {
  const positions: number[] = [];
  for (let i = 0; i < wordIds.length; i++) {
    if (wordIds[i] === positions.length) positions.push(i);
  }
  return positions;
}
