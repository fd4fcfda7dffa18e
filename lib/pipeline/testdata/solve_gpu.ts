/**
 * What the test stage `solve` does on graphics processors.
 *
 * @module
 */

/** Solves a text. */
export function solve(text: string): string {
  return `${text} on a graphics processor`;
}
