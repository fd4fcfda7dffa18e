import { strict as assert } from "node:assert";
import { slurmEnvironment } from "./programs.ts";
import { endOf, isLive, taskNames } from "./queue.ts";
import { sbatchArguments } from "./submit.ts";

const job = {
  name: "sample.train",
  tasks: 14,
  comment: "crosstie:token",
  script: "#!/bin/sh\n",
  output: "logs/%a.txt",
  cores: 2,
  memoryMib: 1536,
  gpus: 0,
};

Deno.test("an array of equal tasks, told before its time is up", () => {
  assert.deepEqual(sbatchArguments(job), [
    "--parsable",
    "--job-name=sample.train",
    "--array=0-13",
    "--comment=crosstie:token",
    "--output=logs/%a.txt",
    "--open-mode=append",
    "--requeue",
    "--signal=B:USR2@90",
    "--nodes=1",
    "--ntasks=1",
    "--cpus-per-task=2",
    "--mem=1536M",
  ]);
});

Deno.test("limits, dependencies, graphics processors and a site's own options", () => {
  const args = sbatchArguments({
    ...job,
    limit: 4,
    gpus: 1,
    timeMinutes: 1.5,
    after: ["7", "8"],
    partition: "gpu",
    account: "lab",
    qos: "high",
    options: ["--constraint=a100"],
  });
  assert.equal(args[2], "--array=0-13%4");
  assert.equal(args[7], "--signal=B:USR2@30");
  assert.deepEqual(args.slice(12), [
    "--time=2",
    "--gpus-per-node=1",
    "--dependency=afterok:7:8",
    "--kill-on-invalid-dep=yes",
    "--partition=gpu",
    "--account=lab",
    "--qos=high",
    "--constraint=a100",
  ]);
});

Deno.test("tasks of an array are named by ranges, in names that are not too long", () => {
  assert.deepEqual(taskNames("12", [3]), ["12_[3]"]);
  assert.deepEqual(taskNames("12", [7, 0, 1, 2, 105, 106, 4]), ["12_[0-2,4,7,105-106]"]);
  const odd = Array.from({ length: 2_500 }, (_, i) => 2 * i + 1);
  const names = taskNames("12", odd);
  assert.equal(names.length, 3);
  const indices = names.flatMap((name) => /^12_\[(.*)\]$/.exec(name)![1].split(",").map(Number));
  assert.deepEqual(indices, odd);
});

Deno.test("what an enclosing job sets does not reach the next one, but the configuration does", () => {
  assert.deepEqual(
    slurmEnvironment({
      PATH: "/bin",
      SLURM_CONF: "/etc/slurm.conf",
      SLURM_CPU_BIND: "cores",
      SBATCH_PARTITION: "gpu",
      PMIX_RANK: "0",
      CROSSTIE_CACHE: "/store",
    }),
    { PATH: "/bin", SLURM_CONF: "/etc/slurm.conf", CROSSTIE_CACHE: "/store" },
  );
});

const states: [state: string, live: boolean, end: string | undefined][] = [
  ["PENDING", true, undefined],
  ["RUNNING", true, undefined],
  ["REQUEUED", true, undefined],
  ["COMPLETED", false, "completed"],
  ["FAILED", false, "crashed"],
  ["TIMEOUT", false, "time"],
  ["OUT_OF_MEMORY", false, "memory"],
  ["NODE_FAIL", false, "lost"],
  ["CANCELLED by 0", false, "lost"],
  ["A_STATE_OF_TOMORROW", false, undefined],
];

for (const [state, live, end] of states) {
  Deno.test(`Slurm's ${state} is ${live ? "alive" : end ?? "unknown, and no success"}`, () => {
    assert.equal(isLive(state), live);
    assert.equal(endOf(state), end);
  });
}
