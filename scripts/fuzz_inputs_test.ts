import { strict as assert } from "node:assert";
import { fuzzTargets } from "./fuzz/fuzz_targets.ts";
import { fuzz } from "./fuzz_inputs.ts";

/** So many seconds for each kind in CI, with another seed every day; some mutants elsewhere. */
const bounds = Deno.env.get("CROSSTIE_TEST") === "ci"
  ? { seconds: 20, seed: Math.floor(Date.now() / 86_400_000) }
  : { seconds: 60, most: 150, seed: 7 };

for (const [name, target] of Object.entries(fuzzTargets)) {
  Deno.test(`a damaged ${name} is read or refused, never worse`, async () => {
    const { mutants, refused, broken, mostBytes } = await fuzz(name, target, bounds);
    assert.deepEqual(broken, []);
    assert.ok(mutants > 10 && refused < mutants, `${refused} of ${mutants} refused`);
    assert.ok(mostBytes < 2 ** 30, `${mostBytes} bytes`);
  });
}
