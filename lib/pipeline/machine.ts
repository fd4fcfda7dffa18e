/**
 * What this machine has, and whether instances fit.
 *
 * @module
 */
import { readdirSync } from "node:fs";
import { type Problem, UserError } from "../core/errors.ts";
import type { Instance } from "../plan/plan.ts";
import type { Resources } from "../plan/stage.ts";
import type { Capacity } from "./budget.ts";

/** The cores, main memory and NVIDIA graphics processors of this machine. */
export function thisMachine(): Capacity {
  return {
    cores: navigator.hardwareConcurrency,
    memoryMib: Math.floor(Deno.systemMemoryInfo().total / 2 ** 20),
    gpus: visibleGpus().length,
  };
}

/**
 * The NVIDIA graphics processors that programs here may use, by number or by name.
 *
 * @param given `CUDA_VISIBLE_DEVICES`; without it, all are visible
 */
export function visibleGpus(given = Deno.env.get("CUDA_VISIBLE_DEVICES")): string[] {
  if (given === undefined) return Array.from({ length: countGpus() }, (_, index) => `${index}`);
  const names = given.split(",").map((each) => each.trim());
  // CUDA takes those before the first that is none, such as -1.
  const end = names.findIndex((name) => !/^(\d+|(GPU|MIG)-.+)$/.test(name));
  return end < 0 ? names : names.slice(0, end);
}

function countGpus(): number {
  try {
    return readdirSync("/proc/driver/nvidia/gpus").length;
  } catch {
    return 0; // no driver
  }
}

const amounts: readonly [keyof Resources & keyof Capacity, about: string][] = [
  ["cores", "cores"],
  ["memoryMib", "MiB of memory"],
  ["gpus", "graphics processors"],
];

/** The instances that need more than a machine has. */
export function tooLarge(instances: readonly Instance[], machine: Capacity): Instance[] {
  return instances.filter(({ resources }) =>
    amounts.some(([name]) => resources[name] > machine[name])
  );
}

/** The error for instances that need more than a machine has: one problem for each stage. */
export function tooLargeError(instances: readonly Instance[], machine: Capacity): UserError {
  const problems: Problem[] = [];
  for (const [stage, members] of Map.groupBy(instances, ({ stage }) => stage)) {
    for (const [name, about] of amounts) {
      const most = members.reduce((most, { resources }) => Math.max(most, resources[name]), 0);
      if (most <= machine[name]) continue;
      problems.push({
        message: `Cannot run stage "${stage}" here: it needs ${most} ${about}, and there are ` +
          `${machine[name]}`,
        hint: "change its resources, or use --executor slurm",
      });
    }
  }
  return new UserError(problems);
}
