/**
 * How a script ends that finds something wrong with what it was given.
 *
 * @module
 */
import { formatProblem, UserError } from "../lib/core/errors.ts";

/** Does something; a problem of the user's is printed without a trace, and ends the process with 2. */
export async function endWithProblems(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    for (const problem of error.problems) console.error(formatProblem(problem));
    Deno.exit(2);
  }
}
