/**
 * What a store has in Slurm, whichever process submitted it.
 *
 * @module
 */
import { basename } from "node:path";
import type { Outcome } from "../pipeline/work.ts";
import { askQueue, cancelJobs, isLive, taskNames } from "./queue.ts";
import type { Store } from "../store/store.ts";
import { watchTimes } from "./watch.ts";
import { SubmissionFolder } from "./submissions.ts";

/** A task that waits or runs. */
export interface OpenTask {
  readonly instance: string;
  /** In Slurm's words; undefined when Slurm does not answer. */
  readonly state: string | undefined;
}

/** The tasks of a pipeline and profile that wait or run, by what Slurm says about them. */
export async function openTasks(
  store: Store,
  pipeline: string,
  profile: string,
): Promise<OpenTask[]> {
  const arrays = arraysOf(store, pipeline, profile);
  if (arrays.length === 0) return [];
  const rows = await askQueue();
  const states = new Map(rows?.map(({ job, index, state }) => [`${job}_${index}`, state]));
  return arrays.flatMap((array) => {
    const ended = new Set(array.ended());
    return array.submission.tasks.flatMap(({ instance }, index): OpenTask[] => {
      if (ended.has(index)) return [];
      const state = states.get(array.nameOf(index));
      // What Slurm has ended or forgotten by itself is over, whatever its files say.
      return rows && !isLive(state ?? "") ? [] : [{ instance, state }];
    });
  });
}

/**
 * Ends the tasks of a pipeline and profile. An engine that waits for them learns of it.
 *
 * @param chosen which instances; all of them when left out
 * @returns the instances whose tasks were ended
 */
export async function cancelTasks(
  store: Store,
  pipeline: string,
  profile: string,
  chosen?: ReadonlySet<string>,
): Promise<string[]> {
  const arrays = arraysOf(store, pipeline, profile).map((array) => {
    const { tasks } = array.submission;
    const over = new Set(array.ended());
    const open = tasks.flatMap(({ instance }, index) =>
      !over.has(index) && (chosen?.has(instance) ?? true) ? [index] : []
    );
    return { array, open, isWhole: open.length === tasks.length - over.size };
  });
  const inSlurm = arrays.filter(({ array, open }) => array.job !== undefined && open.length > 0);
  // An engine must not take their end for an accident: it reads this first.
  for (const { array, open } of arrays) array.endAll(open, cancelled);
  await cancelJobs(
    inSlurm.flatMap(({ array: { job }, open, isWhole }) =>
      isWhole ? [job!] : taskNames(job!, open)
    ),
  );
  if (chosen === undefined) {
    // Nobody waits for a graph that was left. The files of others go with their engine, or the next.
    const left = arrays.filter(({ array }) => array.submission.graph !== undefined);
    await Promise.all(left.map(({ array }) => array.remove()));
  }
  return inSlurm.flatMap(({ array, open }) =>
    open.map((index) => array.submission.tasks[index].instance)
  );
}

const cancelled: Outcome = { kind: "failed", class: "cancelled", message: "it was cancelled" };

function arraysOf(store: Store, pipeline: string, profile: string): SubmissionFolder[] {
  return SubmissionFolder.readAll(store.folder).filter(({ submission }) =>
    submission.pipeline === pipeline && submission.profile === profile
  );
}

/**
 * The submissions of a store that are not over. Those that are, and those that Slurm has forgotten,
 * are removed.
 */
export async function openSubmissions(
  store: Store,
  lostMs = watchTimes.lostMs,
): Promise<SubmissionFolder[]> {
  const all = SubmissionFolder.readAll(store.folder);
  if (all.length === 0) return [];
  const rows = await askQueue();
  const known = new Set(
    rows?.filter(({ state }) => isLive(state)).flatMap(({ job, comment }) => [job, comment]),
  );
  const isAlive = (array: SubmissionFolder): boolean =>
    rows === undefined || known.has(array.comment) || known.has(array.job ?? "") ||
    Date.now() - Date.parse(array.submission.createdAt) < lostMs;
  const graphs = Map.groupBy(all, ({ folder, submission }) => submission.graph ?? basename(folder));
  const open: SubmissionFolder[] = [];
  for (const arrays of graphs.values()) {
    const over = arrays.every((array) => array.isOver || !isAlive(array));
    if (over) await Promise.all(arrays.map((array) => array.remove()));
    else open.push(...arrays);
  }
  return open;
}
