/**
 * What a big model costs an instance, beside Python, in turns.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { linesOf } from "../../lib/core/lines.ts";
import { type Range, rangeOf } from "./ranges.ts";
import type { Section } from "./report.ts";

/** What is measured, in the order of the table: a name of the process's task, and what it says. */
export const costs = [
  {
    task: "tokenizer",
    what: "tokenizer",
    title: "read tokenizer.json",
  },
  { task: "encode", what: "encode", title: "encode 10,000 sentences" },
  { task: "weights", what: "read", title: "read the weights" },
  { task: "weights", what: "write", title: "write the weights" },
  { task: "train", what: "first step", title: "start a training, to the end of its first step" },
  { task: "train", what: "end", title: "end a training: write all" },
  {
    task: "predict",
    what: "first batch",
    title: "start a prediction, to the end of its first batch",
  },
] as const;

/** One of {@linkcode costs}. */
export type Cost = typeof costs[number];

/** What one side took. */
export interface Taken {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** A cost's numbers. */
export interface CostResult {
  readonly cost: Cost;
  /** Ours ÷ Python's wall time: below 1 we are the faster. */
  readonly ratio: Range;
  /** Medians over the rounds. */
  readonly ours: Taken;
  readonly python: Taken;
}

/** How costs are compared. */
export interface CostOptions {
  readonly python: string;
  readonly threads: number;
  readonly rounds: number;
  readonly tasks: readonly string[];
  readonly log: (line: string) => void;
}

type Sides = Readonly<Record<"ours" | "python", ReadonlyMap<string, Taken>>>;

const ourModule = fileURLToPath(new URL("costs_ours.ts", import.meta.url));

/** The program that Python's side runs. */
export const pythonScript = fileURLToPath(
  new URL("../references/bench_costs.py", import.meta.url),
);

/**
 * Measures costs in a folder that `prepareCosts` has filled. Every measurement has a process of its
 * own; sides take turns, and one round goes before, which nobody counts.
 */
export async function compareCosts(folder: string, options: CostOptions): Promise<CostResult[]> {
  const { python, threads, rounds, tasks, log } = options;
  const found: Sides[] = [];
  for (let round = 0; round <= rounds; round++) {
    const ours = new Map<string, Taken>(), theirs = new Map<string, Taken>();
    for (const task of tasks) {
      const args = [task, folder, `${threads}`];
      const turns = [
        () => take(ours, Deno.execPath(), ["run", "-A", ourModule, ...args]),
        () => take(theirs, python, [pythonScript, ...args]),
      ];
      for (const turn of round % 2 ? turns.reverse() : turns) await turn();
    }
    log(
      `round ${round} of ${rounds}: ${
        [...ours].map(([what, { wallMs }]) =>
          `${what} ${seconds(wallMs)} against ${seconds(theirs.get(what)!.wallMs)} s`
        ).join(", ")
      }`,
    );
    if (round > 0) found.push({ ours, python: theirs });
  }
  return costs.filter(({ task }) => tasks.includes(task)).map((cost) => summarize(cost, found));
}

/** Runs a process; notes what each of its lines says that was done. */
async function take(
  taken: Map<string, Taken>,
  program: string,
  args: readonly string[],
): Promise<void> {
  const startMs = performance.now();
  const child = new Deno.Command(program, { args: [...args], stdout: "piped" }).spawn();
  for await (const line of linesOf(child.stdout)) {
    const { what, ms, cpuMs }: { what: string; ms?: number; cpuMs: number } = JSON.parse(line);
    taken.set(what, { wallMs: ms ?? performance.now() - startMs, cpuMs });
  }
  const { success } = await child.status;
  if (!success) throw new Error(`Cannot measure ${args.join(" ")}: it says above why`);
}

/** Medians over rounds. */
export function summarize(cost: Cost, rounds: readonly Sides[]): CostResult {
  const of = (side: keyof Sides): Taken[] => rounds.map((round) => round[side].get(cost.what)!);
  const medians = (each: readonly Taken[]): Taken => ({
    wallMs: rangeOf(each.map(({ wallMs }) => wallMs)).median,
    cpuMs: rangeOf(each.map(({ cpuMs }) => cpuMs)).median,
  });
  const [ours, python] = [of("ours"), of("python")];
  return {
    cost,
    ratio: rangeOf(ours.map(({ wallMs }, i) => wallMs / python[i].wallMs)),
    ours: medians(ours),
    python: medians(python),
  };
}

/** The results as a table. */
export function costsSection(results: readonly CostResult[], encoder: string): Section {
  return {
    title: `What ${encoder} costs an instance`,
    columns: [
      ...["cost", "time ÷ Python's", "least … greatest", "s", "Python, s", "processor s"],
      "Python's",
    ],
    rows: results.map(({ cost, ratio, ours, python }) => [
      cost.title,
      ratio.median.toFixed(2),
      `${ratio.least.toFixed(2)} … ${ratio.greatest.toFixed(2)}`,
      ...[ours.wallMs, python.wallMs, ours.cpuMs, python.cpuMs].map(seconds),
    ]),
    notes: [
      "Below 1 ours is the faster. Medians over the rounds; every measurement is a process of its own, whose files the system has in memory. Processor time is user and system time of all threads.",
      "Starts count from the start of the process, with all that is imported; the rest counts alone. Both sides read sentences that are tokenized already; Python's training and prediction read the tokenizer as well, which pads there and is written in the end.",
      "read tokenizer.json: `Tokenizer.from_file` in Python; ours also takes the digest of its content. encode: `encode_batch` on all threads; ours is one thread. read the weights: `load_file` and a copy of each tensor, as the file is only mapped before. write: `save_file`. end: `save_pretrained` of model and tokenizer; ours writes the training's graphs and tables too.",
    ],
  };
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(2);
}
