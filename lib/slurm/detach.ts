/**
 * Submits a whole graph to Slurm and leaves: one array for each stage and set of resources, each
 * after those that it takes from.
 *
 * @module
 */
import { canonicalJson, type Json } from "../core/canonical_json.ts";
import { UserError } from "../core/errors.ts";
import type { Instance } from "../plan/plan.ts";
import { type Selection, stageOf } from "../plan/targets.ts";
import { cancelJobs } from "./queue.ts";
import { askMaxArraySize, submitArray } from "./submit.ts";
import { createStore } from "../store/store.ts";
import { frameOf } from "../pipeline/components.ts";
import type { Freshness, Judge } from "../pipeline/freshness.ts";
import { Requests } from "../pipeline/requests.ts";
import { arrayJob } from "./array_job.ts";
import { openSubmissions, openTasks } from "./jobs.ts";
import type { DeferredInput, DeferredRequest } from "./task.ts";
import { SubmissionFolder } from "./submissions.ts";

/** An array that was submitted. */
export interface DetachedArray {
  readonly job: string;
  readonly stage: string;
  readonly instances: number;
}

/**
 * Submits every needed instance that is not fresh. A task finds its inputs when it starts; one
 * whose result is there by then does nothing. What follows a failed task is cancelled by Slurm.
 *
 * @throws {UserError} when Slurm refuses an array; those before it are cancelled
 */
export async function submitGraph(
  judge: Judge,
  { needed }: Selection,
  workerArguments: readonly string[],
): Promise<DetachedArray[]> {
  const { plan, workspace: { store } } = judge;
  await createStore(store.folder);
  await openSubmissions(store); // clears what is over
  const waiting = plan.studies.map(({ pipeline, profile }) => openTasks(store, pipeline, profile));
  const earlier = (await Promise.all(waiting)).flat().length;
  if (earlier > 0) {
    throw new UserError({
      message: `Cannot submit this graph: ${earlier} of its instances are in Slurm already`,
      hint: "wait for them with --executor slurm alone, or end them with crosstie cancel",
    });
  }
  const states = await judge.assess(needed, undefined, { reach: "bring" });
  const size = await askMaxArraySize();
  const graph = crypto.randomUUID();
  const requests = new Requests(judge);
  /** Instance → where its task will write how it ended. */
  const places = new Map<string, { array: SubmissionFolder; index: number }>();
  const submitted: DetachedArray[] = [];
  const open = plan.instances.filter(({ id }) =>
    states.has(id) && states.get(id)!.kind !== "fresh"
  );
  try {
    for (const members of chunks(open, size)) {
      const tasks: { request: DeferredRequest; fingerprint?: string }[] = [];
      const after = new Set<string>();
      for (const instance of members) {
        const upstream = Object.values(instance.inputs).flat();
        for (const id of upstream) {
          const job = places.get(id)?.array.job;
          if (job !== undefined) after.add(job);
        }
        const state = states.get(instance.id)!;
        const fingerprint = state.kind === "stale" ? state.fingerprint : undefined;
        // A task makes its attempt folder when it knows its fingerprint.
        const frame = await requests.frame(instance, instance.resources, "");
        const kind = plan.kinds.get(instance.kind)!;
        const inputs = Object.fromEntries(
          Object.entries(instance.inputs).map(([name, ids]) => [
            name,
            ids.map((id): DeferredInput => ({
              instance: judge.context.instances.get(id)!.name,
              axes: judge.context.instances.get(id)!.axes,
              files: kind.inputs[name].files,
              named: kind.inputs[name].named,
              of: sourceOf(id, states, places),
            })),
          ]),
        );
        const components = await frameOf(instance, kind, judge.context);
        tasks.push({ request: { ...frame, deferred: { components, inputs } }, fingerprint });
      }
      const [{ stage, name, study: { pipeline, profile }, resources, slurm }] = members;
      const array = await SubmissionFolder.create(store.folder, {
        format: 1,
        token: crypto.randomUUID(),
        pipeline,
        profile,
        graph,
        createdAt: new Date().toISOString(),
        tasks: tasks.map(({ request: { instance }, fingerprint }) => ({ instance, fingerprint })),
      }, tasks.map(({ request }) => request));
      members.forEach(({ id }, index) => places.set(id, { array, index }));
      const job = {
        ...arrayJob(array, resources, slurm, workerArguments),
        name: `${pipeline}.${stageOf(name)}`,
        after: [...after],
      };
      const reply = await submitArray(job);
      if (reply.kind === "full") throw reply.error;
      array.noteJob(reply.job);
      submitted.push({ job: array.job!, stage, instances: members.length });
    }
  } catch (error) {
    await cancelJobs(submitted.map(({ job }) => job));
    for (const array of new Set([...places.values()].map(({ array }) => array))) {
      await array.remove();
    }
    throw error;
  }
  return submitted;
}

/** Instances of equal stage and resources, upstream first, in chunks that an array can have. */
function* chunks(instances: readonly Instance[], size: number): Generator<Instance[]> {
  const sets = Map.groupBy(
    instances,
    ({ stage, resources, slurm }) => canonicalJson({ stage, resources, slurm } as unknown as Json),
  );
  for (const set of sets.values()) {
    for (let i = 0; i < set.length; i += size) yield set.slice(i, i + size);
  }
}

function sourceOf(
  id: string,
  states: ReadonlyMap<string, Freshness>,
  places: ReadonlyMap<string, { array: SubmissionFolder; index: number }>,
): DeferredInput["of"] {
  const state = states.get(id)!;
  if (state.kind === "fresh") return { fingerprint: state.fingerprint };
  const { array, index } = places.get(id)!;
  return { end: `${array.folder}/ends/${index}.json` };
}
