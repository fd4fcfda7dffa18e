/**
 * `crosstie compare`: two results side by side, with how sure a difference is and where it comes from.
 *
 * @module
 */
import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import type { Judge } from "../lib/pipeline/freshness.ts";
import { openPipeline, openStoreOfProject, pipelineCommand } from "./pipeline_command.ts";
import { formatResult, type TableFormat, tableFormats } from "./text_table.ts";
import { print } from "./terminal.ts";

const metrics = [
  "f1",
  "precision",
  "recall",
  "strictF1",
  "strictPrecision",
  "strictRecall",
  "accuracy",
] as const;

/** The command. */
export function compareCommand() {
  return pipelineCommand("compare")
    .description(
      "Compares two results on the same test sets: which scores differ, by how much and how surely, " +
        "and what differs in params, code, data and runtime.",
    )
    .argument(
      "<a>",
      "evaluate, 'evaluate[source=swa]', a folder of results or of committed tables, a lock, counts, " +
        "or a file",
    )
    .argument("<b>", "the same; a file or folder of predictions has lines of: word gold predicted")
    .addOption(new Option("--metric <metric>", "a metric of the table scores").choices(metrics))
    .option("--of <class>", "a class of the table scores, micro or macro", "micro")
    .option("--seed-axis <axis>", "the axis that numbers the seeds", "seed")
    .option("--alpha <p>", "the level of significance, for corrected p-values", share, 0.05)
    .addOption(
      new Option(
        "--differing <what>",
        "sentences of a file whose words or gold labels are not the other side's: refuse the file, " +
          "or leave these sentences out on both sides",
      ).choices(["refuse", "leave"] as const).default("refuse" as const),
    )
    .addOption(
      new Option("--format <format>", "how to print").choices(tableFormats).default(
        "table" as TableFormat,
      ),
    )
    .addHelpText(
      "after",
      "\nExamples:\n  deno task compare 'evaluate[source=swa]' 'evaluate[source=eng]'\n" +
        "  deno task compare results/masakhaner/cpu their_predictions/\n" +
        "  deno task compare results/panx_swiss/smoke results/published/panx_swiss",
    )
    .action(async (a, b, options) => {
      const [
        { findSide },
        { readSides, usualMetric },
        { comparisonRows },
        { intervalRows },
        { comparisonsTable },
        { ScratchFolder },
      ] = await Promise
        .all([
          import("./compare_sides.ts"),
          import("../lib/analysis/two_sides.ts"),
          import("../lib/analysis/comparisons.ts"),
          import("../lib/analysis/intervals.ts"),
          import("../lib/table/schemas/comparisons.ts"),
          import("../lib/table/scratch_folder.ts"),
        ]);
      const store = await openStoreOfProject();
      using scratch = new ScratchFolder();
      let opened: Promise<Judge> | undefined;
      const around = {
        store,
        profile: options.profile,
        scratch: scratch.path,
        judge: () => opened ??= openPipeline(options),
      };
      const [sideA, sideB] = [await findSide(a, around), await findSide(b, around)];
      const { of, seedAxis, alpha } = options;
      const metric = options.metric ??
        (of === "micro" ? await usualMetric([sideA, sideB]) : "f1");
      const asked = { metric, of, seedAxis };
      const common = await readSides(sideA, sideB, asked, options.differing);
      const how = {
        ...asked,
        resamples: 10_000,
        confidence: 0.95,
        draw: 0,
        seeds: "auto",
      } as const;
      const { rows, lines } = comparisonRows(common.a, common.b, { ...how, alpha, swaps: 10_000 });
      if (options.format !== "table") {
        const columns = Object.keys(comparisonsTable.columns) as (keyof typeof rows[number])[];
        const cells = rows.map((row) => columns.map((column) => row[column]));
        return print(formatResult({ columns, rows: cells }, options.format));
      }
      const { comparisonText, differencesText } = await import("./compare_text.ts");
      const [ofA, ofB] = [common.a, common.b].map((side) =>
        intervalRows(side, { ...how, method: "percentile" }).rows
      );
      print(comparisonText(rows, { name: a, scores: ofA }, { name: b, scores: ofB }));
      for (const line of [...common.lines, ...lines]) print(line);
      if (sideA.made.size === 0 || sideB.made.size === 0) return;
      const { madeDifferently } = await import("../lib/pipeline/made_differently.ts");
      print("\n" + differencesText(await madeDifferently(sideA.made, sideB.made, store)));
    });
}

function share(text: string): number {
  const value = Number(text);
  if (value > 0 && value < 1) return value;
  throw new InvalidArgumentError("It must be between 0 and 1, such as 0.05.");
}
