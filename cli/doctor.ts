/**
 * `crosstie doctor`: what of this machine works, and what to do about the rest.
 *
 * @module
 */
import { Command } from "@commander-js/extra-typings";
import { resolve } from "node:path";
import { type Check, checks } from "./doctor_checks.ts";
import { findStudies, judgeStudies, type Study, studyLines } from "./doctor_studies.ts";
import { exit } from "./exit.ts";
import { projectFolder } from "./folders.ts";
import { print, printJson } from "./terminal.ts";

/** The command. */
export function doctorCommand() {
  return new Command("doctor")
    .description(
      "Checks machine, libraries, devices and folders (ends with 1 when one is broken), and says " +
        "which studies fit.",
    )
    .option("--json", "one JSON object per check or study and line")
    .addHelpText("after", "\nExample:\n  deno task doctor")
    .action(async (options) => {
      const found = (await Promise.all(checks())).filter((check) => check !== undefined);
      const studies = await studiesHere();
      if (options.json) [...found, ...studies].forEach(printJson);
      else print([report(found), "", ...studyLines(studies)].join("\n").trimEnd());
      if (found.some(({ state }) => state === "broken")) exit.code = exit.stageFailed;
    });
}

async function studiesHere(): Promise<Study[]> {
  const [{ stages }, { thisMachine }] = await Promise.all([
    import("../stages/mod.ts"),
    import("../lib/pipeline/machine.ts"),
  ]);
  const folders = new Set([projectFolder, resolve(Deno.env.get("INIT_CWD") ?? ".")]);
  const files = (await Promise.all([...folders].map(findStudies))).flat();
  return await judgeStudies(files, projectFolder, stages, thisMachine());
}

/** Aligned lines; a check that is not well has its remedy below. */
export function report(found: readonly Check[]): string {
  const width = Math.max(...found.map(({ name }) => name.length));
  return found.flatMap(({ name, state, detail, remedy }) => [
    `${state.padEnd(7)}  ${name.padEnd(width)}  ${detail}`,
    ...(remedy === undefined ? [] : [`${" ".repeat(width + 11)}→ ${remedy}`]),
  ]).join("\n");
}
