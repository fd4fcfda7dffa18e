import { strict as assert } from "node:assert";
import { parseUsage, shareOfCore } from "./slurm_watch.ts";

const stat = "42 (a (name) b) S 1 42 42 0 -1 4194560 100 0 0 0 250 50 7 3 20 0 1 0 100 1 2";
const status = "Name:\ta\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\n";

Deno.test("what a process has used is read past a name that may hold anything", () => {
  const usage = parseUsage(stat, status);
  assert.deepEqual(usage, { processorMs: 3_000, residentBytes: 2 ** 20, peakBytes: 2 ** 21 });
  assert.equal(shareOfCore(usage, { ...usage, processorMs: 3_050 }, 1_000), 0.05);
});
