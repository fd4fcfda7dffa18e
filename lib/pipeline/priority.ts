/**
 * Which instances go first: those with the most work behind them, by how long it took before.
 *
 * @module
 */
import type { Instance, Plan } from "../plan/plan.ts";
import { isDigest, type RunRecord } from "../store/record.ts";

/** How many past runs of a stage are looked at. */
const sampledRuns = 4;

/**
 * Mean seconds of the last runs of each stage; a stage that never ran is left out.
 *
 * @param lastOf the last fingerprint of an instance
 */
export function learnDurations(
  plan: Plan,
  lastOf: (instance: Instance) => string | undefined,
  readRecord: (fingerprint: string) => RunRecord | undefined,
): Map<string, number> {
  const found = new Map<string, number[]>();
  for (const instance of plan.instances) {
    const { stage } = instance;
    const seconds = found.get(stage) ?? [];
    if (seconds.length === 0) found.set(stage, seconds);
    if (seconds.length >= sampledRuns) continue;
    const last = lastOf(instance);
    const record = isDigest(last) ? readRecord(last) : undefined;
    if (record) seconds.push((Date.parse(record.endedAt) - Date.parse(record.startedAt)) / 1000);
  }
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  return new Map(
    [...found].flatMap(([stage, seconds]) => seconds.length > 0 ? [[stage, mean(seconds)]] : []),
  );
}

/**
 * The rank of every instance: 0 for the one that starts the longest path through what follows it.
 * Equal ones keep their order in the plan.
 *
 * @param instances upstream first
 * @param durations seconds of a stage; 1 where nothing is known
 */
export function rankByCriticalPath(
  instances: readonly Instance[],
  durations: ReadonlyMap<string, number>,
): Map<string, number> {
  const following = new Map<string, number>();
  const path = new Map<string, number>();
  for (const { id, stage, inputs } of instances.toReversed()) {
    const seconds = (durations.get(stage) ?? 1) + (following.get(id) ?? 0);
    path.set(id, seconds);
    for (const input of Object.values(inputs).flat()) {
      following.set(input, Math.max(seconds, following.get(input) ?? 0));
    }
  }
  const order = instances.map(({ id }) => id).sort((a, b) => path.get(b)! - path.get(a)!);
  return new Map(order.map((id, rank) => [id, rank]));
}
