/**
 * Our training and PyTorch's on the same batches, in turns.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { type CaseBatches, tokensOf, writeCase } from "./case.ts";
import type { OurAnswer } from "./our_side.ts";
import { type OurStep, partNames, type StepParts } from "./our_steps.ts";
import { type Range, rangeOf } from "./ranges.ts";
import type { RowData } from "./row_batches.ts";
import type { Row } from "./rows.ts";
import { Side } from "./side.ts";

/** How rows are compared. */
export interface ComparisonOptions {
  /** The Python interpreter with PyTorch. */
  readonly python: string;
  readonly threads: number;
  /** Turns of each side. */
  readonly rounds: number;
  readonly log: (line: string) => void;
}

/** Versions of PyTorch's side. */
export type TorchVersions = Record<"python" | "torch" | "transformers", string>;

/** What PyTorch's side answers. */
interface TorchAnswer {
  readonly steps: readonly { loss: number; ms: number }[];
  readonly peakBytes: number;
  readonly versions: TorchVersions;
}

/** One side's numbers. */
export interface SideResult {
  /** Median over the rounds. */
  readonly tokensPerSecond: number;
  readonly peakBytes: number;
}

/** A row's numbers. */
export interface RowResult {
  readonly row: Row;
  readonly ours: SideResult;
  readonly torch: SideResult;
  /** Ours ÷ PyTorch in tokens/s: the median over rounds, the least and the greatest. */
  readonly ratio: Range;
  /** As `ratio`, to PyTorch in bfloat16; undefined where it was not asked. */
  readonly bfloat16Ratio?: Range;
  /** Real tokens a step, and rows that our side computed for them, on average. */
  readonly tokens: number;
  readonly rows: number;
  /** Our products' floating-point operations a second over whole steps: median over the rounds. */
  readonly achieved: number;
  /** Those of plain products in the same rounds, median too. */
  readonly products: number;
  /** Our mean step. */
  readonly stepMs: number;
  readonly parts: StepParts;
  readonly attention: Attention;
  /** The greatest difference of losses without dropout; undefined where weights are not shared. */
  readonly lossDifference?: number;
  readonly versions: TorchVersions;
}

const attentions = ["sdpa", "eager"] as const;
type Attention = typeof attentions[number];

/** Steps before the first round, which nobody measures. */
export const warmUp = 2;
const equalSteps = 5;
const lossTolerance = 1e-4;

/** The steps that a row's batches must serve. */
export function stepsOf({ steps }: Row, rounds: number): number {
  return warmUp + steps * rounds;
}

/**
 * Compares the sides in one row. Each trains in a process of its own, whose turns alternate.
 *
 * @param folder an empty one, for weights and batches
 * @throws {Error} when the losses of equal weights differ, or a process fails
 */
export async function compareRow(
  row: Row,
  { batches, trained }: RowData,
  folder: string,
  options: ComparisonOptions,
): Promise<RowResult> {
  const { rounds, log } = options;
  const shareWeights = row.data === "wikiann";
  await writeCase(folder, row.config, batches, shareWeights, trained);
  const sides = startersOf(row, folder, options);
  const lossDifference = shareWeights ? await compareLosses(sides) : undefined;
  if (lossDifference !== undefined) {
    log(`${equalSteps} steps without dropout: losses differ by ${lossDifference.toExponential(1)}`);
  }
  const attention = await fasterAttention(sides.torch, row, log);

  await using ours = closing(sides.ours("on"));
  await using torch = closing(sides.torch("on", attention));
  await using half = row.inBfloat16 ? closing(sides.torch("on", attention, "bfloat16")) : undefined;
  const ask = async <Answer>({ side }: { side: Side }, from: number, steps: number) =>
    await side.ask<Answer>({ from, steps });
  const first = await ask<OurAnswer>(ours, 0, warmUp);
  const { versions } = await ask<TorchAnswer>(torch, 0, warmUp);
  if (half) await ask<TorchAnswer>(half, 0, warmUp);
  const rowsOf = first.steps.map((step) => step.rows);
  await using products = closing(sides.products(Math.round(mean(rowsOf))));
  const found: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    const from = warmUp + round * row.steps;
    const early = round % 2 === 1 ? await ask<TorchAnswer>(torch, from, row.steps) : undefined;
    const rate = await products.side.ask<number>({});
    const our = await ask<OurAnswer>(ours, from, row.steps);
    const their = early ?? await ask<TorchAnswer>(torch, from, row.steps);
    const inBfloat16 = half && await ask<TorchAnswer>(half, from, row.steps);
    found.push({ from, rate, our, their, inBfloat16 });
    const also = inBfloat16 ? `, in bfloat16 ${meanMs(inBfloat16)} ms` : "";
    log(`round ${round + 1} of ${rounds}: ${roundText(our, their)}${also}`);
  }
  return { ...summarize(row, batches, found), attention, lossDifference, versions };
}

/** What one round gave. */
export interface Round {
  readonly from: number;
  readonly rate: number;
  readonly our: OurAnswer;
  readonly their: Omit<TorchAnswer, "versions">;
  /** PyTorch's, in bfloat16. */
  readonly inBfloat16?: Pick<TorchAnswer, "steps">;
}

/** Medians and means over rounds. */
export function summarize(
  row: Row,
  batches: CaseBatches,
  rounds: readonly Round[],
): Omit<RowResult, "attention" | "lossDifference" | "versions"> {
  const rates = rounds.map(({ from, our, their }) => {
    const tokens = sum(our.steps.map((_, i) => tokensOf(batches, from + i)));
    return {
      tokens,
      ours: 1000 * tokens / totalMs(our.steps),
      torch: 1000 * tokens / totalMs(their.steps),
    };
  });
  const steps = rounds.flatMap(({ our }) => our.steps);
  const bfloat16 = rounds.flatMap(({ our, inBfloat16 }) =>
    inBfloat16 ? [totalMs(inBfloat16.steps) / totalMs(our.steps)] : []
  );
  const last = rounds[rounds.length - 1];
  return {
    row,
    ours: {
      tokensPerSecond: rangeOf(rates.map(({ ours }) => ours)).median,
      peakBytes: last.our.peakBytes,
    },
    torch: {
      tokensPerSecond: rangeOf(rates.map(({ torch }) => torch)).median,
      peakBytes: last.their.peakBytes,
    },
    ratio: rangeOf(rates.map(({ ours, torch }) => ours / torch)),
    ...bfloat16.length > 0 ? { bfloat16Ratio: rangeOf(bfloat16) } : {},
    tokens: sum(rates.map(({ tokens }) => tokens)) / steps.length,
    rows: mean(steps.map((step) => step.rows)),
    achieved: rangeOf(rounds.map(({ our }) => achieved(our.steps))).median,
    products: rangeOf(rounds.map(({ rate }) => rate)).median,
    stepMs: totalMs(steps) / steps.length,
    parts: meanParts(steps),
  };
}

/** Floating-point operations a second over whole steps. */
function achieved(steps: readonly OurStep[]): number {
  return 1000 * sum(steps.map(({ operations }) => operations)) / totalMs(steps);
}

function meanParts(steps: readonly OurStep[]): StepParts {
  return Object.fromEntries(
    partNames.map((name) => [name, mean(steps.map(({ parts }) => parts[name]))]),
  ) as StepParts;
}

const torchScript = fileURLToPath(new URL("../references/bench_train.py", import.meta.url));

function startersOf(row: Row, folder: string, { python, threads, rounds }: ComparisonOptions) {
  const args = (dropout: string) => [
    ...[folder, "--threads", `${threads}`, "--dropout", dropout],
    ...["--total-steps", `${stepsOf(row, rounds)}`],
  ];
  return {
    ours: (dropout: "on" | "off") =>
      Side.startModule("our side", new URL("our_side.ts", import.meta.url), args(dropout)),
    torch: (
      dropout: "on" | "off",
      attention: Attention,
      precision: "float32" | "bfloat16" = "float32",
    ) =>
      Side.start("PyTorch", python, [
        ...[torchScript, ...args(dropout), "--attention", attention, "--precision", precision],
      ]),
    products: (rows: number) =>
      Side.startModule("the products", new URL("products_side.ts", import.meta.url), [
        ...[folder, `${rows}`, `${threads}`],
      ]),
  };
}

type Starters = ReturnType<typeof startersOf>;

/** The greatest difference of the losses, from equal weights without dropout. */
async function compareLosses({ ours, torch }: Starters): Promise<number> {
  const losses = [];
  for (const start of [() => ours("off"), () => torch("off", "sdpa")]) {
    await using process = closing(start());
    const { steps } = await process.side.ask<OurAnswer | TorchAnswer>({
      from: 0,
      steps: equalSteps,
    });
    losses.push(steps.map(({ loss }) => loss));
  }
  const [our, their] = losses;
  const difference = Math.max(...our.map((loss, i) => Math.abs(loss - their[i])));
  if (difference <= lossTolerance) return difference;
  throw new Error(
    `Cannot compare the sides as their losses must agree to ${lossTolerance} from equal weights ` +
      `without dropout: got ${our.join(", ")} and ${their.join(", ")}`,
  );
}

/** The attention with which PyTorch is the faster, in turns. */
async function fasterAttention(
  start: Starters["torch"],
  { steps }: Row,
  log: (line: string) => void,
): Promise<Attention> {
  await using sdpa = closing(start("on", "sdpa"));
  await using eager = closing(start("on", "eager"));
  const times: Record<Attention, number[]> = { sdpa: [], eager: [] };
  for (let turn = 0; turn < 3; turn++) {
    for (const [attention, { side }] of [["sdpa", sdpa], ["eager", eager]] as const) {
      const question = { from: turn * steps, steps: turn === 0 ? warmUp : steps };
      const answer = await side.ask<TorchAnswer>(question);
      if (turn > 0) times[attention].push(totalMs(answer.steps) / steps);
    }
  }
  const fastest = (attention: Attention) => Math.min(...times[attention]);
  log(
    "PyTorch's attention, ms a step: " +
      attentions.map((each) => `${each} ${fastest(each).toFixed(0)}`).join(", "),
  );
  return fastest("sdpa") <= fastest("eager") ? "sdpa" : "eager";
}

function closing(side: Side) {
  return { side, [Symbol.asyncDispose]: () => side.close() };
}

function roundText(our: TimedSteps, their: TimedSteps): string {
  return `a step takes ours ${meanMs(our)} ms, PyTorch ${meanMs(their)} ms`;
}

interface TimedSteps {
  readonly steps: readonly { readonly ms: number }[];
}

function meanMs({ steps }: TimedSteps): string {
  return (totalMs(steps) / steps.length).toFixed(0);
}

function totalMs(steps: readonly { readonly ms: number }[]): number {
  return sum(steps.map(({ ms }) => ms));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
