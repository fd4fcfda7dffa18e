/**
 * Runs instances in worker processes of this machine, each reused for many instances.
 *
 * @module
 */
import { linesOf } from "../../core/lines.ts";
import { logOf } from "../../store/layout.ts";
import {
  countMemoryKills,
  forgetPeakMemory,
  peakMemoryMib,
  residentMemoryMib,
} from "../../core/process_memory.ts";
import { thisMachine, visibleGpus } from "../machine.ts";
import type {
  Executor,
  Failure,
  FailureClass,
  Listener,
  Outcome,
  WorkCommand,
  WorkerMessage,
  WorkRequest,
} from "../work.ts";

/** How long a worker has to stop by itself, in ms. */
const graceMs = 1_000;
/** How often an instance's memory is looked at, in ms. */
const memoryEveryMs = 1_000;
/** How far it may go beyond what it may have: code that is mapped counts as resident, too. */
const memoryTolerance = 1.1;
/** What a worker has of its own, about, in MiB: its code and its libraries. */
const ownMib = 256;
/** A worker that has kept more of one instance is no place for another whose memory is limited. */
const mostKeptMib = 768;
/** What others end a process with; the rest it brings on itself. */
const outsideSignals: readonly Deno.Signal[] = ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"];

/**
 * An executor of local processes.
 *
 * @param workerArguments what the Deno executable is given to serve requests on standard input,
 * such as `["run", "-A", "main.ts", "worker"]`
 * @param jobs cores that instances may use together
 */
export function localExecutor(workerArguments: readonly string[], jobs: number): Executor {
  const machine = thisMachine();
  const gpus = visibleGpus();
  const freeGpus = new Set(gpus);
  const idle: WorkerProcess[] = [];
  const all = new Set<WorkerProcess>();
  /** A worker keeps the graphics processors that it has touched. */
  const workerFor = async (own: readonly string[], isLimited: boolean): Promise<WorkerProcess> => {
    const at = idle.findLastIndex((worker) =>
      worker.gpus.join() === own.join() && (!isLimited || worker.isSmall())
    );
    if (at >= 0) return idle.splice(at, 1)[0];
    const inTheWay = idle.filter((worker) => worker.gpus.some((gpu) => own.includes(gpu)));
    await Promise.all(inTheWay.map(async (worker) => {
      idle.splice(idle.indexOf(worker), 1);
      await worker.end();
      all.delete(worker);
    }));
    return new WorkerProcess(workerArguments, own);
  };
  return {
    machine,
    capacity: { ...machine, cores: jobs },
    async run(request, listener, signal) {
      const { resources } = request;
      const own = gpus.filter((gpu) => freeGpus.has(gpu)).slice(0, resources.gpus);
      for (const gpu of own) freeGpus.delete(gpu);
      const isLimited = resources.limitsMemory === true;
      const worker = await workerFor(own, isLimited);
      all.add(worker);
      const outcome = await worker.run(request, listener, signal);
      if (isLimited && !worker.isSmall()) await worker.end();
      if (worker.isUsable) idle.push(worker);
      else all.delete(worker);
      for (const gpu of own) freeGpus.add(gpu);
      return outcome;
    },
    async close() {
      await Promise.all([...all].map((worker) => worker.end()));
    },
    kill() {
      for (const worker of all) worker.kill("SIGKILL");
    },
  };
}

interface Job {
  readonly logFile: string;
  readonly listener: Listener;
  readonly settle: (outcome: Outcome) => void;
}

class WorkerProcess {
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #finished: Promise<void>;
  #job: Job | undefined;
  #stopping: Failure | undefined;
  #ended = false;
  /** Whether its process said so before it ended. */
  #outOfMemory = false;
  #killsBefore = 0;
  /** What it had kept of other instances when this one began, in MiB. */
  #keptMib = 0;

  /** @param gpus the graphics processors that it sees; all that this process does when none */
  constructor(workerArguments: readonly string[], readonly gpus: readonly string[]) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: [...workerArguments],
      env: gpus.length > 0 ? { CUDA_VISIBLE_DEVICES: gpus.join() } : {},
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#input = this.#process.stdin.getWriter();
    this.#finished = this.#serve();
  }

  get isUsable(): boolean {
    return !this.#ended && this.#stopping === undefined;
  }

  /** Whether what it took for others is little, and can be told from what comes. */
  isSmall(): boolean {
    const { pid } = this.#process;
    const resident = residentMemoryMib(pid);
    return resident > 0 && resident <= mostKeptMib && forgetPeakMemory(pid);
  }

  async run(
    request: WorkRequest,
    listener: Listener,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const logFile = logOf(request.attemptFolder);
    this.#job = { logFile, listener, settle: resolve };
    this.#outOfMemory = false;
    this.#killsBefore = countMemoryKills();
    const cancel = (): void => this.#stop("cancelled", "it was stopped");
    this.#keptMib = Math.max(0, residentMemoryMib(this.#process.pid) - ownMib);
    const { timeMinutes, limitsMemory, memoryMib } = request.resources;
    const limit = timeMinutes === undefined
      ? undefined
      : setTimeout(() => this.#stop("time", "its time was up"), timeMinutes * 60_000);
    const watch = limitsMemory
      ? setInterval(() => this.#checkMemory(memoryMib), memoryEveryMs)
      : undefined;
    signal.addEventListener("abort", cancel);
    this.#send(request);
    if (signal.aborted) cancel();
    try {
      const outcome = await promise;
      if (this.#stopping !== undefined) await this.#finished;
      return outcome;
    } finally {
      clearTimeout(limit);
      clearInterval(watch);
      signal.removeEventListener("abort", cancel);
      this.#job = undefined;
    }
  }

  /** Ends the process once it is idle. */
  async end(): Promise<void> {
    await this.#input.close().catch(() => {});
    await this.#finished;
  }

  #checkMemory(memoryMib: number): void {
    const taken = peakMemoryMib(this.#process.pid) - this.#keptMib;
    if (taken <= memoryTolerance * memoryMib) return;
    this.#stop(
      "memory",
      `it took ${taken} MiB of memory, and may take ${memoryMib}: raise resources.memory`,
    );
  }

  #stop(reason: FailureClass, message: string): void {
    if (this.#stopping !== undefined) return;
    this.#stopping = { kind: "failed", class: reason, message };
    this.#send({ cancel: true });
    const timer = setTimeout(() => this.kill("SIGKILL"), graceMs);
    this.#finished.then(() => clearTimeout(timer));
  }

  #send(command: WorkCommand): void {
    const line = new TextEncoder().encode(JSON.stringify(command) + "\n");
    // A worker that died meanwhile is noticed by #serve.
    this.#input.write(line).catch(() => {});
  }

  kill(signal: Deno.Signal): void {
    try {
      this.#process.kill(signal);
    } catch {
      // It has ended already.
    }
  }

  async #serve(): Promise<void> {
    const [status] = await Promise.all([
      this.#process.status,
      eachLine(this.#process.stdout, (line) => this.#receive(line)),
      eachLine(this.#process.stderr, (line) => this.#log(line)),
    ]);
    this.#ended = true;
    await this.#input.close().catch(() => {});
    const how = status.signal ? `by signal ${status.signal}` : `with code ${status.code}`;
    this.#settle({
      kind: "failed",
      class: this.#classOf(status.signal),
      message: `its process ended ${how}`,
    });
  }

  #receive(line: string): void {
    const message = parseMessage(line);
    if (!message) return this.#log(line);
    if (message.event === "progress") this.#job?.listener.progress(message.progress);
    else this.#settle(message.outcome);
    if (message.event !== "progress" && this.#stopping !== undefined) this.kill("SIGKILL");
  }

  #settle(outcome: Outcome): void {
    this.#job?.settle(outcome.kind === "failed" ? this.#stopping ?? outcome : outcome);
  }

  #classOf(signal: Deno.Signal | null): FailureClass {
    if (this.#outOfMemory) return "memory";
    if (signal === "SIGKILL" && countMemoryKills() > this.#killsBefore) return "memory";
    return signal !== null && outsideSignals.includes(signal) ? "lost" : "crashed";
  }

  #log(line: string): void {
    if (!this.#job) return;
    if (/out of memory|bad_alloc/i.test(line)) this.#outOfMemory = true;
    try {
      Deno.writeTextFileSync(this.#job.logFile, line + "\n", { append: true, create: false });
    } catch {
      // The log is stored already: a late line of native code has no place any more.
    }
  }
}

function parseMessage(line: string): WorkerMessage | undefined {
  try {
    const message = JSON.parse(line);
    return typeof message?.event === "string" ? message : undefined;
  } catch {
    return undefined;
  }
}

async function eachLine(
  stream: ReadableStream<Uint8Array>,
  use: (line: string) => void,
): Promise<void> {
  for await (const line of linesOf(stream)) use(line);
}
