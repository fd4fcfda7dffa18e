/**
 * `crosstie gc`: lets go of results that nothing keeps.
 *
 * @module
 */
import { Command, InvalidArgumentError } from "@commander-js/extra-typings";
import { relative } from "node:path";
import type { Freed } from "../lib/store/collect.ts";
import { resultsFolder } from "./folders.ts";
import { openStoreOfProject } from "./pipeline_command.ts";
import { countText, sizeText } from "./sizes.ts";
import { print } from "./terminal.ts";

/** The command. */
export function gcCommand() {
  return new Command("gc")
    .description(
      "Frees what no lock file, no pin and none of the last runs reach. Runs do this by " +
        "themselves once a day, keeping 20 runs and all that is younger than a week " +
        "(CROSSTIE_GC=off: never).",
    )
    .option("--keep-last <n>", "runs of each pipeline and profile to keep", count, 10)
    .option("--grace <minutes>", "leave alone what is younger", count, 60)
    .option("--dry-run", "say what would go, and remove nothing")
    .addHelpText("after", "\nExample:\n  deno task gc --keep-last 3 --dry-run")
    .action(async ({ keepLast, grace, dryRun }) => {
      const [{ collectGarbage }, store] = await Promise.all([
        import("../lib/store/collect.ts"),
        openStoreOfProject(),
      ]);
      const freed = await collectGarbage(store.folder, {
        keepLast,
        graceMs: grace * 60_000,
        dryRun: dryRun === true,
        resultsFolder,
      });
      for (const line of freedLines(freed, store.folder)) print(line);
      print(`${dryRun ? "would free" : "freed"} ${freedText(freed)}`);
    });
}

/** One line for each thing that went. */
function freedLines(freed: readonly Freed[], folder: string): string[] {
  return freed.map(({ what, path, sizeBytes, instance, output }) => {
    const name = instance === undefined ? relative(folder, path) : [instance, output].join(" ");
    return `${sizeText(sizeBytes).padStart(8)}  ${what.padEnd(10)}  ${name.trim()}`;
  });
}

/** `3 records, 12 contents: 1.2 GB`. */
export function freedText(freed: readonly Freed[]): string {
  if (freed.length === 0) return "nothing";
  const counts = Map.groupBy(freed, ({ what }) => what);
  const parts = [...counts].map(([what, list]) => countText(list.length, what));
  return `${parts.join(", ")}: ${sizeText(freed.reduce((sum, each) => sum + each.sizeBytes, 0))}`;
}

function count(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError("It must be a whole number from 0.");
}
