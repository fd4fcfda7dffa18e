/**
 * What a store has in Slurm, whichever process submitted it.
 *
 * @module
 */
import { basename } from "node:path";
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
 * Ends the tasks of a pipeline and profile.
 *
 * @param chosen which instances; all of them when left out, and their files are removed
 * @returns the instances whose tasks were ended
 */
export async function cancelTasks(
  store: Store,
  pipeline: string,
  profile: string,
  chosen?: ReadonlySet<string>,
): Promise<string[]> {
  const arrays = arraysOf(store, pipeline, profile);
  const jobs: string[] = [];
  const ended: string[] = [];
  for (const array of arrays) {
    const over = new Set(array.ended());
    const open = array.submission.tasks.map(({ instance }, index) => ({ instance, index }))
      .filter(({ instance, index }) => !over.has(index) && (chosen?.has(instance) ?? true));
    if (array.job === undefined || open.length === 0) continue;
    ended.push(...open.map(({ instance }) => instance));
    const isWhole = open.length === array.submission.tasks.length - over.size;
    if (isWhole) jobs.push(array.job);
    else jobs.push(...taskNames(array.job, open.map(({ index }) => index)));
  }
  await cancelJobs(jobs);
  if (chosen === undefined) await Promise.all(arrays.map((array) => array.remove()));
  return ended;
}

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
