/**
 * `crosstie doctor`: what of this machine works, and what to do about the rest.
 *
 * @module
 */
import { Command } from "@commander-js/extra-typings";
import { type Check, checks } from "./doctor_checks.ts";
import { exit } from "./exit.ts";
import { print, printJson } from "./terminal.ts";

/** The command. */
export function doctorCommand() {
  return new Command("doctor")
    .description("Checks machine, libraries, devices and folders. Ends with 1 when one is broken.")
    .option("--json", "one JSON object per check and line")
    .addHelpText("after", "\nExample:\n  deno task doctor")
    .action(async (options) => {
      const found = (await Promise.all(checks())).filter((check) => check !== undefined);
      if (options.json) found.forEach(printJson);
      else print(report(found));
      if (found.some(({ state }) => state === "broken")) exit.code = exit.stageFailed;
    });
}

/** Aligned lines; a check that is not well has its remedy below. */
export function report(found: readonly Check[]): string {
  const width = Math.max(...found.map(({ name }) => name.length));
  return found.flatMap(({ name, state, detail, remedy }) => [
    `${state.padEnd(7)}  ${name.padEnd(width)}  ${detail}`,
    ...(remedy === undefined ? [] : [`${" ".repeat(width + 11)}→ ${remedy}`]),
  ]).join("\n");
}
