/**
 * Tables as a terminal, a page and a paper all show them: whose cells are texts already.
 *
 * @module
 */

/** A matrix: the first column names the rows, the others hold numbers. */
export interface Matrix {
  /** What this part of the table is about. */
  readonly about?: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Matrices of one score. */
export interface ShownTable {
  readonly title: string;
  readonly matrices: readonly Matrix[];
  /** What the signs in it mean. */
  readonly foot?: string;
  /** Which numbers are good; undefined where none is better than another, as among differences. */
  readonly best?: "highest" | "lowest";
}

/** Scores of which less is better. */
const losses: ReadonlySet<string> = new Set(["loss", "perplexity", "lost"]);

/** Which numbers of a metric are good. */
export function bestOf(metric: string): "highest" | "lowest" {
  return losses.has(metric) ? "lowest" : "highest";
}
