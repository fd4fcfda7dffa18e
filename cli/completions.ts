/**
 * `crosstie completions`: scripts that complete commands and options in a shell.
 *
 * @module
 */
import { Argument, Command } from "@commander-js/extra-typings";
import type { CompletedCommand } from "./completion_scripts.ts";
import { bashScript, fishScript, zshScript } from "./completion_scripts.ts";

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** What is read of the program: its commands, which are added before the action runs. */
interface Program {
  readonly commands: readonly {
    name(): string;
    description(): string;
    readonly options: readonly {
      readonly long?: string;
      readonly short?: string;
      readonly description: string;
      readonly argChoices?: readonly string[];
      readonly required: boolean;
    }[];
  }[];
}

/** The command. */
export function completionsCommand(program: Program, hidden: ReadonlySet<string>) {
  return new Command("completions")
    .description("Prints a script that completes the command crosstie in a shell.")
    .addArgument(new Argument("<shell>", "the shell").choices(["bash", "zsh", "fish"] as const))
    .addHelpText(
      "after",
      "\nExample:\n  deno task -q completions bash >> ~/.bashrc\n\n" +
        "It completes the word crosstie, such as from\n" +
        "  deno install --global --allow-all --name crosstie --config deno.json main.ts",
    )
    .action((shell) => console.log(scripts[shell](commandsOf(program, hidden))));
}

function commandsOf(program: Program, hidden: ReadonlySet<string>): CompletedCommand[] {
  return program.commands.filter((command) => !hidden.has(command.name())).map((command) => ({
    name: command.name(),
    about: command.description().split(". ")[0].replace(/\.$/, ""),
    options: [
      ...command.options.map(({ long, short, description, argChoices, required }) => ({
        long: long ?? "",
        short,
        about: description,
        takesValue: required,
        choices: argChoices ?? [],
      })),
      { long: "--help", short: "-h", about: "how it is used", takesValue: false, choices: [] },
    ],
  }));
}
