import { strict as assert } from "node:assert";
import { fileURLToPath } from "node:url";

const entry = fileURLToPath(new URL("../main.ts", import.meta.url));

async function script(shell: string): Promise<string> {
  const { stdout, code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", entry, "completions", shell],
  }).output();
  assert.equal(code, 0);
  return new TextDecoder().decode(stdout);
}

async function run(program: string, args: string[]): Promise<string | undefined> {
  try {
    const { stdout, stderr, success } = await new Deno.Command(program, { args }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

const lines: [words: string[], completed: string[]][] = [
  [["crosstie", "st"], ["status"]],
  [["crosstie", "run", "--ex"], ["--executor"]],
  [["crosstie", "run", "--executor", ""], ["local", "slurm"]],
  [["crosstie", "graph", "--format", "s"], ["svg"]],
  [["crosstie", "logs", "--f"], ["--file", "--follow"]],
  [["crosstie", "completions", "b"], ["bash"]],
  [["crosstie", "help", "exp"], ["explain", "export"]],
];
const bash = await run("bash", ["--version"]) !== undefined;

Deno.test({
  name: `bash completes commands, options and their values${bash ? "" : " (needs bash)"}`,
  ignore: !bash,
  fn: async () => {
    const text = await script("bash");
    for (const [words, completed] of lines) {
      const out = await run("bash", [
        "-c",
        `${text}\nCOMP_WORDS=(${words.map((word) => `"${word}"`).join(" ")})\n` +
        `COMP_CWORD=${words.length - 1}\n_crosstie\nprintf '%s\\n' "\${COMPREPLY[@]}"`,
      ]);
      assert.deepEqual(out!.trim().split("\n"), completed, words.join(" "));
    }
  },
});

for (
  const [shell, check, expected] of [
    ["zsh", ["-n"], /^ {4}'status:Shows what is fresh, stale or waiting'$/m],
    ["fish", ["--no-execute"], /^complete -c crosstie .* -l executor .* -x -a 'local slurm'$/m],
  ] as const
) {
  Deno.test(`${shell} gets every command, and reads the script where there is a ${shell}`, async () => {
    const text = await script(shell);
    assert.match(text, expected);
    const file = await Deno.makeTempFile();
    await Deno.writeTextFile(file, text);
    await run(shell, [...check, file]);
    await Deno.remove(file);
  });
}
