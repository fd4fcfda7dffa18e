/**
 * What a model scores at the epochs that a protocol chose.
 *
 * @module
 */
import { UserError } from "../core/errors.ts";
import type { CountRow, ScoreRow } from "../table/schemas/scores.ts";
import type { SelectedRow } from "../table/schemas/selected.ts";
import type { Protocol } from "./select_epochs.ts";

type Of = Pick<ScoreRow, "model" | "corpus" | "language" | "split" | "epoch">;

/** For every test split of a model, the epoch that a protocol chose. */
export type Choice = ReadonlyMap<string, number>;

/** A corpus in one language. */
export type Target = Pick<ScoreRow, "corpus" | "language">;

/**
 * The choices of a protocol.
 *
 * @param targets those that are taken; all if left out
 * @throws {UserError} when it chose nothing, or nothing for one of the targets
 */
export function choiceOf(
  selected: readonly SelectedRow[],
  protocol: Protocol,
  targets?: readonly Target[],
): Choice {
  const chosen = selected.filter((row) => row.protocol === protocol);
  if (chosen.length === 0) {
    const others = [...new Set(selected.map((row) => row.protocol))];
    throw new UserError({
      message: `Cannot take the epochs that "${protocol}" chose: nothing is selected by it`,
      hint: `the stage select has ${others.join(", ") || "no rows"}: name it in its protocols`,
    });
  }
  const taken = targets === undefined ? chosen : targets.flatMap((target) => {
    const found = chosen.filter((row) => isOf(row, target));
    if (found.length > 0) return found;
    throw new UserError({
      message: `Cannot take the scores on ${target.corpus}, ${target.language}: no epoch was ` +
        "chosen for it",
      hint: "name it in the input watch of the train stage, or leave it out of input targets",
    });
  });
  return new Map(taken.map((row) => [nameOf(row), row.epoch]));
}

function isOf(row: Target, { corpus, language }: Target): boolean {
  return row.corpus === corpus && row.language === language;
}

/**
 * The rows of the chosen epochs on the test splits, in their order. They stand for the model that a
 * training gave, so that they have no epoch any more.
 */
export function rowsOfChoice<R extends Of>(rows: readonly R[], choice: Choice): R[] {
  return rows.flatMap((row) =>
    row.split === "test" && row.epoch !== null && choice.get(nameOf(row)) === row.epoch
      ? [{ ...row, epoch: null }]
      : []
  );
}

/**
 * Checks that there is one evaluation of a chosen epoch.
 *
 * @throws {UserError} when an epoch was evaluated more than once: its counts would be mixed up
 */
export function checkOnce(
  scores: readonly ScoreRow[],
  counts: readonly CountRow[],
): void {
  const twice = firstTwice(scores, ({ metric, of }) => `${metric} ${of}`) ??
    firstTwice(counts, ({ sentence, counting, of }) => `${sentence} ${counting} ${of}`);
  if (twice === undefined) return;
  const { corpus, language } = twice;
  throw new UserError({
    message:
      `Cannot take the scores of a chosen epoch on ${corpus}, ${language}: it was evaluated ` +
      "more than once",
    hint: "let the train stage evaluate at the ends of epochs: evaluateUnit: epochs",
  });
}

function firstTwice<R extends Of>(rows: readonly R[], part: (row: R) => string): R | undefined {
  const known = new Set<string>();
  return rows.find((row) => {
    const { size } = known;
    return known.add(`${nameOf(row)} ${part(row)}`).size === size;
  });
}

function nameOf({ model, corpus, language }: Pick<Of, "model" | "corpus" | "language">): string {
  return JSON.stringify([model, corpus, language]);
}
