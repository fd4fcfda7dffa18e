/**
 * What the command lines of measurements share.
 *
 * @module
 */
import { UserError } from "../../lib/core/errors.ts";
import { type Row, rows } from "./rows.ts";

/** The names of all rows, in the order of the table. */
export const rowNames: readonly string[] = rows.map(({ name }) => name);

/** @throws {UserError} when an option is no whole number, or less than the least */
export function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  throw new UserError(`Cannot use ${option} ${text}: it must be a whole number from ${least}`);
}

/** @throws {UserError} when there is no such row */
export function rowNamed(option: string, name: string): Row {
  const found = rows.find((each) => each.name === name);
  if (found) return found;
  throw new UserError(`Cannot use ${option} ${name}: rows are ${rowNames.join(", ")}`);
}

/**
 * Rows by their names, between commas.
 *
 * @param steps a turn; each row's own if left out
 * @throws {UserError} when there is no such row
 */
export function rowsNamed(option: string, names: string, steps?: number): Row[] {
  return names.split(",").map((name) => {
    const chosen = rowNamed(option, name);
    return { ...chosen, steps: steps ?? chosen.steps };
  });
}
