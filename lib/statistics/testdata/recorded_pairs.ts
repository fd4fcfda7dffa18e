/**
 * Pairs of scores with scipy's answers.
 *
 * @module
 */
import reference from "../../../tests/fixtures/statistics/pairs.json" with { type: "json" };

/** Scores of two systems; an answer that scipy does not give is left out. */
export interface RecordedPairs {
  readonly a: number[];
  readonly b: number[];
  /** Two-sided and one-sided p, from all signs. */
  readonly wilcoxon?: number[];
  /** Sum of the ranks in which A is better. */
  readonly positive?: number;
  /** Two-sided p by its own exact distribution. */
  readonly wilcoxonExact?: number;
  readonly sign?: number[];
  /** t and two-sided p. */
  readonly t?: number[];
  readonly tInterval?: number[];
  readonly cohensD?: number;
  readonly randomization?: number[];
  readonly superiority: number;
}

export const recordedPairs: readonly RecordedPairs[] = reference.cases;
export const { tolerance, largeWilcoxon } = reference;
