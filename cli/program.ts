/**
 * The command line: the list of commands, and how errors end it.
 *
 * Every command is a file beside this one that exports a function `<name>Command(): Command`, which
 * declares its options and an action. Heavy modules are imported inside the action, so that
 * `--help` and a run with nothing to do stay quick. An action throws {@linkcode UserError} for what
 * a person can mend (exit code 2), and sets {@linkcode exit} for any other code than 0.
 *
 * @module
 */
import { Command, CommanderError } from "@commander-js/extra-typings";
import { environmentError, UserError } from "../lib/core/errors.ts";
import { cancelCommand } from "./cancel.ts";
import { compareCommand } from "./compare.ts";
import { completionsCommand } from "./completions.ts";
import { doctorCommand } from "./doctor.ts";
import { exit } from "./exit.ts";
import { exportCommand } from "./export.ts";
import { explainCommand } from "./explain.ts";
import { gcCommand } from "./gc.ts";
import { graphCommand } from "./graph.ts";
import { initCommand } from "./init.ts";
import { logsCommand } from "./logs.ts";
import { pinCommand } from "./pin.ts";
import { predictCommand } from "./predict.ts";
import { probeCommand } from "./probe.ts";
import { reportCommand } from "./report.ts";
import { runCommand } from "./run.ts";
import { sqlCommand } from "./sql.ts";
import { statusCommand } from "./status.ts";
import { pullCommand, pushCommand } from "./sync.ts";
import { verifyCommand } from "./verify.ts";
import { workerCommand } from "./worker.ts";
import { NobodyReads, printError, printErrorPart, printPart } from "./terminal.ts";

/** Runs a command line and returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const program = new Command("crosstie")
    .description("Runs cross-lingual transfer experiments as cached pipelines.")
    .exitOverride()
    .configureOutput({ writeOut: printPart, writeErr: printErrorPart });
  const commands: readonly Command[] = [
    initCommand(),
    runCommand(),
    statusCommand(),
    explainCommand(),
    graphCommand(),
    cancelCommand(),
    logsCommand(),
    sqlCommand(),
    reportCommand(),
    exportCommand(),
    compareCommand(),
    predictCommand(),
    doctorCommand(),
    verifyCommand(),
    gcCommand(),
    pinCommand(),
    pushCommand(),
    pullCommand(),
    completionsCommand(() => commands),
  ] as unknown as Command[]; // each has options of its own, which the program does not look at
  for (const command of commands) program.addCommand(command.copyInheritedSettings(program));
  program.addCommand(workerCommand(), { hidden: true });
  program.addCommand(probeCommand(), { hidden: true });
  try {
    // A question in SQL that begins with a comment is no option.
    const given = args.map((each) => /^--\s/.test(each) ? ` ${each}` : each);
    await program.parseAsync(given, { from: "user" });
    return exit.code;
  } catch (error) {
    // Commander has printed its message already; help is not an error.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exit.wrongUse;
    if (error instanceof NobodyReads) return exit.code;
    const known = error instanceof UserError ? error : environmentError(error);
    printError(known ? known.message : `error: Uncaught ${stackOf(error)}`);
    return known ? exit.wrongUse : exit.stageFailed;
  }
}

/** A mistake of this program, with all that led to it. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return Deno.inspect(error);
  const cause = error.cause === undefined ? "" : `\nCaused by: ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
