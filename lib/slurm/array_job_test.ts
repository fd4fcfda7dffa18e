import { strict as assert } from "node:assert";
import type { Resources } from "../plan/stage.ts";
import { arrayJob } from "./array_job.ts";
import type { SubmissionFolder } from "./submissions.ts";

const array = {
  folder: "/store/slurm/a",
  comment: "crosstie:token",
  submission: { tasks: [{ instance: "train" }] },
} as unknown as SubmissionFolder;

const rows: [about: string, resources: Partial<Resources>, memoryMib: number][] = [
  ["declared", { memoryMib: 2048, limitsMemory: true }, 2048],
  ["neither declared nor estimated", { memoryMib: 1024 }, 1024],
  ["estimated, with what an estimate may lack", { memoryMib: 3200, estimatesMemory: true }, 4256],
  ["estimated to be little", { memoryMib: 320, estimatesMemory: true }, 656],
];
for (const [about, resources, memoryMib] of rows) {
  Deno.test(`what Slurm is asked for is memory that is ${about}`, () => {
    const job = arrayJob(array, { cores: 1, gpus: 0, memoryMib: 0, ...resources }, {}, ["run"]);
    assert.equal(job.memoryMib, memoryMib);
  });
}
