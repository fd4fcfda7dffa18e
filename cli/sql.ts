/**
 * `crosstie sql`: asks the results in SQL, read-only.
 *
 * @module
 */
import { Option } from "@commander-js/extra-typings";
import process from "node:process";
import { dirname } from "node:path";
import { UserError } from "../lib/core/errors.ts";
import type { ReadOnlyTables } from "../lib/table/read_only.ts";
import { cacheFolder } from "./folders.ts";
import { pipelineCommand } from "./pipeline_command.ts";
import { formatResult, type TableFormat, tableFormats } from "./text_table.ts";

/** The command. */
export function sqlCommand() {
  return pipelineCommand("sql")
    .description("Asks the results in SQL, read-only: one view per table.")
    .argument("[query]", "a SELECT; without one, standard input or a prompt")
    .addOption(
      new Option("--format <format>", "how to print").choices(tableFormats).default(
        "table" as TableFormat,
      ),
    )
    .option("--output <file>", "write the answer to a .parquet or .csv file instead")
    .addHelpText(
      "after",
      "\nExample:\n  deno task sql \"SELECT source, target, avg(f1) FROM scores WHERE type = 'micro' GROUP BY ALL\"",
    )
    .action(async (query, options) => {
      const [{ ReadOnlyTables }, { resultsFolderIn, resultViews }] = await Promise.all([
        import("../lib/table/read_only.ts"),
        import("./results.ts"),
      ]);
      const views = await resultViews(await resultsFolderIn(options));
      using tables = await ReadOnlyTables.open(views);
      if (query === undefined && Deno.stdin.isTerminal()) {
        console.log(`Tables: ${Object.keys(views).join(", ")}. Ctrl-D ends.`);
        return await converse(tables, options.format, `${cacheFolder()}/sql_history`);
      }
      const text = query ?? await new Response(Deno.stdin.readable).text();
      if (options.output) return await tables.export(text, options.output);
      console.log(formatResult(await tables.ask(text), options.format));
    });
}

const historyLines = 500;

/** Answers questions until the input ends; past ones are kept in a file. */
async function converse(
  tables: ReadOnlyTables,
  format: TableFormat,
  historyFile: string,
): Promise<void> {
  const { createInterface } = await import("node:readline/promises");
  const past = await Deno.readTextFile(historyFile).catch(() => "");
  const terminal = createInterface({
    input: process.stdin,
    output: process.stdout,
    history: past.split("\n").filter((line) => line !== "").reverse(),
    historySize: historyLines,
    prompt: "sql> ",
  });
  const asked: string[] = past.split("\n").filter((line) => line !== "");
  terminal.prompt();
  for await (const line of terminal) {
    if (line.trim() !== "") {
      asked.push(line);
      try {
        console.log(formatResult(await tables.ask(line), format));
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        console.error(error.message);
      }
    }
    terminal.prompt();
  }
  await Deno.mkdir(dirname(historyFile), { recursive: true });
  await Deno.writeTextFile(historyFile, asked.slice(-historyLines).join("\n") + "\n");
}
