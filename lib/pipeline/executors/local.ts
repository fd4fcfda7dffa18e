/**
 * Runs instances in worker processes of this machine, each reused for many instances.
 *
 * @module
 */
import { logOf } from "../../store/layout.ts";
import { thisMachine } from "../machine.ts";
import type {
  Executor,
  FailureClass,
  Listener,
  Outcome,
  WorkCommand,
  WorkerMessage,
  WorkRequest,
} from "../work.ts";

/** How long a worker has to stop by itself, in ms. */
const graceMs = 1_000;
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
  const idle: WorkerProcess[] = [];
  const all = new Set<WorkerProcess>();
  return {
    machine,
    capacity: { ...machine, cores: jobs },
    async run(request, listener, signal) {
      const worker = idle.pop() ?? new WorkerProcess(workerArguments);
      all.add(worker);
      const outcome = await worker.run(request, listener, signal);
      if (worker.isUsable) idle.push(worker);
      else all.delete(worker);
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
  #stopping: "time" | "cancelled" | undefined;
  #ended = false;
  /** Whether its process said so before it ended. */
  #outOfMemory = false;
  #killsBefore = 0;

  constructor(workerArguments: readonly string[]) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: [...workerArguments],
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
    const cancel = (): void => this.#stop("cancelled");
    const minutes = request.resources.timeMinutes;
    const limit = minutes === undefined
      ? undefined
      : setTimeout(() => this.#stop("time"), minutes * 60_000);
    signal.addEventListener("abort", cancel);
    this.#send(request);
    if (signal.aborted) cancel();
    try {
      const outcome = await promise;
      if (this.#stopping !== undefined) await this.#finished;
      return outcome;
    } finally {
      clearTimeout(limit);
      signal.removeEventListener("abort", cancel);
      this.#job = undefined;
    }
  }

  /** Ends the process once it is idle. */
  async end(): Promise<void> {
    await this.#input.close().catch(() => {});
    await this.#finished;
  }

  #stop(reason: "time" | "cancelled"): void {
    if (this.#stopping !== undefined) return;
    this.#stopping = reason;
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
      class: this.#stopping ?? this.#classOf(status.signal),
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
    const stopped = outcome.kind === "failed" && this.#stopping !== undefined;
    const message = this.#stopping === "time" ? "its time was up" : "it was stopped";
    this.#job?.settle(stopped ? { kind: "failed", class: this.#stopping!, message } : outcome);
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

/** How often this machine has killed a process for want of memory. */
function countMemoryKills(): number {
  try {
    return Number(/^oom_kill (\d+)/m.exec(Deno.readTextFileSync("/proc/vmstat"))?.[1] ?? 0);
  } catch {
    return 0; // not Linux
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
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    lines.forEach(use);
  }
  if (rest !== "") use(rest);
}
