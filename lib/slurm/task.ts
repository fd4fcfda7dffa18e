/**
 * The worker's side of a job array: runs one request and writes how it ended.
 *
 * @module
 */
import { basename } from "node:path";
import { writeAtomically } from "../core/durable_files.ts";
import { messageOf } from "../core/errors.ts";
import { type Components, fingerprintOf } from "../store/components.ts";
import type { StageRegistry } from "../plan/stage.ts";
import { Claims } from "../store/claims.ts";
import { isDigest } from "../store/record.ts";
import { openStore } from "../store/open_store.ts";
import type { Store } from "../store/store.ts";
import type { RequestFrame } from "../pipeline/requests.ts";
import type { WorkRequest } from "../pipeline/work.ts";
import { capturePrints, perform } from "../pipeline/worker.ts";
import type { TaskEnd } from "./submissions.ts";

/** A request whose inputs are not there yet: it says where to find what they will have been. */
export interface DeferredRequest extends RequestFrame {
  readonly deferred: {
    readonly components: Omit<Components, "inputs">;
    readonly inputs: Readonly<Record<string, readonly DeferredInput[]>>;
  };
}

/** An upstream instance. */
export interface DeferredInput {
  readonly instance: string;
  readonly files: readonly string[];
  /** Its fingerprint, or the file in which its task writes it. */
  readonly of: { readonly fingerprint: string } | { readonly end: string };
}

/**
 * Runs the request of this process's array task. After a restart it has an attempt folder of its
 * own, and the stage goes on from its checkpoints. Ends the process.
 *
 * @param folder the submission's
 */
export async function runTask(folder: string, registry: StageRegistry): Promise<void> {
  const index = Deno.env.get("SLURM_ARRAY_TASK_ID") ?? "0";
  const restart = Number(Deno.env.get("SLURM_RESTART_COUNT") ?? 0);
  const given: WorkRequest | DeferredRequest = JSON.parse(
    await Deno.readTextFile(`${folder}/requests/${index}.json`),
  );
  let end: TaskEnd;
  try {
    const { storeFolder } = given;
    const store = openStore(
      storeFolder,
      (name) => name === "CROSSTIE_CACHE" ? storeFolder : Deno.env.get(name),
      console.error,
    );
    const request = "deferred" in given ? await resolve(given, store) : given;
    const isDeferred = "deferred" in given;
    if ((isDeferred || restart > 0) && await isPublished(request, store, registry)) {
      const { attemptFolder, fingerprint } = request;
      if (attemptFolder) await Deno.remove(attemptFolder, { recursive: true }).catch(() => {});
      end = { kind: "done", fingerprint };
    } else {
      const { fingerprint } = request;
      const first = request.attemptFolder ||
        `${storeFolder}/attempts/${fingerprint}.${basename(folder)}-task-${index}`;
      const attemptFolder = restart > 0 ? `${first}-${restart}` : first;
      await Deno.mkdir(attemptFolder, { recursive: true });
      // Nobody else holds a claim for what was submitted and left.
      const claims = isDeferred ? new Claims(`${storeFolder}/claims`) : undefined;
      claims?.tryClaim(fingerprint);
      end = await runOnce({ ...request, attemptFolder }, registry);
      claims?.close();
    }
  } catch (error) {
    console.error(messageOf(error));
    end = { kind: "failed", class: "lost", message: messageOf(error) };
  }
  writeAtomically(`${folder}/ends/${index}.json`, JSON.stringify(end));
  // Slurm holds back what depends on a task that failed.
  Deno.exit(end.kind === "failed" ? 1 : 0);
}

/** After a restart a task may have succeeded already, and a deferred one may have been overtaken. */
async function isPublished(
  { kind, fingerprint }: WorkRequest,
  store: Store,
  registry: StageRegistry,
): Promise<boolean> {
  const { outputs } = await registry[kind].load();
  const { kind: found } = await store.find(fingerprint, Object.keys(outputs), { reach: "bring" });
  return found === "found";
}

async function runOnce(request: WorkRequest, registry: StageRegistry): Promise<TaskEnd> {
  const { fingerprint, attemptFolder } = request;
  const warned = new AbortController();
  // Slurm says so before the time is up; SIGTERM, of a preemption or scancel, ends the process.
  Deno.addSignalListener("SIGUSR2", () => warned.abort(new Error("its time was almost up")));
  const outcome = await perform(request, registry, {
    progress: () => {},
    signal: warned.signal,
    print: capturePrints(),
  });
  if (outcome.kind === "done") return { kind: "done", fingerprint };
  return warned.signal.aborted
    ? { ...outcome, class: "time", fingerprint, attemptFolder }
    : { ...outcome, fingerprint, attemptFolder };
}

/** The request of an instance whose upstream tasks have ended by now. */
async function resolve(
  { deferred, ...frame }: DeferredRequest,
  store: Store,
): Promise<WorkRequest> {
  const inputs: Record<string, WorkRequest["inputs"][string]> = {};
  const digests: Record<string, Record<string, string>[]> = {};
  for (const [name, list] of Object.entries(deferred.inputs)) {
    const found = await Promise.all(list.map(async ({ instance, files, of }) => {
      const fingerprint = "end" in of
        ? JSON.parse(await Deno.readTextFile(of.end)).fingerprint
        : of.fingerprint;
      const found = isDigest(fingerprint)
        ? await store.find(fingerprint, files, { reach: "bring" })
        : undefined;
      if (found?.kind !== "found") {
        throw new Error(`Cannot run ${frame.instance}: ${instance} left no record`);
      }
      const { outputs } = found.record;
      return {
        instance,
        digests: Object.fromEntries(files.map((file) => [file, outputs[file].digest])),
      };
    }));
    digests[name] = found.map(({ digests }) => digests);
    inputs[name] = found.map(({ instance, digests }) => ({
      instance,
      files: Object.fromEntries(
        Object.entries(digests).map(([file, digest]) => [file, store.objectPath(digest)]),
      ),
    }));
  }
  const components: Components = { ...deferred.components, inputs: digests };
  return { ...frame, components, inputs, fingerprint: fingerprintOf(components) };
}
