import { strict as assert } from "node:assert";
import { fileURLToPath } from "node:url";

const entry = fileURLToPath(new URL("../main.ts", import.meta.url));

async function crosstie(...args: string[]) {
  const cache = await Deno.makeTempDir();
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", entry, ...args],
    env: { CROSSTIE_CACHE: cache, NO_COLOR: "1" },
  }).output();
  await Deno.remove(cache, { recursive: true });
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

Deno.test("help is not an error, and every command has an example", async () => {
  const commands =
    "run status explain graph cancel logs doctor verify gc pin push pull init completions";
  for (const command of commands.split(" ")) {
    const { code, out } = await crosstie(command, "--help");
    assert.equal(code, 0);
    assert.match(out, /Examples?:\n {2}deno task \w+/);
  }
});

Deno.test({
  name: "help that nobody reads to its end is no error",
  ignore: Deno.build.os === "windows",
  async fn() {
    const { stdout, stderr } = await new Deno.Command("bash", {
      args: ["-c", '"$0" run -A --quiet "$1" run --help | true; echo "${PIPESTATUS[0]}"'].concat(
        Deno.execPath(),
        entry,
      ),
      env: { NO_COLOR: "1" },
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    assert.deepEqual([text(stdout), text(stderr)], ["0\n", ""]);
  },
});

const wrong: [args: string[], message: RegExp][] = [
  [["runn"], /unknown command 'runn'\n\(Did you mean run\?\)/],
  [["run", "--jbos", "2"], /unknown option '--jbos'\n\(Did you mean --jobs\?\)/],
  [["run", "--jobs", "0"], /It must be a whole number from 1/],
  [["run", "--detach"], /^Cannot detach from instances that run here\n {2}add --executor slurm\n$/],
  [["run", "--executor", "pbs"], /Allowed choices are local, slurm/],
  [["explain"], /missing required argument 'targets'/],
  [["graph", "--format", "png"], /Allowed choices are mermaid, dot, svg/],
  [
    ["status", "-f", "no_such.yaml"],
    /^Cannot find "no_such\.yaml"\n {2}name a file with -f FILE\n$/,
  ],
  [["completions", "tcsh"], /Allowed choices are bash, zsh, fish/],
  [["status", "--device", "tpu"], /Allowed choices are cpu, webgpu, cuda/],
  [["gc", "--keep-last", "-1"], /It must be a whole number from 0/],
  [["push"], /^Cannot use a remote store: CROSSTIE_REMOTE is not set\n {2}set it to https:/],
  [["verify", "--lock", "--set", "seeds=[1]"], /^Cannot compare params of --set with a lock\n/],
];

for (const [args, message] of wrong) {
  Deno.test(`a wrong command line ends with 2: ${args.join(" ")}`, async () => {
    const { code, out, err } = await crosstie(...args);
    assert.equal(code, 2);
    assert.match(err, message);
    assert.equal(out, "");
    assert.ok(!err.includes("    at "));
  });
}
