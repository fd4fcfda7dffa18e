import { strict as assert } from "node:assert";
import { fileURLToPath } from "node:url";
import { bashScript, type CompletedCommand, fishScript, zshScript } from "./completion_scripts.ts";

const entry = fileURLToPath(new URL("../main.ts", import.meta.url));
const option = { about: "", takesValue: false, choices: [] };
const commands: CompletedCommand[] = [
  {
    name: "run",
    about: "Brings [targets] up: it's quick",
    options: [
      { ...option, long: "--file", short: "-f", about: "the file", takesValue: true },
      { ...option, long: "--device", about: "where", takesValue: true, choices: ["cpu", "cuda"] },
      { ...option, long: "--force", about: "run them" },
    ],
  },
  { name: "report", about: "A page", options: [] },
];

async function output(program: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, { args }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

const typed: [words: string[], expected: string][] = [
  [["r"], "run report"],
  [["run", "--f"], "--file --force"],
  [["run", "--device", "c"], "cpu cuda"],
  [["run", "-"], "-f --file --device --force"],
  [["run", "train"], ""],
  [["report", "--f"], ""],
];

for (const [words, expected] of typed) {
  Deno.test({
    name: `bash completes: crosstie ${words.join(" ")} (skipped on Windows)`,
    ignore: Deno.build.os === "windows",
    async fn() {
      const line = ["crosstie", ...words].map((word) => `'${word}'`).join(" ");
      const script = `${bashScript(commands)}
COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _crosstie; echo "\${COMPREPLY[*]}"`;
      assert.equal(await output("bash", "-c", script), expected);
    },
  });
}

Deno.test("zsh and fish get every command, option and choice, with its words escaped", () => {
  assert.equal(
    zshScript(commands).split("\n").find((line) => line.startsWith("    'run:")),
    "    'run:Brings \\[targets\\] up\\: it’s quick'",
  );
  assert.match(zshScript(commands), /run\) _arguments '\*--file\[the file\]:value:_files' '\*-f\[/);
  assert.match(zshScript(commands), /'\*--device\[where\]:value:\(cpu cuda\)'/);
  assert.deepEqual(fishScript(commands).split("\n"), [
    "complete -c crosstie -f -n __fish_use_subcommand -a run -d 'Brings [targets] up: it\\'s quick'",
    "complete -c crosstie -n '__fish_seen_subcommand_from run' -l file -s f -d 'the file' -r -F",
    "complete -c crosstie -n '__fish_seen_subcommand_from run' -l device -d 'where' -x -a 'cpu cuda'",
    "complete -c crosstie -n '__fish_seen_subcommand_from run' -l force -d 'run them'",
    "complete -c crosstie -f -n __fish_use_subcommand -a report -d 'A page'",
  ]);
});

Deno.test("the scripts know the commands that people use, and no other", async () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    const script = await output(
      Deno.execPath(),
      ...["run", "-A", "--quiet", entry, "completions", shell],
    );
    for (const word of ["status", "explain", "completions", "dry-run", "svg"]) {
      assert.ok(script.includes(word), `${shell}: ${word}`);
    }
    assert.doesNotMatch(script, /\b(worker|probe)\b/);
  }
});
