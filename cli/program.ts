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
import { completionsCommand } from "./completions.ts";
import { doctorCommand } from "./doctor.ts";
import { exit } from "./exit.ts";
import { explainCommand } from "./explain.ts";
import { graphCommand } from "./graph.ts";
import { initCommand } from "./init.ts";
import { probeCommand } from "./probe.ts";
import { runCommand } from "./run.ts";
import { sqlCommand } from "./sql.ts";
import { statusCommand } from "./status.ts";
import { workerCommand } from "./worker.ts";

/** Runs a command line and returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const program = new Command("crosstie")
    .description("Runs cross-lingual transfer experiments as cached pipelines.")
    .exitOverride();
  const hidden = new Set(["worker", "probe"]);
  const commands = [
    runCommand(),
    statusCommand(),
    explainCommand(),
    graphCommand(),
    sqlCommand(),
    doctorCommand(),
    initCommand(),
    completionsCommand(program, hidden),
  ];
  for (const command of commands) {
    program.addCommand(command.copyInheritedSettings(program) as typeof command);
  }
  program.addCommand(workerCommand(), { hidden: true });
  program.addCommand(probeCommand(), { hidden: true });
  try {
    await program.parseAsync([...args], { from: "user" });
    return exit.code;
  } catch (error) {
    // Commander has printed its message already; help is not an error.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exit.wrongUse;
    const known = error instanceof UserError ? error : environmentError(error);
    if (!known) throw error;
    console.error(known.message);
    return exit.wrongUse;
  }
}
