/**
 * Values of DuckDB as plain ones.
 *
 * @module
 */

/** A value of a query's result. */
export type Cell = null | boolean | number | string | readonly Cell[];

/** A DECIMAL, which prints itself with all its digits. */
interface Decimal {
  readonly width: number;
  readonly scale: number;
  toString(): string;
}

/**
 * A value as the package gives it. Numbers that a double does not hold come as text, lists as
 * arrays, times, structs, maps and intervals as the text that DuckDB writes.
 */
export function toCell(value: unknown): Cell {
  if (typeof value === "string" || typeof value === "number") return value;
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean") return value;
  if (typeof value === "bigint") {
    return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
      ? Number(value)
      : String(value);
  }
  const { items, scale } = value as { items?: readonly unknown[] } & Partial<Decimal>;
  if (Array.isArray(items)) return items.map(toCell);
  if (scale === undefined) return String(value);
  const digits = String(value), number = Number(digits);
  return number.toFixed(scale) === digits ? number : digits;
}

/** Names of which a later one that is there already has a number behind it. */
export function uniqueNames(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  return names.map((name) => {
    const before = counts.get(name) ?? 0;
    counts.set(name, before + 1);
    return before === 0 ? name : `${name}:${before}`;
  });
}
