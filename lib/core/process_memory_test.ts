import { strict as assert } from "node:assert";
import {
  countMemoryKills,
  forgetPeakMemory,
  peakMemoryMib,
  residentMemoryMib,
} from "./process_memory.ts";

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

Deno.test({
  name: "a peak that is forgotten begins at what the process has (Linux)",
  ignore: Deno.build.os !== "linux",
  async fn() {
    // Some 200 MB that are gone before the process waits.
    const child = new Deno.Command("bash", {
      args: ["-c", 'x=$(head -c 200000000 /dev/zero | tr "\\0" a); unset x; echo; read -r'],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    await child.stdout.getReader().read();
    const peak = peakMemoryMib(child.pid);
    assert.ok(peak >= 190, `${peak} MiB`);
    assert.ok(forgetPeakMemory(child.pid));
    const resident = residentMemoryMib(child.pid);
    assert.ok(resident > 0 && resident < peak);
    assert.ok(peakMemoryMib(child.pid) < peak);
    await child.stdin.close();
    await child.status;
  },
});

Deno.test("a process that is not there has no memory", () => {
  assert.deepEqual([peakMemoryMib(2 ** 30), residentMemoryMib(2 ** 30)], [0, 0]);
  assert.equal(forgetPeakMemory(2 ** 30), false);
});
