/**
 * Brings the results of a pipeline to a remote store, and from it.
 *
 * @module
 */
import { UserError } from "../core/errors.ts";
import type { RemoteStore } from "../store/remote_store.ts";
import type { Freshness, Judge } from "./freshness.ts";

/**
 * The remote store of a workspace.
 *
 * @throws {UserError} when there is none
 */
export function remoteOf({ workspace }: Judge): RemoteStore {
  if (workspace.store.remote) return workspace.store.remote;
  throw new UserError({
    message: "Cannot use a remote store: CROSSTIE_REMOTE is not set",
    hint: "set it to https://host/path, http://host/path or s3://bucket/prefix",
  });
}

/** Sends the fresh results of instances. */
export async function push(
  judge: Judge,
  ids: ReadonlySet<string>,
): Promise<{ results: number; sizeBytes: number; left: string[] }> {
  const remote = remoteOf(judge);
  const { store } = judge.workspace;
  const states = await judge.assess(ids, undefined, { reach: "here" });
  const left: string[] = [];
  const sent = await Promise.all(
    [...states].map(async ([id, state]) => {
      if (state.kind === "fresh") {
        return await remote.push(state.record, (digest) => store.objectPath(digest));
      }
      left.push(id);
      return 0;
    }),
  );
  const sizeBytes = sent.reduce((sum, each) => sum + each, 0);
  return { results: states.size - left.length, sizeBytes, left };
}

/**
 * Fetches the results of instances, each once those it depends on are here.
 *
 * @returns what is here now, in plan order
 */
export async function pull(
  judge: Judge,
  ids: ReadonlySet<string>,
): Promise<Map<string, Freshness>> {
  remoteOf(judge);
  const states = new Map<string, Freshness>();
  const pending = new Map<string, Promise<void>>();
  const recordOf = (id: string) => {
    const state = states.get(id);
    return state?.kind === "fresh" ? state.record : undefined;
  };
  for (const instance of judge.plan.instances) {
    if (!ids.has(instance.id)) continue;
    const inputs = Object.values(instance.inputs).flat().map((id) => pending.get(id));
    const bring = async (): Promise<void> => {
      await Promise.all(inputs);
      states.set(instance.id, await judge.judge(instance, recordOf));
    };
    pending.set(instance.id, bring());
  }
  await Promise.all(pending.values());
  await judge.workspace.store.saveStamps();
  return new Map([...pending.keys()].map((id) => [id, states.get(id)!]));
}
