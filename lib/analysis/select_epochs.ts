/**
 * Which epoch of a training a protocol chooses, from its scores epoch by epoch.
 *
 * What a published number was selected on is often unsaid, and decides more than what it compares:
 * zero-shot transfer with the last epoch or the source's validation data, or with the target's.
 *
 * @module
 */
import { UserError } from "../core/errors.ts";
import type { ScoreRow } from "../table/schemas/scores.ts";
import type { SelectedRow } from "../table/schemas/selected.ts";

/**
 * - `last`: the last epoch; nothing is looked at.
 * - `sourceDevLoss`: the least loss on the source's validation split.
 * - `sourceDev`: the best score there.
 * - `targetDev`: the best score on the validation split of each target, which is no longer zero-shot.
 */
export const protocols = ["last", "sourceDevLoss", "sourceDev", "targetDev"] as const;

/** One of {@linkcode protocols}. */
export type Protocol = typeof protocols[number];

/** Which score chooses, and on which languages. */
export interface Selection {
  readonly metric: string;
  readonly of: string;
  /** The languages that the model was trained on. */
  readonly sources: readonly string[];
}

type Score = Pick<
  ScoreRow,
  "model" | "corpus" | "language" | "split" | "epoch" | "metric" | "of" | "value"
>;

/**
 * A row for every protocol and test split.
 *
 * @param scores of one model, epoch by epoch
 * @throws {UserError} when a protocol needs a validation split that was not watched
 */
export function selectEpochs(
  scores: readonly Score[],
  chosen: readonly Protocol[],
  { metric, of, sources }: Selection,
): SelectedRow[] {
  const watched = scores.filter(({ epoch }) => epoch !== null);
  const scoresOf = (split: string, name: string, what: string) =>
    watched.filter((row) => row.split === split && row.metric === name && row.of === what);
  const tests = scoresOf("test", metric, of);
  if (tests.length === 0) {
    throw new UserError({
      message: `Cannot select an epoch: no test split was watched with ${metric} of ${of}`,
      hint: "give the train stage an input watch, and its table watched to the evaluate stage",
    });
  }
  const rows: SelectedRow[] = [];
  for (
    const group of Map.groupBy(
      tests,
      ({ model, corpus, language }) => JSON.stringify([model, corpus, language]),
    ).values()
  ) {
    const { model, corpus, language } = group[0];
    for (const protocol of chosen) {
      const best = choose(protocol);
      const test = group.find(({ epoch }) => epoch === best.epoch);
      if (!test) {
        throw new UserError(`Cannot find epoch ${best.epoch} on the test split of ${language}`);
      }
      rows.push({
        model,
        protocol,
        selectedOn: best.on,
        corpus,
        language,
        epoch: best.epoch,
        metric,
        of,
        dev: best.dev,
        test: test.value,
      });
    }

    function choose(protocol: Protocol): { epoch: number; dev: number | null; on: string } {
      if (protocol === "last") {
        const epoch = group.reduce((last, row) => Math.max(last, row.epoch!), 0);
        return { epoch, dev: null, on: "nothing: the last epoch" };
      }
      const isLoss = protocol === "sourceDevLoss";
      const dev = protocol === "targetDev"
        ? scoresOf("validation", metric, of)
          .filter((row) => row.language === language && row.corpus === corpus)
        : scoresOf("validation", isLoss ? "loss" : metric, isLoss ? "micro" : of)
          .filter((row) => sources.includes(row.language));
      const whose = protocol === "targetDev" ? language : sources.join(", ");
      if (dev.length === 0) {
        throw new UserError({
          message: `Cannot select by ${protocol}: the validation split of ${whose} was not watched`,
          hint: "name its tokenized corpus in the input watch of the train stage, " +
            "or leave the protocol out",
        });
      }
      const means = [...Map.groupBy(dev, ({ epoch }) => epoch!)]
        .map(([epoch, rows]) => ({ epoch, value: meanOf(rows.map(({ value }) => value)) }))
        .sort((a, b) => a.epoch - b.epoch);
      const best = means.reduce((a, b) => (isLoss ? b.value < a.value : b.value > a.value) ? b : a);
      const what = isLoss ? "least loss" : `best ${metric} of ${of}`;
      return {
        epoch: best.epoch,
        dev: best.value,
        on: `${what} on the validation split of ${whose}`,
      };
    }
  }
  return rows;
}

/** Summed from the least on: no order of the values changes a bit. */
function meanOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b).reduce((sum, value) => sum + value, 0) / values.length;
}
