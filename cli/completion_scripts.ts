/**
 * Completion in the languages of three shells.
 *
 * @module
 */

/** A command that is completed. */
export interface CompletedCommand {
  readonly name: string;
  readonly about: string;
  readonly options: readonly CompletedOption[];
}

/** An option that is completed. One that takes a value without choices takes a file's name. */
export interface CompletedOption {
  readonly long: string;
  readonly short?: string;
  readonly about: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

const flags = ({ options }: CompletedCommand): string =>
  options.flatMap(({ long, short }) => short ? [short, long] : [long]).join(" ");

/** For bash: a function that `complete` calls. */
export function bashScript(commands: readonly CompletedCommand[]): string {
  const choices = new Map(
    commands.flatMap(({ name, options }) =>
      options.filter((option) => option.choices.length > 0)
        .map(({ long, choices }) => [`${name}:${long}`, choices.join(" ")])
    ),
  );
  return `_crosstie() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}"
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(" ")}" -- "$word"))
    return
  fi
  case "\${COMP_WORDS[1]}:$before" in
${
    [...choices].map(([key, values]) =>
      `    ${key}) COMPREPLY=($(compgen -W "${values}" -- "$word")); return ;;`
    ).join("\n")
  }
  esac
  case "$word" in
    -*) ;;
    *) return ;;
  esac
  case "\${COMP_WORDS[1]}" in
${
    commands.map((command) =>
      `    ${command.name}) COMPREPLY=($(compgen -W "${flags(command)}" -- "$word")) ;;`
    ).join("\n")
  }
  esac
}
complete -o default -F _crosstie crosstie`;
}

/** For zsh: a function of its completion system. */
export function zshScript(commands: readonly CompletedCommand[]): string {
  const text = (words: string): string => words.replace(/[[\]:\\]/g, "\\$&").replaceAll("'", "’");
  const option = ({ long, short, about, takesValue, choices }: CompletedOption): string => {
    const value = !takesValue
      ? ""
      : choices.length > 0
      ? `:value:(${choices.join(" ")})`
      : ":value:_files";
    const body = `[${text(about)}]${value}`;
    return [long, ...short ? [short] : []].map((flag) => `'*${flag}${body}'`).join(" ");
  };
  return `#compdef crosstie
_crosstie() {
  local -a commands
  commands=(
${commands.map(({ name, about }) => `    '${name}:${text(about)}'`).join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  case "$words[2]" in
${
    commands.map(({ name, options }) =>
      `    ${name}) _arguments ${options.map(option).join(" ")} '*:file:_files' ;;`
    ).join("\n")
  }
  esac
}
compdef _crosstie crosstie`;
}

/** For fish: one line per command and option. */
export function fishScript(commands: readonly CompletedCommand[]): string {
  const text = (words: string): string => `'${words.replace(/['\\]/g, "\\$&")}'`;
  return commands.flatMap(({ name, about, options }) => [
    `complete -c crosstie -f -n __fish_use_subcommand -a ${name} -d ${text(about)}`,
    ...options.map(({ long, short, about, takesValue, choices }) => {
      const value = !takesValue
        ? ""
        : choices.length > 0
        ? ` -x -a ${text(choices.join(" "))}`
        : " -r -F";
      const flag = short ? ` -s ${short.slice(1)}` : "";
      const when = `-n '__fish_seen_subcommand_from ${name}'`;
      return `complete -c crosstie ${when} -l ${long.slice(2)}${flag} -d ${text(about)}${value}`;
    }),
  ]).join("\n");
}
