/**
 * What is known of the terminal.
 *
 * @module
 */

/** Columns that a line may take: `COLUMNS`, or the terminal's; without end where it is none. */
export function terminalColumns(): number {
  const given = Number(Deno.env.get("COLUMNS"));
  if (Number.isInteger(given) && given >= 20) return given;
  return Deno.stdout.isTerminal() ? Deno.consoleSize().columns : Infinity;
}
