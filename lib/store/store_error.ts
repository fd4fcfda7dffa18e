/**
 * What a person is told where no store can be kept.
 *
 * @module
 */
import { environmentError, messageOf, UserError } from "../core/errors.ts";

/** Why there can be no store in a folder, and what to do. */
export function storeError(folder: string, cause: unknown): UserError {
  const { code } = Object(cause) as { code?: unknown };
  const isFull = code === "ENOSPC" || code === "EDQUOT";
  return new UserError({
    message: `Cannot keep a store in ${folder}: ${messageOf(cause)}`,
    hint: isFull
      ? environmentError(cause)?.problems[0].hint
      : "set CROSSTIE_CACHE to a folder that can be written to",
  }, { cause });
}
