/**
 * From predicted pieces back to words.
 *
 * @module
 */

/**
 * The tags of every word: the predicted label of its first piece, `O` for words that were cut off.
 *
 * @param predicted label index of the first piece of each word that the model saw, in order
 * @param words number of words of the sentence
 */
export function wordTags(
  predicted: readonly number[],
  words: number,
  labels: readonly string[],
): string[] {
  return Array.from({ length: words }, (_, i) => i < predicted.length ? labels[predicted[i]] : "O");
}
