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
}
