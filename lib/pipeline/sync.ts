/**
 * Brings the results of a pipeline to a remote store, and from it.
 *
 * @module
 */
import { UserError } from "../core/errors.ts";
import { Slots } from "../core/slots.ts";
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

/** Results that are fetched at once: those that are whole when it is stopped stay so. */
const resultsAtOnce = 32;

/** Hears how many results there are by now, of how many. */
export type SyncProgress = (done: number, total: number) => void;

/**
 * Sends the fresh results of instances.
 *
 * @returns how many results are there now, and the instances that are not fresh
 * @throws {UserError} when the server fails
 */
export async function push(
  judge: Judge,
  ids: ReadonlySet<string>,
  onProgress: SyncProgress = () => {},
): Promise<{ results: number; left: string[] }> {
  const remote = remoteOf(judge);
  const { store } = judge.workspace;
  const states = await judge.assess(ids, undefined, { reach: "here" });
  const left = [...states].filter(([, { kind }]) => kind !== "fresh").map(([id]) => id);
  const records = [...states.values()].flatMap((state) =>
    state.kind === "fresh" ? [state.record] : []
  );
  const results = await remote.push(
    records,
    (digest) => store.objectPath(digest),
    (done) => onProgress(done, records.length),
  );
  return { results, left };
}

/**
 * Fetches the results of instances, each once those it depends on are here.
 *
 * @returns what is here now, in plan order
 */
export async function pull(
  judge: Judge,
  ids: ReadonlySet<string>,
  onProgress: SyncProgress = () => {},
): Promise<Map<string, Freshness>> {
  remoteOf(judge);
  const states = new Map<string, Freshness>();
  const pending = new Map<string, Promise<void>>();
  const turns = new Slots(resultsAtOnce);
  let done = 0;
  const recordOf = (id: string) => {
    const state = states.get(id);
    return state?.kind === "fresh" ? state.record : undefined;
  };
  for (const instance of judge.plan.instances) {
    if (!ids.has(instance.id)) continue;
    const inputs = Object.values(instance.inputs).flat().map((id) => pending.get(id));
    const bring = async (): Promise<void> => {
      await Promise.all(inputs);
      const state = await turns.use(() => judge.judge(instance, recordOf));
      states.set(instance.id, state);
      onProgress(++done, ids.size);
    };
    pending.set(instance.id, bring());
  }
  await Promise.all(pending.values());
  await judge.workspace.store.saveStamps();
  return new Map([...pending.keys()].map((id) => [id, states.get(id)!]));
}
