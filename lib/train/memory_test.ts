import { strict as assert } from "node:assert";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("./testdata/long_training.ts", import.meta.url));
/** After these steps memory is measured; the least of three counts, as the collector comes and goes. */
const early = [400, 500, 600], late = [1800, 1900, 2000];
/** 30 KB a step; the tensors of one step take more. */
const mostGrowthBytes = 30e3 * (late[0] - early[0]);

Deno.test(`${late[2]} steps need no more memory than ${early[0]} did`, async () => {
  // A process of its own: other tests leave garbage too.
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--v8-flags=--expose-gc", script, ...early, ...late]
      .map(String),
    stderr: "inherit",
  }).output();
  assert.ok(success);
  const sizes = new TextDecoder().decode(stdout).trim().split("\n").map(Number);
  assert.equal(sizes.length, 6);
  const [before, after] = [Math.min(...sizes.slice(0, 3)), Math.min(...sizes.slice(3))];
  assert.ok(after - before <= mostGrowthBytes, `it grew from ${before} to ${after} bytes`);
});
