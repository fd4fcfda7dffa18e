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
import { materialize } from "./results.ts";
import { type RunOptions, Scheduler } from "./scheduler.ts";
import { createStore } from "../store/store.ts";
import type { Selection } from "../plan/targets.ts";

/**
 * Runs the needed instances of a plan, then brings `results/` up to date.
 *
 * What a stage does wrong is an event and a count; only what breaks the engine itself is thrown.
 */
export async function runPlan(judge: Judge, options: RunOptions): Promise<RunSummary> {
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
    emit({
      event: "runStarted",
      run: journal.run,
      pipeline: plan.pipeline,
      profile: plan.profile,
      stages: countStages(judge, options.selection),
      jobs: options.jobs,
    });
    const scheduler = new Scheduler(judge, options, claims, emit);
    const counts = await scheduler.run();
    const states = await judge.assess(undefined, scheduler.records, { reach: "here" });
    await materialize(judge, states);
    const whole = counts.failed + counts.skipped === 0 && !options.signal.aborted;
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

function countStages({ plan }: Judge, { needed }: Selection): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { id, stage } of plan.instances) {
    if (needed.has(id)) counts[stage] = (counts[stage] ?? 0) + 1;
  }
  return counts;
}
