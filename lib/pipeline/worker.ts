/**
 * The side that runs: takes one instance, runs its stage, and publishes what it wrote.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { showControls } from "../core/display_width.ts";
import { environmentError, messageOf, UserError } from "../core/errors.ts";
import { linesOf } from "../core/lines.ts";
import { capturePrints, type PrintTarget } from "../core/prints.ts";
import type { RunRecord, StoredFile } from "../store/record.ts";
import type { InputInstance, Progress, StageKind, StageRegistry } from "../plan/stage.ts";
import { logOf } from "../store/layout.ts";
import { Store } from "../store/store.ts";
import { isParquet } from "../table/parquet_file.ts";
import { checkLate, loadKind } from "./loaded_code.ts";
import { forgetAllWords } from "./unread_words.ts";
import type { FailureClass, Outcome, WorkCommand, WorkerMessage, WorkRequest } from "./work.ts";

/** At most one progress message in this time, in ms. */
const progressEveryMs = 100;

/**
 * Serves requests, one JSON object a line on standard input, until it ends. Messages go to standard
 * output; whatever a stage prints goes to its log.
 */
export async function serveWorker(registry: StageRegistry): Promise<void> {
  forgetAllWords();
  // The engine decides when to stop: Ctrl-C reaches the whole process group.
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => {});
  // The end of standard input is seen only between computations: a killed engine needs a watch.
  new Worker(new URL("./parent_watch.ts", import.meta.url), { type: "module" });
  const stopped = new AbortController();
  const encoder = new TextEncoder();
  const write = Deno.stdout.writeSync.bind(Deno.stdout);
  const send = (message: WorkerMessage): void => {
    // Native code may have left a line without an end.
    write(encoder.encode(`\n${JSON.stringify(message)}\n`));
  };
  const print = capturePrints();
  let work: Promise<void> = Promise.resolve();
  for await (const line of linesOf(Deno.stdin.readable)) {
    const request = JSON.parse(line) as WorkCommand;
    if ("cancel" in request) {
      stopped.abort(new Error("the run was stopped"));
      continue;
    }
    work = work.then(async () => {
      const outcome = await perform(request, registry, {
        progress: (progress) => send({ event: "progress", progress }),
        signal: stopped.signal,
        print,
      });
      send({ event: "ended", outcome });
    });
  }
  // The engine is gone, or done: an instance that still runs must not outlive it.
  Deno.exit(0);
}

/** What an instance reports to while it runs. */
export interface Surroundings {
  progress(progress: Progress): void;
  readonly signal: AbortSignal;
  /** Where what is printed goes now. */
  readonly print: PrintTarget;
}

/** Runs one instance and publishes its record; nothing is published when the stage throws. */
export async function perform(
  request: WorkRequest,
  registry: StageRegistry,
  surroundings: Surroundings,
): Promise<Outcome> {
  try {
    await runInstance(request, registry, surroundings);
    return { kind: "done" };
  } catch (error) {
    const message = showControls(messageOf(environmentError(error) ?? error));
    return { kind: "failed", class: classOf(error, message), message };
  }
}

function classOf(error: unknown, message: string): FailureClass {
  if (error instanceof UserError) return "stage";
  return /out of memory|bad_alloc|failed to allocate memory/i.test(message) ? "memory" : "stage";
}

async function runInstance(
  request: WorkRequest,
  registry: StageRegistry,
  { progress, signal, print }: Surroundings,
): Promise<void> {
  const { attemptFolder } = request;
  const store = new Store(request.storeFolder);
  const startedAt = new Date().toISOString();
  const logFile = Deno.openSync(logOf(attemptFolder), { append: true, create: true });
  const encoder = new TextEncoder();
  const log = (line: string): void => void logFile.writeSync(encoder.encode(line + "\n"));
  print.target = log;
  try {
    const entry = registry[request.kind];
    const { kind, deviceModule } = await loadKind(request, entry, store);
    await checkLate(request, entry, kind);
    const resumeFolder = store.resumeFolder(request.fingerprint);
    const downloadFolder = `${store.folder}/downloads`;
    let lastSent = -Infinity;
    const sources = new Map<string, string>();
    await kind.run({
      params: request.params,
      inputs: inputsOf(request, kind),
      output: (name) => {
        if (Object.hasOwn(kind.outputs, name)) return `${attemptFolder}/${name}`;
        throw new Error(`Cannot write "${name}": stage kind "${kind.kind}" does not declare it`);
      },
      resumeFolder,
      downloadFolder,
      resources: request.resources,
      device: request.device,
      deviceModule,
      log,
      source: (url, digest) => void sources.set(url, digest),
      progress: (each) => {
        const now = performance.now();
        if (now - lastSent < progressEveryMs && each.done !== each.total) return;
        lastSent = now;
        progress(each);
      },
      signal,
    });
    signal.throwIfAborted();
    await checkLate(request, entry, kind);
    const outputs = await storeOutputs(request, kind, store);
    const record: RunRecord = {
      format: 1,
      fingerprint: request.fingerprint,
      instance: request.instance,
      components: request.components,
      outputs,
      ...(sources.size > 0 ? { sources: Object.fromEntries(sources) } : {}),
      log: store.putText(Deno.readTextFileSync(logOf(attemptFolder))),
      codeFiles: request.codeFiles,
      resources: request.resources,
      device: request.device,
      startedAt,
      endedAt: new Date().toISOString(),
      host: hostname(),
      provenance: request.provenance,
    };
    store.putRecord(record);
    removeScratch(store, request.fingerprint);
  } catch (error) {
    // What a person can mend, or has stopped, needs no stack.
    const stack = error instanceof Error && !(error instanceof UserError) && !signal.aborted &&
      error.stack;
    log(stack || messageOf(error));
    throw error;
  } finally {
    print.target = undefined;
    logFile.close();
  }
}

/** The inputs as a stage sees them: a name that does not count cannot be read part by part. */
function inputsOf({ inputs, instance }: WorkRequest, kind: StageKind): WorkRequest["inputs"] {
  const refuse = (name: string) => (): never => {
    throw new Error(
      `Cannot read the axes of input "${name}" of ${instance}: stage kind "${kind.kind}" does ` +
        "not declare it named: true",
    );
  };
  return Object.fromEntries(
    Object.entries(inputs).map(([name, list]) => [
      name,
      kind.inputs[name].named
        ? list
        : list.map(({ axes: _, ...input }) =>
          Object.defineProperty(input as InputInstance, "axes", { get: refuse(name) })
        ),
    ]),
  );
}

/** Removes what attempts have left. The result is published: nothing here decides any more. */
function removeScratch(store: Store, fingerprint: string): void {
  try {
    for (const path of [store.resumeFolder(fingerprint), ...store.attemptsOf(fingerprint)]) {
      if (existsSync(path)) Deno.removeSync(path, { recursive: true });
    }
  } catch {
    // Somebody else removes it too, or may: what stays is collected some day.
  }
}

async function storeOutputs(
  { attemptFolder, instance }: WorkRequest,
  kind: StageKind,
  store: Store,
): Promise<Record<string, StoredFile>> {
  const outputs: Record<string, StoredFile> = {};
  for (const name of Object.keys(kind.outputs)) {
    const flaw = flawOf(`${attemptFolder}/${name}`, name, kind);
    if (flaw !== undefined) throw new Error(`Cannot publish ${instance}: ${flaw}`);
  }
  for (const name of Object.keys(kind.outputs)) {
    outputs[name] = await store.putFile(`${attemptFolder}/${name}`);
  }
  return outputs;
}

/** Why an output cannot be published. */
function flawOf(path: string, name: string, { kind, outputs }: StageKind): string | undefined {
  if (!existsSync(path)) return `stage kind "${kind}" did not write "${name}"`;
  if (!Deno.statSync(path).isFile) return `stage kind "${kind}" did not make a file of "${name}"`;
  return outputs[name].kind === "file" || isParquet(path)
    ? undefined
    : `"${name}" of stage kind "${kind}" is not a Parquet file`;
}
