/**
 * What this machine has, and whether instances fit.
 *
 * @module
 */
import { readdirSync } from "node:fs";
import { type Problem, UserError } from "../core/errors.ts";
import type { Instance } from "../plan/plan.ts";
import type { Device, Resources, StageKind } from "../plan/stage.ts";
import type { Selection } from "../plan/targets.ts";
import type { Capacity } from "./budget.ts";
import type { Judge } from "./freshness.ts";

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

/**
 * Refuses to run what cannot be run here.
 *
 * @throws {UserError} when an instance that is not fresh needs more than a machine has, or another
 * device
 */
export async function checkPlaces(
  judge: Judge,
  { needed }: Selection,
  machine: Capacity,
): Promise<void> {
  const { plan, workspace: { device } } = judge;
  const misplaced = plan.instances.flatMap((instance) => {
    if (!needed.has(instance.id)) return [];
    const problems = problemsOf(instance, plan.kinds.get(instance.kind)!, machine, device);
    return problems.length > 0 ? [{ id: instance.id, problems }] : [];
  });
  if (misplaced.length === 0) return;
  const states = await judge.assess(needed);
  const stale = misplaced.filter(({ id }) => states.get(id)!.kind !== "fresh");
  const found = stale.flatMap(({ problems }) => problems);
  if (found.length === 0) return;
  // One of each kind: many instances lack the same.
  throw new UserError([...new Map(found.map((each) => [each.message, each])).values()]);
}

function problemsOf(
  { stage, params, resources }: Instance,
  kind: StageKind,
  machine: Capacity,
  device: Device,
): Problem[] {
  // What is only estimated, or nobody said, is no reason to refuse.
  const isDeclared = (name: string) => name !== "memoryMib" || resources.limitsMemory === true;
  const problems = amounts
    .filter(([name]) => isDeclared(name) && resources[name] > machine[name])
    .map(([name, about]): Problem => ({
      message:
        `Cannot run stage "${stage}" here: it needs ${resources[name]} ${about}, and there ` +
        `are ${machine[name]}`,
      hint: "change its resources, or use --executor slurm",
    }));
  const refused = kind.refuses?.(params, device);
  return refused ? [...problems, refused] : problems;
}
