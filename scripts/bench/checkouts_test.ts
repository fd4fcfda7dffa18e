import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { encoderOf, uniformBatches } from "./case.ts";
import {
  type CheckoutRound,
  checkoutSection,
  compareCheckouts,
  summarizeCheckouts,
} from "./checkouts.ts";
import type { OurStep } from "./our_steps.ts";

const config = encoderOf({ layers: 1, width: 64, vocabulary: 100 });
const batches = uniformBatches(config, { batches: 4, size: 2, tokens: 8 });

function steps(...given: [loss: number, ms: number][]): { steps: OurStep[] } {
  return { steps: given.map(([loss, ms]) => ({ loss, ms }) as OurStep) };
}

Deno.test("a ratio is one of speeds, round by round, and losses are compared step by step", () => {
  const rounds: CheckoutRound[] = [
    { from: 2, here: steps([2, 10], [1.5, 10]), other: steps([2, 30], [1.5, 10]) },
    { from: 4, here: steps([1, 10], [0.5, 30]), other: steps([1, 10], [0.75, 10]) },
    { from: 6, here: steps([1, 8], [0.5, 8]), other: steps([1, 8], [0.5, 8]) },
  ];
  const result = summarizeCheckouts({ name: "tiny" }, batches, rounds);
  assert.deepEqual(result, {
    row: { name: "tiny" },
    ratio: { median: 1, least: 0.5, greatest: 2 },
    // 32 tokens a round, in 20, 40 and 16 ms, and in 40, 20 and 16 ms.
    here: 1600,
    other: 1600,
    lossDifference: 0.25,
  });
  assert.deepEqual(checkoutSection([result]).rows, [
    ["tiny", "1.000", "0.500 … 2.000", "1600", "1600", "2.5e-1"],
  ]);
});

Deno.test({
  name: "a checkout beside itself has the very same losses (needs /proc)",
  ignore: !existsSync("/proc/self/status"),
  async fn() {
    const folder = await Deno.makeTempDir();
    const lines: string[] = [];
    try {
      const row = {
        name: "tiny",
        title: "",
        config,
        data: "uniform",
        inBfloat16: false,
        steps: 1,
      } as const;
      const result = await compareCheckouts(row, { batches }, folder, {
        other: fileURLToPath(new URL("../..", import.meta.url)),
        threads: 1,
        rounds: 2,
        log: (line) => lines.push(line),
      });
      assert.equal(result.lossDifference, 0);
      assert.ok(result.ratio.least > 0 && result.here > 0 && result.other > 0);
      assert.equal(lines.length, 2);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
