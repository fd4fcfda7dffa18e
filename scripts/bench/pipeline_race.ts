/**
 * Runs sides in turns and tells how long each took.
 *
 * @module
 */
import { rangeOf } from "./ranges.ts";
import { type CommandLine, type Cost, timed } from "./pipeline_process.ts";
import type { Section } from "./report.ts";

/** One tool, ready to be run again and again. */
export interface Runner {
  readonly name: string;
  readonly command: CommandLine;
  /** Before every run, outside the time. */
  before?(): Promise<void>;
  /** Whether what it printed is what was to be measured. */
  isRight(printed: string): boolean;
}

/** What a side took in each round; fewer rounds than others for a slow one. */
export interface Lap {
  readonly name: string;
  readonly costs: readonly Cost[];
}

/** A side that takes longer runs in the first rounds only. */
const slowMs = 3_000;
const slowRounds = 2;

/** Lets all run in turns, in another order each round. */
export async function race(
  runners: readonly Runner[],
  rounds: number,
  log: (line: string) => void,
): Promise<Lap[]> {
  const laps = runners.map(({ name }) => ({ name, costs: [] as Cost[] }));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < runners.length; turn++) {
      const i = (turn + round) % runners.length;
      const { name, command, before, isRight } = runners[i];
      const { costs } = laps[i];
      if (round >= slowRounds && costs[0].wallMs > slowMs) continue;
      await before?.();
      const { cost, printed } = await timed(command);
      if (!isRight(printed)) {
        throw new Error(`Cannot use this run of ${name}: it printed ${printed.slice(-1000)}`);
      }
      costs.push(cost);
      log(`round ${round + 1}, ${name}: ${cost.wallMs.toFixed(0)} ms`);
    }
  }
  return laps;
}

/** Ours first, then the others, with their wall time as a multiple of ours in the same rounds. */
export function raceSection(
  title: string,
  laps: readonly Lap[],
  notes: readonly string[],
): Section {
  const [ours] = laps;
  return {
    title,
    columns: ["tool", "wall ÷ ours", "wall, ms", "least … greatest", "processor, ms", "peak MiB"],
    rows: laps.map(({ name, costs }) => {
      const wall = rangeOf(costs.map(({ wallMs }) => wallMs));
      // A slow side has fewer rounds than a quick one.
      const both = costs.slice(0, ours.costs.length);
      const ratio = rangeOf(both.map(({ wallMs }, round) => wallMs / ours.costs[round].wallMs));
      return [
        name,
        ratio.median.toFixed(2),
        wall.median.toFixed(0),
        `${wall.least.toFixed(0)} … ${wall.greatest.toFixed(0)}`,
        rangeOf(costs.map(({ processorMs }) => processorMs)).median.toFixed(0),
        peakMebibytes(costs),
      ];
    }),
    notes,
  };
}

/** Our own sizes, each as a multiple of the one before. */
export function growthSection(
  title: string,
  laps: readonly (Lap & { readonly instances: number })[],
): Section {
  const medianOf = (i: number, key: "wallMs" | "processorMs") =>
    rangeOf(laps[i].costs.map((cost) => cost[key])).median;
  const growth = (i: number, key: "wallMs" | "processorMs") =>
    i === 0 ? "" : (medianOf(i, key) / medianOf(i - 1, key)).toFixed(1);
  return {
    title,
    columns: [
      ...["instances", "wall ÷ row above", "processor ÷ row above"],
      ...["wall, ms", "processor, ms", "peak MiB"],
    ],
    rows: laps.map(({ instances, costs }, i) => [
      String(instances),
      growth(i, "wallMs"),
      growth(i, "processorMs"),
      medianOf(i, "wallMs").toFixed(0),
      medianOf(i, "processorMs").toFixed(0),
      peakMebibytes(costs),
    ]),
    notes: ["crosstie alone; each row has ten times the instances of the one above."],
  };
}

function peakMebibytes(costs: readonly Cost[]): string {
  return (rangeOf(costs.map(({ peakBytes }) => peakBytes)).median / 2 ** 20).toFixed(0);
}
