/** Commands that need no native code run with the flags that their tasks have, and no more. */
import { strict as assert } from "node:assert";
import { fileURLToPath } from "node:url";
import { workbench } from "./testdata/workbench.ts";

const project = fileURLToPath(new URL("..", import.meta.url));
const { tasks }: { tasks: Record<string, string> } = JSON.parse(
  await Deno.readTextFile(`${project}/deno.json`),
);

/** Commands with their arguments, and what they print. */
const commands: readonly (readonly [name: string, args: readonly string[], out: RegExp])[] = [
  ["status", [], /fresh/],
  ["explain", ["corpus"], /fresh/],
  ["graph", [], /tokens/],
  ["graph", ["--format", "svg"], /<svg/],
  ["logs", ["corpus"], /corpus\[language=eng\]/],
  ["pin", ["corpus"], /2 results kept/],
  ["verify", [], /: all whole/],
  ["verify", ["--lock"], /lock/],
  ["gc", ["--dry-run"], /free/],
  ["completions", ["bash"], /complete -o/],
];

Deno.test("status, explain, graph, logs, pin, verify, gc and completions need no ffi", async () => {
  await using bench = await workbench();
  assert.equal((await bench.crosstie("run")).code, 0);
  for (const [name, args, out] of commands) {
    const file = ["gc", "completions"].includes(name) ? [] : ["-f", bench.file];
    assert.match(await printed(name, [...file, ...args], bench.folder), out, name);
  }
});

Deno.test("a study with claims is planned without ffi", async () => {
  const folder = await Deno.makeTempDir();
  const study = ["-f", "experiments/sentiment.yaml", "--profile", "smoke"];
  assert.match(await printed("status", study, folder), /claims/);
  assert.match(await printed("graph", study, folder), /claims/);
  await Deno.remove(folder, { recursive: true });
});

/** What a command prints with the flags of its task and a store of its own. */
async function printed(name: string, args: readonly string[], folder: string): Promise<string> {
  const [deno, ...flags] = tasks[name].split(" ");
  assert.deepEqual([deno, flags[0], flags[1]], ["deno", "run", "--frozen"]);
  assert.ok(!flags.includes("-A") && !flags.includes("--allow-ffi"), tasks[name]);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...flags, ...args],
    cwd: project,
    env: { CROSSTIE_CACHE: `${folder}/store`, NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  assert.deepEqual([code, text.decode(stderr)], [0, ""], name);
  return text.decode(stdout);
}

Deno.test("every task holds the lock still", () => {
  for (const [name, task] of Object.entries(tasks)) {
    for (const [command] of task.matchAll(/deno (?:run|test|check)\b.{0,10}/g)) {
      assert.match(command, / --frozen/, name);
    }
  }
});
