/**
 * What a run is expected to take of a machine's memory, said before it runs.
 *
 * @module
 */
import type { Problem } from "../core/errors.ts";
import { memoryText } from "../plan/resources.ts";
import type { Instance } from "../plan/plan.ts";
import type { Selection } from "../plan/targets.ts";
import type { Freshness, Judge } from "./freshness.ts";

/** What to do where a machine has too little memory. */
export const memoryHint =
  "make batchSize smaller (accumulate keeps the sentences of a step), or maxTokens, or use " +
  "--executor slurm";

/** What stages are expected to take, and what there is. */
export interface ExpectedMemory {
  /** Stage → the most that one of its instances takes, in MiB; of stages that are estimated. */
  readonly stages: Readonly<Record<string, number>>;
  /** What the machine has, in MiB; left out where the instances run on others. */
  readonly machineMib?: number;
}

/**
 * What those instances of a selection take that a run would run or may run.
 *
 * @param states of the selection's instances
 * @param force whether the targets run even where they are fresh
 */
export function expectedMemory(
  instances: readonly Pick<Instance, "id" | "stage" | "expectedMib">[],
  { targets }: Selection,
  states: ReadonlyMap<string, Freshness>,
  { force = false, machineMib = Infinity }: { force?: boolean; machineMib?: number } = {},
): ExpectedMemory {
  const stages: Record<string, number> = {};
  for (const { id, stage, expectedMib } of instances) {
    const state = states.get(id);
    if (expectedMib === undefined || !state) continue;
    if (state.kind === "fresh" && !(force && targets.has(id))) continue;
    stages[stage] = Math.max(stages[stage] ?? 0, expectedMib);
  }
  return Number.isFinite(machineMib) ? { stages, machineMib } : { stages };
}

/** See {@linkcode expectedMemory}; undefined where no needed instance is estimated. */
export async function assessMemory(
  judge: Judge,
  selection: Selection,
  options: { force?: boolean; machineMib?: number },
): Promise<ExpectedMemory | undefined> {
  const { needed } = selection;
  const isEstimated = judge.plan.instances.some(({ id, expectedMib }) =>
    expectedMib !== undefined && needed.has(id)
  );
  if (!isEstimated) return undefined; // to judge all instances takes its time
  return expectedMemory(judge.plan.instances, selection, await judge.assess(needed), options);
}

/** Warns of every stage that is expected to take more than the machine has. */
export function memoryWarnings({ stages, machineMib = Infinity }: ExpectedMemory): Problem[] {
  return Object.entries(stages).filter(([, mib]) => mib > machineMib).map(([stage, mib]) => ({
    message: `Stage "${stage}" is expected to take about ${memoryText(mib)} of memory, and this ` +
      `machine has ${memoryText(machineMib)}`,
    hint: memoryHint,
    severity: "warning",
  }));
}
