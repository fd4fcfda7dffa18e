/**
 * Runs a plan: brings every needed instance up to date, then `results/`.
 *
 * @module
 */
import { Claims } from "../store/claims.ts";
import type { RunEvent, RunSummary } from "./events.ts";
import type { Judge } from "./freshness.ts";
import { openJournal } from "../store/journal.ts";
import { lockResults } from "./locking.ts";
import { tooLarge, tooLargeError } from "./machine.ts";
import { learnDurations, rankByCriticalPath } from "./priority.ts";
import { materialize } from "./results.ts";
import { type RunOptions, Scheduler } from "./scheduler.ts";
import { createStore } from "../store/store.ts";
import type { Selection } from "../plan/targets.ts";

/**
 * Runs the needed instances of a plan, then brings `results/` up to date.
 *
 * What a stage does wrong is an event and a count; only what breaks the engine itself is thrown.
 *
 * @throws {UserError} before anything runs, when an instance needs more than the executor has
 */
export async function runPlan(judge: Judge, options: RunOptions): Promise<RunSummary> {
  await checkSizes(judge, options);
  await createStore(judge.workspace.store.folder);
  const startedAt = performance.now();
  const journal = openJournal(judge.workspace.store);
  const claims = new Claims(`${judge.workspace.store.folder}/claims`, options.claimTimes);
  const emit = (event: RunEvent): void => {
    journal.write(event);
    options.onEvent(event);
  };
  const stop = (): void => judge.workspace.store.remote?.stop();
  options.signal.addEventListener("abort", stop);
  try {
    const { plan } = judge;
    const { store } = judge.workspace;
    const durations = learnDurations(
      plan,
      (id) => judge.history.last(id),
      (fingerprint) => store.readRecord(fingerprint),
    );
    emit({
      event: "runStarted",
      run: journal.run,
      pipeline: plan.pipeline,
      profile: plan.profile,
      stages: countStages(judge, options.selection),
      jobs: options.jobs,
      durations: Object.fromEntries(durations),
    });
    const ranks = rankByCriticalPath(plan.instances, durations);
    const scheduler = new Scheduler(judge, options, claims, emit, ranks);
    const counts = await scheduler.run();
    const states = await judge.assess(undefined, scheduler.records, { reach: "here" });
    await materialize(judge, states);
    const whole = counts.failed + counts.stopped + counts.skipped === 0 && !options.signal.aborted;
    if (whole && !options.locked) await lockResults(judge, states, options.selection);
    const seconds = (performance.now() - startedAt) / 1000;
    const summary = { ...counts, seconds, interrupted: options.signal.aborted };
    emit({ event: "runEnded", summary });
    return summary;
  } finally {
    options.signal.removeEventListener("abort", stop);
    await claims.close();
    await options.executor.close();
    journal.close();
  }
}

/** Refuses stale instances that need more than the executor has. */
async function checkSizes(judge: Judge, { selection, executor }: RunOptions): Promise<void> {
  const needed = judge.plan.instances.filter(({ id }) => selection.needed.has(id));
  const large = tooLarge(needed, executor.machine);
  if (large.length === 0) return;
  const states = await judge.assess(selection.needed);
  const stale = large.filter(({ id }) => states.get(id)!.kind !== "fresh");
  if (stale.length > 0) throw tooLargeError(stale, executor.machine);
}

function countStages({ plan }: Judge, { needed }: Selection): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { id, stage } of plan.instances) {
    if (needed.has(id)) counts[stage] = (counts[stage] ?? 0) + 1;
  }
  return counts;
}
