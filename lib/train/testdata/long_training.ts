/**
 * A training of many steps in a process of its own, which says how much memory it has, in bytes.
 *
 * Arguments: the steps after which it says so, the last one being the number of steps.
 * Needs V8's `--expose-gc`, so that garbage does not count.
 *
 * @module
 */
import { tinyJob, trainOnCpu } from "./tiny_job.ts";

const marks = Deno.args.map(Number);
const { gc } = globalThis as unknown as { gc: () => void };
const folder = await Deno.makeTempDir();
await trainOnCpu(
  tinyJob({ epochs: marks.at(-1)!, maxSteps: marks.at(-1)!, batchSize: 16, evaluateEvery: 100 }),
  {
    checkpoints: { folder, everyMinutes: 1 / 600 },
    onStep({ step }) {
      if (!marks.includes(step)) return;
      gc();
      console.log(Deno.memoryUsage().rss);
    },
  },
);
await Deno.remove(folder, { recursive: true });
