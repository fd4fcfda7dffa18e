/**
 * The worker's side of a job array: runs one request and writes how it ended.
 *
 * @module
 */
import { statSync } from "node:fs";
import { writeAtomically } from "../core/durable_files.ts";
import { messageOf } from "../core/errors.ts";
import { capturePrints } from "../core/prints.ts";
import type { Instance } from "../plan/plan.ts";
import { type Components, fingerprintOf, type InputContent } from "../store/fingerprint.ts";
import type { Progress, StageRegistry } from "../plan/stage.ts";
import { Claims } from "../store/claims.ts";
import { isDigest } from "../store/record.ts";
import { openStore } from "../store/open_store.ts";
import type { Store } from "../store/store.ts";
import { inputContent } from "../pipeline/components.ts";
import { placed, type RequestFrame } from "../pipeline/requests.ts";
import { forgetAllWords } from "../pipeline/unread_words.ts";
import type { WorkRequest } from "../pipeline/work.ts";
import { perform, type Surroundings } from "../pipeline/worker.ts";
import { ownAttemptFolder, SubmissionFolder, type TaskEnd } from "./submissions.ts";

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
  readonly axes: Instance["axes"];
  readonly files: readonly string[];
  /** Whether its name counts. */
  readonly named?: true;
  /** Its fingerprint, or the file in which its task writes it. */
  readonly of: { readonly fingerprint: string } | { readonly end: string };
}

/** How often a task that waits for another process looks, at first and at last, in ms. */
const waitMs = 250;
const slowestWaitMs = 5_000;
/** When progress is left for the first time, and how often then at most, in ms. */
const firstProgressMs = 1_000;
const progressEveryMs = 5_000;

/**
 * Runs the request of this process's array task, unless its result is there by now; waits while
 * another process runs the same. After a restart it has an attempt folder of its own, and the stage
 * goes on from its checkpoints. Ends the process.
 *
 * @param folder the submission's
 */
export async function runTask(folder: string, registry: StageRegistry): Promise<void> {
  forgetAllWords();
  const index = Number(Deno.env.get("SLURM_ARRAY_TASK_ID") ?? 0);
  const given = SubmissionFolder.readRequest(folder, index) as WorkRequest | DeferredRequest;
  const warned = new AbortController();
  // Slurm says so before the time is up; SIGTERM, of a preemption or scancel, ends the process.
  Deno.addSignalListener("SIGUSR2", () => warned.abort(new Error("its time was almost up")));
  let end: TaskEnd;
  try {
    const { storeFolder } = given;
    const store = openStore(
      storeFolder,
      (name) => name === "CROSSTIE_CACHE" ? storeFolder : Deno.env.get(name),
      console.error,
    );
    const request = "deferred" in given ? await resolve(given, store) : given;
    const { fingerprint } = request;
    const claims = new Claims(`${storeFolder}/claims`);
    try {
      await claim(claims, fingerprint, warned.signal);
      if (await isPublished(request, store, registry)) {
        const { attemptFolder } = request;
        if (attemptFolder) await Deno.remove(attemptFolder, { recursive: true }).catch(() => {});
        end = { kind: "done", fingerprint };
      } else {
        const attemptFolder = attemptOf(request, folder, index);
        await Deno.mkdir(attemptFolder, { recursive: true });
        end = await runOnce({ ...request, attemptFolder }, registry, {
          progress: progressFile(`${folder}/progress/${index}.json`),
          signal: warned.signal,
        });
      }
    } finally {
      claims.close();
    }
  } catch (error) {
    console.error(messageOf(error));
    const cause = warned.signal.aborted ? "time" : "lost";
    end = { kind: "failed", class: cause, message: messageOf(error) };
  }
  writeAtomically(`${folder}/ends/${index}.json`, JSON.stringify(end));
  // Slurm holds back what depends on a task that failed.
  Deno.exit(end.kind === "failed" ? 1 : 0);
}

/** Claims what this task is to run, once nobody else runs it. */
async function claim(claims: Claims, fingerprint: string, signal: AbortSignal): Promise<void> {
  for (let pauseMs = waitMs; !claims.tryClaim(fingerprint);) {
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    pauseMs = Math.min(slowestWaitMs, 1.5 * pauseMs);
  }
  const heartbeat = new URL("./heartbeat.ts", import.meta.url);
  heartbeat.searchParams.set("claim", claims.fileOf(fingerprint)!);
  new Worker(heartbeat, { type: "module" });
}

/**
 * Whether a result has been published since it was decided to run this: by a life of this task
 * before a restart, or by another process.
 */
async function isPublished(
  { kind, fingerprint, attemptFolder }: WorkRequest,
  store: Store,
  registry: StageRegistry,
): Promise<boolean> {
  const outputs = Object.keys((await registry[kind].load()).outputs);
  const found = await store.find(fingerprint, outputs, { reach: "bring" });
  if (found.kind !== "found") return false;
  // The attempt's folder is as old as the decision, and goes when something is published. A
  // result that is older is to be made again.
  const decided = attemptFolder && statSync(attemptFolder, { throwIfNoEntry: false });
  return !decided || Date.parse(found.record.endedAt) >= decided.mtimeMs;
}

function attemptOf(request: WorkRequest, folder: string, index: number): string {
  const restart = Number(Deno.env.get("SLURM_RESTART_COUNT") ?? 0);
  const first = request.attemptFolder || ownAttemptFolder(folder, index, request.fingerprint);
  return restart > 0 ? `${first}-${restart}` : first;
}

/** Leaves progress in a file, now and then; a file that cannot be written is no failure. */
function progressFile(path: string): (progress: Progress) => void {
  let next = performance.now() + firstProgressMs;
  return (progress) => {
    if (performance.now() < next) return;
    next = performance.now() + progressEveryMs;
    try {
      Deno.writeTextFileSync(`${path}.tmp`, JSON.stringify(progress));
      Deno.renameSync(`${path}.tmp`, path);
    } catch {
      // The next one may succeed.
    }
  };
}

async function runOnce(
  request: WorkRequest,
  registry: StageRegistry,
  { progress, signal }: Pick<Surroundings, "progress" | "signal">,
): Promise<TaskEnd> {
  const { fingerprint, attemptFolder } = request;
  await Deno.mkdir(`${attemptFolder}/out`, { recursive: true });
  const outcome = await perform(request, registry, { progress, signal, print: capturePrints() });
  if (outcome.kind === "done") return { kind: "done", fingerprint };
  return { ...outcome, ...signal.aborted && { class: "time" }, fingerprint, attemptFolder };
}

/** The request of an instance whose upstream tasks have ended by now. */
async function resolve(
  { deferred, ...frame }: DeferredRequest,
  store: Store,
): Promise<WorkRequest> {
  const inputs: Record<string, WorkRequest["inputs"][string]> = {};
  const contents: Record<string, InputContent[]> = {};
  for (const [name, list] of Object.entries(deferred.inputs)) {
    const found = await Promise.all(list.map(async (input) => {
      const { instance, files, of } = input;
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
      const digests = files.map((file): [string, string] => [file, outputs[file].digest]);
      return { ...input, files: Object.fromEntries(digests) };
    }));
    contents[name] = found.map((input) => inputContent(input, input));
    inputs[name] = found.map(({ instance, axes, files }) => ({
      instance,
      axes,
      ...placed(files, store),
    }));
  }
  const components: Components = { ...deferred.components, inputs: contents };
  return { ...frame, components, inputs, fingerprint: fingerprintOf(components) };
}
