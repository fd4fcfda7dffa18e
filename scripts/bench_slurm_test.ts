import { strict as assert } from "node:assert";
import { readOptions } from "./bench_slurm.ts";

Deno.test("options of the bench with Slurm", () => {
  assert.deepEqual(readOptions([]), {
    instances: 10_000,
    run: 1_000,
    watchSeconds: 60,
    write: false,
  });
  assert.deepEqual(readOptions(["--instances", "20", "--run", "0", "--watch", "5", "--write"]), {
    instances: 20,
    run: 0,
    watchSeconds: 5,
    write: true,
  });
  assert.equal(readOptions(["--help"]), "help");
  assert.throws(() => readOptions(["--run", "many"]), /Cannot use --run many: it must be a whole/);
});
