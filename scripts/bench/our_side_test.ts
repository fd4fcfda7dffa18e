import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { encoderOf, uniformBatches, writeCase } from "./case.ts";
import { memoryOverSteps } from "./memory.ts";
import { executedOperations } from "./operations.ts";
import type { OurAnswer } from "./our_side.ts";
import { partNames } from "./our_steps.ts";
import { Side } from "./side.ts";

const config = encoderOf({ layers: 1, width: 64, vocabulary: 100 });
const needsProc = { ignore: !existsSync("/proc/self/status") };

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function train(folder: string, dropout: string): Promise<OurAnswer> {
  const module = new URL("our_side.ts", import.meta.url);
  const side = Side.startModule("our side", module, [folder, "--dropout", dropout]);
  const answer = await side.ask<OurAnswer>({ from: 0, steps: 4 });
  await side.close();
  return answer;
}

Deno.test({
  name: "our side learns, and its parts are within its steps (needs /proc)",
  ...needsProc,
  fn: () =>
    withFolder(async (folder) => {
      await writeCase(
        folder,
        config,
        uniformBatches(config, { batches: 1, size: 4, tokens: 8 }),
        true,
      );
      const { steps, residentBytes, peakBytes } = await train(folder, "off");
      assert.equal(steps.length, 4);
      assert.ok(steps[3].loss < steps[0].loss, steps.map(({ loss }) => loss).join(" "));
      for (const { ms, parts, rows, operations } of steps) {
        assert.ok(partNames.every((name) => parts[name] > 0 || name === "masks"));
        const sum = partNames.reduce((total, name) => total + parts[name], 0);
        assert.ok(sum <= ms + 1e-6, `${sum} of ${ms}`);
        assert.equal(parts.masks, 0);
        assert.ok(rows >= 32 && operations >= executedOperations(config, { B: 4, T: 8 }));
      }
      assert.ok(peakBytes >= residentBytes && residentBytes > 2 ** 20);

      const dropped = await train(folder, "on");
      assert.ok(dropped.steps.every(({ parts }) => parts.masks > 0));
      assert.notEqual(dropped.steps[0].loss, steps[0].loss);
    }),
});

Deno.test({
  name: "memory is looked at ten times (needs /proc)",
  ...needsProc,
  fn: () =>
    withFolder(async (folder) => {
      const marks = await memoryOverSteps(folder, 20);
      assert.deepEqual(marks.map(({ steps }) => steps), [2, 4, 6, 8, 10, 12, 14, 16, 18, 20]);
      assert.ok(marks.every(({ residentBytes }) => residentBytes > 2 ** 20));
    }),
});

Deno.test("a side that ends is an error, not a wait", async () => {
  const side = Side.start("the shell", "sh", ["-c", "exit 3"]);
  await assert.rejects(
    () => side.ask({}),
    new Error("Cannot measure the shell as its process ended: it says above why"),
  );
  await side.close();
});

Deno.test("products are counted forward and twice backward", () => {
  // One layer, B 2, T 3, D 64, F 256: four D → D, one D → F, one F → D, and QKᵀ and PV.
  const linear = 2 * 6 * (4 * 64 * 64 + 2 * 64 * 256);
  const attention = 2 * (2 * 2 * 3 * 3 * 64);
  assert.equal(executedOperations(config, { B: 2, T: 3 }), 3 * (linear + attention));
});
