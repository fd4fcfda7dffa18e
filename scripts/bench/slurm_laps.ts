/**
 * The parts of the measurement with Slurm: each does something with many instances and tells what
 * that took.
 *
 * @module
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { SlurmCluster, Spies } from "../../lib/slurm/testdata/cluster.ts";
import type { Section } from "./report.ts";
import { mebibytes, percent, secondsOf, shareOfCore, type Usage, usageOf } from "./slurm_watch.ts";

type Log = (line: string) => void;

/** An engine that waits for its instances. */
export interface WaitingEngine {
  readonly process: Deno.ChildProcess;
  readonly wide: Wide;
  readonly spies: Spies;
}

/** A pipeline of one wide stage and what gathers it, with a store of its own. */
interface Wide {
  readonly project: string;
  readonly file: string;
  readonly instances: number;
  readonly env: Record<string, string>;
  readonly store: string;
}

/**
 * @param stages over how many stages the instances are spread, each with as many
 * @param sleepMs how long each instance of the first stage takes
 */
async function wideOf(
  cluster: SlurmCluster,
  project: string,
  name: string,
  { instances, stages, sleepMs }: { instances: number; stages: number; sleepMs: number },
): Promise<Wide> {
  const words = Array.from({ length: instances / stages }, (_, i) => `w${i}`);
  const resources = "resources: {memory: 64MiB}";
  const followers = Array.from(
    { length: stages - 1 },
    (_, i) =>
      `  wide${
        i + 1
      }: {use: upper, matrix: {word: $words}, inputs: {text: wide${i}}, ${resources}}`,
  );
  const text = [
    `name: ${name}`,
    `params: {words: [${words.join(", ")}]}`,
    "stages:",
    `  wide0: {use: write, matrix: {word: $words}, with: {text: $word, sleepMs: ${sleepMs}}, ` +
    `${resources}}`,
    ...followers,
    "",
  ].join("\n");
  const store = join(project, `store_${name}`);
  await Deno.writeTextFile(join(project, `${name}.yaml`), text);
  const env = { ...cluster.env, CROSSTIE_CACHE: store, CROSSTIE_GC: "off", NO_COLOR: "1" };
  return { project, file: `${name}.yaml`, instances, env, store };
}

/** Starts a command of ours on a wide pipeline. */
function start(
  { project, file, env }: Wide,
  spies: Spies,
  command: string,
  ...rest: string[]
): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--v8-flags=--max-semi-space-size=8",
      "main.ts",
      command,
      "-f",
      file,
      ...rest,
    ],
    cwd: project,
    env: { ...env, PATH: spies.path },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs a command of ours to its end: what it printed, and the seconds. */
async function timedRun(
  wide: Wide,
  spies: Spies,
  command: string,
  ...rest: string[]
): Promise<{ printed: string; seconds: number }> {
  const startedAt = performance.now();
  const { success, stdout, stderr } = await start(wide, spies, command, ...rest).output();
  const [out, error] = [stdout, stderr].map((each) => new TextDecoder().decode(each));
  if (!success) throw new Error(`Cannot measure ${command}: ${(out + error).slice(-2000)}`);
  return { printed: out, seconds: (performance.now() - startedAt) / 1000 };
}

/** Submits many instances that will not run for long, and watches the engine while they wait. */
export async function pendingSection(
  cluster: SlurmCluster,
  project: string,
  { instances, watchSeconds }: { instances: number; watchSeconds: number },
  log: Log,
): Promise<{ section: Section; engine: WaitingEngine }> {
  const shape = { instances, stages: 1, sleepMs: 3_600_000 };
  const wide = await wideOf(cluster, project, "pending", shape);
  const spies = await cluster.spies();
  const controller = Number(await Deno.readTextFile(`${cluster.folder}/slurmctld.pid`));
  const controllerBefore = usageOf(controller);
  const startedAt = performance.now();
  const process = start(wide, spies, "run", "--executor", "slurm");
  const failure = process.status.then(({ code }) => {
    throw new Error(`the engine ended with code ${code} while its instances waited`);
  });
  failure.catch(() => {}); // it ends later, when it is told to
  await Promise.race([
    failure,
    cluster.until(() => Promise.resolve(isSubmitted(wide, spies)), 600),
  ]);
  const submitSeconds = (performance.now() - startedAt) / 1000;
  const submitted = usageOf(process.pid);
  const controllerThen = usageOf(controller);
  log(`${instances} submitted in ${submitSeconds.toFixed(1)} s`);
  // The questions slow down; what lasts is what counts.
  await Promise.race([failure, pause(60_000)]);
  const [engineFrom, controllerFrom] = [usageOf(process.pid), usageOf(controller)];
  const questions = questionsTo(spies);
  const watchedAt = performance.now();
  await Promise.race([failure, pause(1000 * watchSeconds)]);
  const wallMs = performance.now() - watchedAt;
  const [engine, control] = [usageOf(process.pid), usageOf(controller)];
  const perMinute = (60_000 * (questionsTo(spies) - questions)) / wallMs;
  const status = await timedRun(wide, spies, "status");
  log(status.printed.trim().split("\n").find((line) => line.startsWith("in Slurm")) ?? "no status");
  const rows: [string, string][] = [
    ["seconds until all are in Slurm", submitSeconds.toFixed(1)],
    ["sbatch calls", String(spies.calls("sbatch").length)],
    ["the engine's processor time until then, s", secondsOf(submitted)],
    ["slurmctld's processor time until then, s", secondsOf(controllerThen, controllerBefore)],
    ["questions a minute, while all wait", perMinute.toFixed(1)],
    [
      "the engine's share of a core, while all wait",
      percent(shareOfCore(engineFrom, engine, wallMs)),
    ],
    [
      "slurmctld's share of a core, while all wait",
      percent(shareOfCore(controllerFrom, control, wallMs)),
    ],
    [
      "the engine's resident memory, MiB (peak)",
      `${mebibytes(engine.residentBytes)} (${mebibytes(engine.peakBytes)})`,
    ],
    ["seconds of crosstie status", status.seconds.toFixed(1)],
  ];
  return {
    section: {
      title: `${instances} instances wait, with an engine`,
      columns: ["what", "value"],
      rows,
      notes: [
        "One stage; eight instances run and sleep, the others are pending. The engine is watched from " +
        `a minute after the last submission on, for ${watchSeconds} s; questions are squeue and sacct.`,
      ],
    },
    engine: { process, wide, spies },
  };
}

/** Interrupts an engine whose instances wait. */
export async function cancelSection(
  cluster: SlurmCluster,
  { process, wide, spies }: WaitingEngine,
  log: Log,
): Promise<Section> {
  const startedAt = performance.now();
  process.kill("SIGINT");
  const { code } = await process.output();
  const endSeconds = (performance.now() - startedAt) / 1000;
  if (code !== 130) throw new Error(`the interrupted engine ended with code ${code}, not 130`);
  const empty = async () => (await cluster.run("squeue", "-h", "-o", "%T")) === "";
  await cluster.until(empty, 300);
  const emptySeconds = (performance.now() - startedAt) / 1000;
  log(`interrupted in ${endSeconds.toFixed(1)} s`);
  return {
    title: `${wide.instances} waiting instances are interrupted`,
    columns: ["what", "value"],
    rows: [
      ["seconds from Ctrl-C to the engine's end", endSeconds.toFixed(1)],
      ["seconds until Slurm has none of them", emptySeconds.toFixed(1)],
      ["scancel calls", String(spies.calls("scancel").length)],
    ],
    notes: [],
  };
}

/** Submits a graph of two stages and leaves; asks for its status, then cancels it. */
export async function detachSection(
  cluster: SlurmCluster,
  project: string,
  instances: number,
  log: Log,
): Promise<Section> {
  const shape = { instances, stages: 2, sleepMs: 3_600_000 };
  const wide = await wideOf(cluster, project, "detached", shape);
  const spies = await cluster.spies();
  const detached = await timedRun(wide, spies, "run", "--executor", "slurm", "--detach");
  log(`detached in ${detached.seconds.toFixed(1)} s`);
  const submissions = spies.calls("sbatch").length;
  const status = await timedRun(wide, spies, "status");
  const some = await timedRun(wide, spies, "cancel", "wide1[word=w7]");
  const cancel = await timedRun(wide, spies, "cancel");
  const empty = async () => (await cluster.run("squeue", "-h", "-o", "%T")) === "";
  await cluster.until(empty, 300);
  return {
    title: `${instances} instances of two stages, detached`,
    columns: ["what", "value"],
    rows: [
      ["seconds of crosstie run --detach", detached.seconds.toFixed(1)],
      ["sbatch calls", String(submissions)],
      ["seconds of crosstie status", status.seconds.toFixed(1)],
      ["seconds of crosstie cancel for one instance", some.seconds.toFixed(1)],
      ["seconds of crosstie cancel for all", cancel.seconds.toFixed(1)],
      ["scancel calls", String(spies.calls("scancel").length)],
    ],
    notes: [],
  };
}

/** Runs instances to their end. */
export async function runSection(
  cluster: SlurmCluster,
  project: string,
  instances: number,
  log: Log,
): Promise<Section> {
  const wide = await wideOf(cluster, project, "run", { instances, stages: 1, sleepMs: 0 });
  const spies = await cluster.spies();
  const startedAt = performance.now();
  const process = start(wide, spies, "run", "--executor", "slurm");
  let usage: Usage | undefined;
  const watch = setInterval(() => usage = lastUsage(process.pid) ?? usage, 1_000);
  const output = await process.output().finally(() => clearInterval(watch));
  const seconds = (performance.now() - startedAt) / 1000;
  const printed = new TextDecoder().decode(output.stdout);
  if (!printed.includes(`${instances} ran, 0 fresh, 0 failed`)) {
    throw new Error(`not all instances ran: ${printed.slice(-500)}`);
  }
  log(`${instances} ran in ${seconds.toFixed(1)} s`);
  const minutes = seconds / 60;
  return {
    title: `${instances} instances run to their end`,
    columns: ["what", "value"],
    rows: [
      ["seconds", seconds.toFixed(1)],
      ["instances a second", (instances / seconds).toFixed(1)],
      ["sbatch calls", String(spies.calls("sbatch").length)],
      ["questions a minute", (questionsTo(spies) / minutes).toFixed(1)],
      ["the engine's processor time, s", usage ? secondsOf(usage) : ""],
      ["the engine's peak memory, MiB", usage ? mebibytes(usage.peakBytes) : ""],
    ],
    notes: [
      "Each task is a process of its own that publishes a record, and writes how it ended. The " +
      "speed is that of Slurm and of two cores, which share starting the processes.",
    ],
  };
}

/** What a process has used, unless it has ended. */
function lastUsage(pid: number): Usage | undefined {
  try {
    return usageOf(pid);
  } catch {
    return undefined;
  }
}

/** Whether Slurm has accepted every instance. */
function isSubmitted({ store, instances }: Wide, spies: Spies): boolean {
  const asked = spies.calls("sbatch").map((call) => Number(/--array=0-(\d+)/.exec(call)![1]) + 1);
  if (asked.reduce((sum, each) => sum + each, 0) < instances) return false;
  const folders = readdirSync(`${store}/slurm`).map((token) => `${store}/slurm/${token}`);
  return folders.every((folder) => existsSync(`${folder}/job`));
}

function questionsTo(spies: Spies): number {
  return spies.calls("squeue").length + spies.calls("sacct").length;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
