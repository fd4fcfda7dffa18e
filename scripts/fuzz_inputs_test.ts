import { strict as assert } from "node:assert";
import { fileURLToPath } from "node:url";
import { fuzzTargets } from "./fuzz/fuzz_targets.ts";

/** Seconds for each kind. */
const seconds = Deno.env.get("CROSSTIE_TEST") === "ci" ? 10 : 3;

for (const name of Object.keys(fuzzTargets)) {
  Deno.test(`a damaged ${name} is read or refused, never worse`, async () => {
    // A process of its own, whose memory is measured.
    const script = fileURLToPath(new URL("fuzz_inputs.ts", import.meta.url));
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--frozen", "-A", "--quiet", script, String(seconds), "7", name],
      // A file that never ends to be read: its process is killed.
      signal: AbortSignal.timeout(1_000 * (seconds + 300)),
    }).output();
    const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assert.equal(code, 0, text);
    assert.match(text, new RegExp(`^\\| ${name} \\| [1-9]\\d+ \\|`));
  });
}
