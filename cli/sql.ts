/**
 * `crosstie sql`: asks the results in SQL, read-only.
 *
 * @module
 */
import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { basename, dirname, resolve } from "node:path";
import { UserError } from "../lib/core/errors.ts";
import { ownedIn } from "../lib/store/results_folder.ts";
import { exit } from "./exit.ts";
import { cacheFolder } from "./folders.ts";
import { openStoreOfProject, pipelineCommand } from "./pipeline_command.ts";
import { printAnswer } from "./print_answer.ts";
import { writeOut } from "./terminal.ts";
import { type TableFormat, tableFormats } from "./text_table.ts";

/** A week. */
const mostSeconds = 7 * 86_400;

/** The command. */
export function sqlCommand() {
  return pipelineCommand("sql")
    .description("Asks the results in SQL, read-only: one view per table.")
    .argument(
      "[query]",
      "a SELECT; without one, standard input, or a prompt that completes with Tab",
    )
    .addOption(
      new Option("--format <format>", "how to print").choices(tableFormats).default(
        "table" as TableFormat,
      ),
    )
    .option("--catalog", "print a script that makes the views and macros in any client of DuckDB")
    .option("--output <file>", "write the answer to a .parquet or .csv file instead")
    .addOption(
      new Option("--seconds <seconds>", "the longest that a question may be computed").argParser(
        secondsOf,
      ).default(600),
    )
    .addHelpText(
      "after",
      '\nExample:\n  deno task sql "SELECT model, source, language AS target, avg(value) ' +
        "FROM scores WHERE metric = 'f1' AND of = 'micro' GROUP BY ALL\"\n  " +
        "deno task sql \"PIVOT (FROM pivot_scores('f1')) ON target USING first(score)\"\n\n" +
        "results/README.md describes tables, columns and macros.",
    )
    .action(async (query, options) => {
      const [
        { ReadOnlyTables },
        { macroStatements },
        { ScratchFolder },
        { resultViews, resultsFolderIn, viewsWithRuns },
      ] = await Promise.all([
        import("../lib/table/read_only.ts"),
        import("../lib/table/macros.ts"),
        import("../lib/table/scratch_folder.ts"),
        import("./results.ts"),
      ]);
      const folder = await resultsFolderIn(options);
      if (options.catalog) {
        const { catalogSql } = await import("../lib/table/catalog_sql.ts");
        return await writeOut(catalogSql(await resultViews(folder)));
      }
      using scratch = new ScratchFolder();
      const views = await viewsWithRuns(folder, await openStoreOfProject(), scratch);
      using tables = await ReadOnlyTables.open(
        views,
        { seconds: options.seconds },
        macroStatements(views),
      );
      using _ending = cleanEnding([scratch, tables.scratch]);
      if (query === undefined && Deno.stdin.isTerminal() && !options.output) {
        const { converse } = await import("./sql_prompt.ts");
        return await converse(tables, {
          names: Object.keys(views),
          format: options.format,
          historyFile: `${cacheFolder()}/sql_history`,
        });
      }
      const text = query ?? await new Response(Deno.stdin.readable).text();
      if (options.output) {
        refuseResults(options.output);
        return await tables.export(text, options.output);
      }
      const answer = await tables.stream(text, { asText: options.format === "csv" });
      await printAnswer(answer, options.format, await target());
    });
}

/** @throws {InvalidArgumentError} for what is no time */
function secondsOf(text: string): number {
  const seconds = Number(text);
  if (seconds > 0 && seconds <= mostSeconds) return seconds;
  throw new InvalidArgumentError(`expected a number of seconds up to ${mostSeconds}`);
}

/** @throws {UserError} for a file that a run has laid out: results are not changed in this way */
function refuseResults(output: string): void {
  const table = dirname(resolve(output));
  const name = `${basename(table)}/${basename(output)}`;
  if (!ownedIn(dirname(table))?.files.has(name)) return;
  throw new UserError({
    message: `Cannot export to "${output}": it is a table of results, which are read-only`,
    hint: "give the file another name",
  });
}

/** Standard output; on a terminal it is filled a screen at a time. */
async function target() {
  const isTerminal = Deno.stdout.isTerminal();
  if (!isTerminal || !Deno.stdin.isTerminal()) return { isTerminal, write: writeOut };
  const { screenOf } = await import("./sql_prompt.ts");
  return { isTerminal, write: writeOut, screen: screenOf() };
}

/** Leaves nothing on the disk when a signal ends this process. */
function cleanEnding(scratch: readonly Disposable[]): Disposable {
  const signals: readonly Deno.Signal[] = ["SIGINT", "SIGTERM", "SIGHUP"];
  const end = (): void => {
    for (const each of scratch) each[Symbol.dispose]();
    Deno.exit(exit.interrupted);
  };
  for (const signal of signals) Deno.addSignalListener(signal, end);
  return {
    [Symbol.dispose]: () => signals.forEach((signal) => Deno.removeSignalListener(signal, end)),
  };
}
