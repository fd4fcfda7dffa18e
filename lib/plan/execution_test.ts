import { strict as assert } from "node:assert";
import { stages } from "../pipeline/testdata/registry.ts";
import { makePlan } from "./plan.ts";

Deno.test("retries are one number or one per class; Slurm's options go over the pipeline's", async () => {
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  await Deno.writeTextFile(
    file,
    `name: p\nparams: { queue: long }\nslurm: { partition: $queue, account: lab }\nstages:\n` +
      `  a: { use: write, with: { text: x }, retries: 3, slurm: { partition: gpu, limit: 4 } }\n` +
      `  b: { use: write, with: { text: y }, retries: { time: 2 } }\n`,
  );
  const { plan } = await makePlan({ file }, stages);
  await Deno.remove(file);
  assert.deepEqual(plan.instances.map(({ retries, slurm }) => ({ retries, slurm })), [
    {
      retries: { memory: 3, crashed: 3, lost: 3, time: 3 },
      slurm: { partition: "gpu", account: "lab", limit: 4 },
    },
    {
      retries: { memory: 1, crashed: 0, lost: 2, time: 2 },
      slurm: { partition: "long", account: "lab" },
    },
  ]);
});
