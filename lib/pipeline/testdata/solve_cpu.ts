/**
 * What the test stage `solve` does on the processor.
 *
 * @module
 */

/** What the module of every device exports. */
export interface Solver {
  solve(text: string): string;
}

/** Solves a text. */
export function solve(text: string): string {
  return `${text} on the processor`;
}
