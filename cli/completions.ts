/**
 * `crosstie completions`: what a shell needs to complete command lines.
 *
 * @module
 */
import { Argument, Command } from "@commander-js/extra-typings";
import { print } from "./terminal.ts";

/** A command as a shell completes it. */
interface Completed {
  readonly name: string;
  readonly about: string;
  /** What its first word can be, where that is known. */
  readonly words: readonly string[];
  readonly flags: readonly { name: string; about: string; choices: readonly string[] }[];
}

const shells = ["bash", "zsh", "fish"] as const;

/**
 * The command.
 *
 * @param commands the commands of the program
 */
export function completionsCommand(commands: () => readonly Command[]) {
  return new Command("completions")
    .description("Prints a script that makes a shell complete crosstie's command lines.")
    .addArgument(new Argument("<shell>", "which shell").choices(shells))
    .addHelpText(
      "after",
      "\nExample:\n  deno task completions bash >> ~/.bashrc\n\n" +
        "It completes the name crosstie, so that needs to be an alias or a script of yours.",
    )
    .action((shell) => {
      const all = commands().map((command): Completed => ({
        name: command.name(),
        about: sentence(command.description()),
        words: command.registeredArguments[0]?.argChoices ?? [],
        flags: command.createHelp().visibleOptions(command).map((option) => ({
          name: option.long ?? option.short!,
          about: option.description,
          choices: option.argChoices ?? [],
        })),
      }));
      print({ bash, zsh, fish }[shell](all));
    });
}

function sentence(text: string): string {
  return text.split(". ")[0].replace(/\.$/, "");
}

function bash(commands: readonly Completed[]): string {
  const choices = new Map(
    commands.flatMap(({ name, flags }) =>
      flags.filter((flag) => flag.choices.length > 0).map((flag) => [`${name} ${flag.name}`, flag])
    ),
  );
  return [
    "_crosstie() {",
    '  local current="${COMP_WORDS[COMP_CWORD]}" command="${COMP_WORDS[1]}"',
    '  local previous="${COMP_WORDS[COMP_CWORD-1]}" words=""',
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    words="${[...commands.map(({ name }) => name), "help"].join(" ")}"`,
    "  else",
    '    case "$command $previous" in',
    ...[...choices].map(([place, flag]) =>
      `      "${place}") COMPREPLY=($(compgen -W "${
        flag.choices.join(" ")
      }" -- "$current")); return ;;`
    ),
    '      *" --file" | *" -f") return ;;',
    "    esac",
    '    case "$command" in',
    ...commands.map(({ name, words, flags }) =>
      `      ${name}) words="${[...words, ...flags.map((flag) => flag.name)].join(" ")}" ;;`
    ),
    `      help) words="${commands.map(({ name }) => name).join(" ")}" ;;`,
    "    esac",
    "  fi",
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    "}",
    "complete -o default -F _crosstie crosstie",
  ].join("\n");
}

function zsh(commands: readonly Completed[]): string {
  const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  const plain = (text: string): string => text.replace(/[[\]:]/g, " ").replace(/\s+/g, " ").trim();
  return [
    "#compdef crosstie",
    "_crosstie() {",
    "  local -a commands",
    "  commands=(",
    ...commands.map(({ name, about }) => `    ${quote(`${name}:${plain(about)}`)}`),
    "  )",
    "  if (( CURRENT == 2 )); then _describe command commands; return; fi",
    "  case $words[2] in",
    ...commands.map(({ name, words, flags }) => {
      const parts = flags.map(({ name: flag, about, choices }) =>
        quote(
          `${flag}[${plain(about)}]` + (choices.length > 0 ? `:value:(${choices.join(" ")})` : ""),
        )
      );
      const rest = words.length > 0 ? `1:value:(${words.join(" ")})` : "*::file:_files";
      return `    ${name}) _arguments ${[...parts, quote(rest)].join(" ")} ;;`;
    }),
    "  esac",
    "}",
    "compdef _crosstie crosstie",
  ].join("\n");
}

function fish(commands: readonly Completed[]): string {
  const quote = (text: string): string => `'${text.replace(/[\\']/g, "\\$&")}'`;
  const first = "complete -c crosstie -n __fish_use_subcommand -f";
  return commands.flatMap(({ name, about, words, flags }) => [
    `${first} -a ${name} -d ${quote(about)}`,
    ...words.length > 0
      ? [
        `complete -c crosstie -n ${quote(`__fish_seen_subcommand_from ${name}`)} -f -a ` +
        quote(words.join(" ")),
      ]
      : [],
    ...flags.filter((flag) => flag.name.startsWith("--")).map((flag) =>
      `complete -c crosstie -n ${quote(`__fish_seen_subcommand_from ${name}`)} ` +
      `-l ${flag.name.slice(2)} -d ${quote(flag.about)}` +
      (flag.choices.length > 0 ? ` -x -a ${quote(flag.choices.join(" "))}` : "")
    ),
  ]).join("\n");
}
