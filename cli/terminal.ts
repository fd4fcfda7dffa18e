/**
 * The only way to the terminal. All that is printed passes here, so that control characters in
 * other people's texts are shown and never obeyed.
 *
 * @module
 */
import { showControls } from "../lib/core/controls.ts";

/** The columns of a line: `COLUMNS`, or the terminal's; unlimited where there is none. */
export function terminalColumns(): number {
  const given = Number(Deno.env.get("COLUMNS"));
  if (Number.isInteger(given) && given >= 20) return given;
  return Deno.stdout.isTerminal() ? Deno.consoleSize().columns : Infinity;
}

/** Prints lines for people on standard output. */
export function print(text: string): void {
  console.log(showControls(text));
}

/**
 * Prints some of a text on standard output, without a line break behind it.
 *
 * @throws {NobodyReads} when whatever reads it has gone
 */
export function printPart(text: string): void {
  let rest = new TextEncoder().encode(showControls(text));
  try {
    while (rest.length > 0) rest = rest.subarray(Deno.stdout.writeSync(rest));
  } catch (cause) {
    throw nobodyReads(cause);
  }
}

/** Prints lines for people on standard error. */
export function printError(text: string): void {
  console.error(showControls(text));
}

/** Prints some of a text on standard error, without a line break behind it. */
export function printErrorPart(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(showControls(text)));
}

/** Goes back to the start of the line on standard error, a terminal, and clears it. */
export function clearErrorLine(): void {
  Deno.stderr.writeSync(new TextEncoder().encode("\r\x1b[K"));
}

/** Prints a value as one line of JSON, in which controls are escaped. */
export function printJson(value: unknown): void {
  console.log(jsonText(value));
}

/** A value as JSON, in which controls are escaped. */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(
    /[\x7f-\x9f]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  );
}

/** Whatever read standard output has closed it: there is nobody to print to. */
export class NobodyReads extends Error {
  override readonly name = "NobodyReads";
}

/**
 * Writes to standard output as it is, and waits until there is room for more.
 *
 * @throws {NobodyReads} when whatever reads it has gone
 */
export async function writeOut(text: string): Promise<void> {
  let rest = new TextEncoder().encode(text);
  try {
    while (rest.length > 0) rest = rest.subarray(await Deno.stdout.write(rest));
  } catch (cause) {
    throw nobodyReads(cause);
  }
}

/** What a failed write to standard output means. */
function nobodyReads(cause: unknown): unknown {
  if (!(cause instanceof Deno.errors.BrokenPipe)) return cause;
  return new NobodyReads("standard output is closed", { cause });
}
