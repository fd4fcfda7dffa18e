/**
 * Counts by sentence, and metrics as functions of their sums: what every resampling here is made of.
 *
 * @module
 */

/**
 * The sufficient statistics of one system on one test set. A metric is a function of their sums over
 * sentences, so that no metric is ever computed a second time from predictions.
 */
export interface CountTable {
  /** Statistics of a sentence: 3 for (correct, predicted, gold). */
  readonly width: number;
  /** [sentences, width], row by row. */
  readonly values: Float64Array;
}

/**
 * A metric of sums over sentences, [width]. NaN where it is undefined, as F1 is where nothing was to
 * be found and nothing was. It is called with one array again and again, and must not keep it.
 */
export type Metric = (sums: Float64Array) => number;

/** A table of rows of counts. @throws RangeError for rows of different lengths, or of no numbers */
export function countTable(rows: readonly (readonly number[])[]): CountTable {
  const width = rows[0]?.length ?? 1;
  const odd = rows.findIndex((row) => row.length !== width);
  if (odd >= 0) {
    throw new RangeError(
      `Cannot make a table of counts as rows must have one width: ` +
        `row 1 has ${width}, row ${odd + 1} has ${rows[odd].length}`,
    );
  }
  const table = { width, values: Float64Array.from(rows.flat()) };
  sentencesIn(table);
  return table;
}

/**
 * How many sentences a table has.
 *
 * @throws RangeError for a table that is not sentences × width finite numbers
 */
export function sentencesIn({ width, values }: CountTable): number {
  const sentences = values.length / width;
  if (!Number.isInteger(width) || width < 1 || !Number.isInteger(sentences)) {
    throw new RangeError(`Cannot read ${values.length} counts as rows of width ${width}`);
  }
  for (let at = 0; at < values.length; at++) {
    if (Number.isFinite(values[at])) continue;
    throw new RangeError(
      `Cannot sum counts that are no numbers: ` +
        `statistic ${at % width + 1} of sentence ${Math.floor(at / width) + 1} is ${values[at]}`,
    );
  }
  return sentences;
}

/**
 * How many sentences tables of one test set have.
 *
 * @throws RangeError where they differ, as then nothing pairs them
 */
export function pairedSentences(tables: readonly CountTable[]): number {
  const sizes = tables.map(sentencesIn);
  const odd = sizes.findIndex((size) => size !== sizes[0]);
  if (odd >= 0) {
    throw new RangeError(
      `Cannot pair systems as their test sets differ: ` +
        `system 1 has ${sizes[0]} sentences, system ${odd + 1} has ${sizes[odd]}`,
    );
  }
  return sizes[0] ?? 0;
}

/** Sums over all sentences, [width]. */
export function sumsOf({ width, values }: CountTable): Float64Array {
  const sums = new Float64Array(width);
  for (let statistic = 0; statistic < width; statistic++) {
    for (let at = statistic; at < values.length; at += width) sums[statistic] += values[at];
  }
  return sums;
}

/**
 * F1 of (correct, predicted, gold): 2 Σcorrect / (Σpredicted + Σgold).
 *
 * NOTE: NaN for 0 / 0, a test set or a resample with no entity and no prediction. A table of scores
 * says 0 there, as seqeval does; an interval around that 0 would claim to know something.
 */
export const f1: Metric = (sums) => 2 * sums[0] / (sums[1] + sums[2]);

/** Precision of (correct, predicted, gold). NaN where nothing was predicted. */
export const precision: Metric = (sums) => sums[0] / sums[1];

/** Recall of (correct, predicted, gold). NaN where there was nothing to find. */
export const recall: Metric = (sums) => sums[0] / sums[2];

/**
 * The first statistic over the second: accuracy of (correct, asked), a mean loss of (loss, words), or
 * a mean of (value, 1).
 */
export const ratio: Metric = (sums) => sums[0] / sums[1];

/**
 * How far rounding alone can part two differences of metrics that are equal as fractions. Tests that
 * count `≥` take differences within it for ties; without it 2/6 − 1/6 is no tie with 1/6.
 */
export function tieTolerance(...values: readonly number[]): number {
  return 1e-12 * Math.max(...values.map(Math.abs));
}
