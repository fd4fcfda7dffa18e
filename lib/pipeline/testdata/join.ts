/**
 * Test stages' library: joins lines.
 *
 * @module
 */

/** Joins lines with a separator. */
export function join(lines: readonly string[], separator: string): string {
  return lines.join(separator);
}
