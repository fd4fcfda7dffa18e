/**
 * Runs a plan: brings every needed instance up to date, then `results/`.
 *
 * @module
 */
import { environmentError, messageOf, type Problem, UserError } from "../core/errors.ts";
import { Claims } from "../store/claims.ts";
import type { RunEvent, RunSummary } from "./events.ts";
import type { Judge } from "./freshness.ts";
import { openJournal } from "../store/journal.ts";
import { assessMemory } from "./expected_memory.ts";
import { checkLocks, lockResults } from "./locking.ts";
import { checkPlaces } from "./machine.ts";
import { learnDurations, rankByCriticalPath } from "./priority.ts";
import { materialize } from "./results.ts";
import { isCatalogCurrent, writeCatalog } from "./results_catalog.ts";
import { checkResultsPlace } from "./results_place.ts";
import { type RunOptions, Scheduler } from "./scheduler.ts";
import { createStore } from "../store/store.ts";
import type { RunRecord } from "../store/record.ts";
import type { Selection } from "../plan/targets.ts";

/** How a run ended, with what is fresh now. */
export interface RunResult extends RunSummary {
  /** Instance → its record, of the needed ones that are fresh. */
  readonly records: ReadonlyMap<string, RunRecord>;
  /** Of sources that are others than the lock had. */
  readonly warnings: readonly Problem[];
}

/**
 * Runs the needed instances of a plan, then brings `results/` up to date.
 *
 * What a stage does wrong is an event and a count; only what breaks the engine itself is thrown.
 *
 * @throws {UserError} before anything runs, when an instance needs more than the executor has, or a
 * person's files are in the way of the results
 */
export async function runPlan(judge: Judge, options: RunOptions): Promise<RunResult> {
  await checkPlaces(judge, options.selection, options.executor.machine);
  checkResultsPlace(judge, options.selection);
  await createStore(judge.workspace.store.folder);
  const startedAt = performance.now();
  const journal = openJournal(judge.workspace.store);
  const claimsFolder = `${judge.workspace.store.folder}/${options.executor.claims ?? "claims"}`;
  const claims = new Claims(claimsFolder, options.claimTimes);
  const emit = (event: RunEvent): void => {
    journal.write(event);
    options.onEvent(event);
  };
  const stop = (): void => judge.workspace.store.remote?.stop();
  options.signal.addEventListener("abort", stop);
  try {
    const { plan } = judge;
    const { store } = judge.workspace;
    const { force, executor: { machine: { memoryMib: machineMib } } } = options;
    const memory = await assessMemory(judge, options.selection, { force, machineMib });
    const durations = learnDurations(
      plan,
      (instance) => judge.lastOf(instance),
      (fingerprint) => store.readRecord(fingerprint),
    );
    emit({
      event: "runStarted",
      run: journal.run,
      pipeline: plan.studies.map(({ pipeline }) => pipeline).join("+"),
      profile: [...new Set(plan.studies.map(({ profile }) => profile))].join("+"),
      stages: countStages(judge, options.selection),
      jobs: options.jobs,
      durations: Object.fromEntries(durations),
      memory,
    });
    const ranks = rankByCriticalPath(plan.instances, durations);
    const prepare = (): void => checkLocks(judge, options.locked === true);
    const scheduler = new Scheduler(judge, options, claims, emit, ranks, prepare);
    const counts = await scheduler.run();
    store.syncRecords(scheduler.ran);
    const interrupted = options.signal.aborted;
    const isWhole = counts.failed + counts.stopped + counts.skipped === 0 && !interrupted;
    const locks = isWhole && !options.locked;
    const { problem, warnings } = await layOut(
      judge,
      scheduler.records,
      locks ? options.selection : undefined,
    );
    const seconds = (performance.now() - startedAt) / 1000;
    const summary = { ...counts, seconds, interrupted };
    emit({ event: "runEnded", summary }); // what has run is told also when it cannot be laid out
    if (problem) throw problem;
    return { ...summary, records: scheduler.records, warnings };
  } finally {
    options.signal.removeEventListener("abort", stop);
    claims.close();
    await options.executor.close();
    journal.close();
  }
}

/** Brings `results/` and, for a selection that is whole, the locks up to date; or says why not. */
async function layOut(
  judge: Judge,
  records: ReadonlyMap<string, RunRecord>,
  locked: Selection | undefined,
): Promise<{ problem?: Error; warnings: Problem[] }> {
  try {
    const states = await judge.assess(undefined, records, { reach: "here" });
    const warnings: Problem[] = [];
    for (const study of judge.plan.studies) {
      await materialize(judge, study, states);
      if (locked) warnings.push(...lockResults(judge, study, states, locked));
    }
    const { resultsFolder } = judge.workspace;
    const places = judge.plan.studies.map(({ place }) => place);
    if (!isCatalogCurrent(resultsFolder, places)) await writeCatalog(resultsFolder, places[0]);
    return { warnings };
  } catch (cause) {
    if (!environmentError(cause)) return { problem: cause as Error, warnings: [] };
    const problem = new UserError({
      message: `Cannot lay out the results: ${messageOf(cause)}`,
      hint: "what has run is in the store: mend this, and run again",
    }, { cause });
    return { problem, warnings: [] };
  }
}

function countStages({ plan }: Judge, { needed }: Selection): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { id, stage } of plan.instances) {
    if (needed.has(id)) counts.set(stage, (counts.get(stage) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}
