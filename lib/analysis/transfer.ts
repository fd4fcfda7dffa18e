/**
 * The source × target matrix: mean and standard deviation over seeds, and the gap to the model that
 * was trained on the target itself.
 *
 * @module
 */
import { compareStrings } from "../core/canonical_json.ts";
import type { TransferRow } from "../table/schemas/transfer.ts";

/** A score of one model on one language. */
export interface TransferScore {
  readonly model: string;
  readonly source: string;
  readonly target: string;
  /** Of a model without one, null. */
  readonly seed: number | string | boolean | null;
  /** % */
  readonly value: number;
}

/** Which score is compared. */
export type ComparedScore = Pick<TransferRow, "metric" | "of">;

/**
 * The matrix, sources and targets in the order in which they first appear. Means and deviations are
 * sums in the order of seeds, whatever the order of the scores: the same scores give the same last
 * bit.
 */
export function transferMatrix(
  scores: readonly TransferScore[],
  compared: ComparedScore,
): TransferRow[] {
  const groups = Map.groupBy(
    scores,
    ({ model, source, target }) => JSON.stringify([model, source, target]),
  );
  const rows = [...groups.values()].map((group): Omit<TransferRow, "gap"> => {
    const { model, source, target } = group[0];
    const moments = momentsOf(group.toSorted(bySeed).map(({ value }) => value));
    return { model, source, target, ...compared, seeds: group.length, ...moments };
  });
  const own = new Map(
    rows.filter((row) => row.source === row.target)
      .map((row) => [JSON.stringify([row.model, row.target]), row.mean]),
  );
  return rows.map((row) => {
    const inLanguage = own.get(JSON.stringify([row.model, row.target]));
    return { ...row, gap: inLanguage === undefined ? null : row.mean - inLanguage };
  });
}

/**
 * Mean and sample standard deviation, updated value by value (Welford 1962). NaN values are left out;
 * the deviation of less than two is null.
 */
function momentsOf(values: readonly number[]): { mean: number; std: number | null } {
  let count = 0, mean = 0, squares = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    const difference = value - mean;
    mean += difference / ++count;
    squares += difference * (value - mean);
  }
  return {
    mean: count > 0 ? mean : NaN,
    std: count > 1 ? Math.sqrt(squares / (count - 1)) : null,
  };
}

function bySeed(a: TransferScore, b: TransferScore): number {
  // Names that are no numbers come first: an order of all, whatever stands among them.
  const [first, second] = [a.seed, b.seed].map((seed) =>
    seed === null || !Number.isFinite(Number(seed)) ? -Number.MAX_VALUE : Number(seed)
  );
  return Math.sign(first - second) || compareStrings(String(a.seed), String(b.seed)) ||
    a.value - b.value;
}
