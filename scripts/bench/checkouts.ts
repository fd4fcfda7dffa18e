/**
 * Training steps of this checkout and of another one, in turns.
 *
 * @module
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type CaseBatches, tokensOf, writeCase } from "./case.ts";
import { stepsOf, warmUp } from "./comparison.ts";
import type { OurAnswer } from "./our_side.ts";
import { type Range, rangeOf } from "./ranges.ts";
import type { Section } from "./report.ts";
import type { RowData } from "./row_batches.ts";
import type { Row } from "./rows.ts";
import { Side } from "./side.ts";

/** How checkouts are compared. */
export interface CheckoutOptions {
  /** The folder of the other checkout. */
  readonly other: string;
  readonly threads: number;
  /** Turns of each checkout. */
  readonly rounds: number;
  readonly log: (line: string) => void;
}

/** A row's numbers. */
export interface CheckoutResult {
  readonly row: Pick<Row, "name">;
  /** This checkout's tokens/s ÷ the other's, round by round. */
  readonly ratio: Range;
  /** Medians over the rounds, tokens/s. */
  readonly here: number;
  readonly other: number;
  /** The greatest difference of the losses of the same step, nats. */
  readonly lossDifference: number;
}

/** One round: what either checkout did from step `from` on. */
export interface CheckoutRound {
  readonly from: number;
  readonly here: Pick<OurAnswer, "steps">;
  readonly other: Pick<OurAnswer, "steps">;
}

/** The module that trains a checkout's steps. */
export function sideModule(checkout: string): string {
  return join(checkout, "scripts/bench/our_side.ts");
}

/**
 * Compares the checkouts in one row. Each trains in a process of its own, with its own code and
 * packages, from the same weights on the same batches; they take turns, the other one first.
 *
 * @param folder an empty one, for weights and batches
 * @throws {Error} when a process fails
 */
export async function compareCheckouts(
  row: Row,
  { batches, trained }: RowData,
  folder: string,
  { other: checkout, threads, rounds, log }: CheckoutOptions,
): Promise<CheckoutResult> {
  await writeCase(folder, row.config, batches, row.data === "wikiann", trained);
  const args = [
    ...[folder, "--threads", `${threads}`],
    ...["--total-steps", `${stepsOf(row, rounds)}`],
  ];
  const other = Side.startModule("the other side", pathToFileURL(sideModule(checkout)), args);
  await using _other = { [Symbol.asyncDispose]: () => other.close() };
  const here = Side.startModule("our side", new URL("our_side.ts", import.meta.url), args);
  await using _here = { [Symbol.asyncDispose]: () => here.close() };
  const turn = async (from: number, steps: number): Promise<CheckoutRound> => ({
    from,
    other: await other.ask<OurAnswer>({ from, steps }),
    here: await here.ask<OurAnswer>({ from, steps }),
  });
  await turn(0, warmUp);
  const found: CheckoutRound[] = [];
  for (let round = 0; round < rounds; round++) {
    found.push(await turn(warmUp + round * row.steps, row.steps));
    const ratio = ratioOf(found[round]).toFixed(3);
    log(`round ${round + 1} of ${rounds}: ${ratio} of the other's tokens/s`);
  }
  return summarizeCheckouts(row, batches, found);
}

/** Medians over rounds. */
export function summarizeCheckouts(
  row: Pick<Row, "name">,
  batches: CaseBatches,
  rounds: readonly CheckoutRound[],
): CheckoutResult {
  const rate = (who: "here" | "other") =>
    rangeOf(rounds.map((round) => {
      const { from, [who]: { steps } } = round;
      const tokens = steps.reduce((sum, _, i) => sum + tokensOf(batches, from + i), 0);
      return 1000 * tokens / msOf(round, who);
    })).median;
  return {
    row,
    ratio: rangeOf(rounds.map(ratioOf)),
    here: rate("here"),
    other: rate("other"),
    lossDifference: Math.max(
      ...rounds.flatMap(({ here, other }) =>
        here.steps.map(({ loss }, i) => Math.abs(loss - other.steps[i].loss))
      ),
    ),
  };
}

/** The results as a table. */
export function checkoutSection(results: readonly CheckoutResult[]): Section {
  return {
    title: "This checkout and the other one in turns",
    columns: [
      ...["row", "tokens/s ÷ the other's", "least … greatest", "tokens/s", "the other's"],
      "losses differ by",
    ],
    rows: results.map(({ row, ratio, here, other, lossDifference }) => [
      row.name,
      ratio.median.toFixed(3),
      `${ratio.least.toFixed(3)} … ${ratio.greatest.toFixed(3)}`,
      here.toFixed(0),
      other.toFixed(0),
      lossDifference === 0 ? "0" : lossDifference.toExponential(1),
    ]),
    notes: [
      "Medians over the rounds, in which both train the same batches from the same weights with " +
      "the same dropout masks. Ratios compare within this run only.",
    ],
  };
}

function msOf(round: CheckoutRound, who: "here" | "other"): number {
  return round[who].steps.reduce((sum, { ms }) => sum + ms, 0);
}

function ratioOf(round: CheckoutRound): number {
  return msOf(round, "other") / msOf(round, "here");
}
