import { strict as assert } from "node:assert";
import { countMemoryKills, peakMemoryMib } from "./process_memory.ts";

Deno.test({
  name: "the peak of a process is what it has had, and stays when it has less (Linux)",
  ignore: Deno.build.os !== "linux",
  fn() {
    const before = peakMemoryMib(Deno.pid);
    assert.ok(before >= Math.floor(Deno.memoryUsage().rss / 2 ** 20));
    const held = new Uint8Array(300 * 2 ** 20).fill(1);
    const peak = peakMemoryMib(Deno.pid);
    assert.ok(peak >= 300 && held.length > 0);
    assert.ok(peakMemoryMib(Deno.pid) >= peak);
    assert.ok(Number.isInteger(countMemoryKills()));
  },
});

Deno.test("a process that is not there has no memory", () => {
  assert.equal(peakMemoryMib(2 ** 30), 0);
});
