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
  const tests = watched.filter((row) =>
    row.split === "test" && row.metric === metric && row.of === of
  );
  if (tests.length === 0) {
    throw new UserError({
      message: `Cannot select an epoch: no test split was watched with ${metric} of ${of}`,
      hint: "give the train stage an input watch, and its table watched to the evaluate stage",
    });
  }
  const targets = Map.groupBy(
    tests,
    ({ model, corpus, language }) => JSON.stringify([model, corpus, language]),
  );
  return [...targets.values()].flatMap((group) =>
    chosen.map((protocol): SelectedRow => {
      const { model, corpus, language } = group[0];
      const { epoch, dev, on } = choose(protocol, group, watched, { metric, of, sources });
      const { value } = group.find((row) => row.epoch === epoch)!;
      return {
        model,
        protocol,
        selectedOn: on,
        corpus,
        language,
        epoch,
        metric,
        of,
        dev,
        test: value,
      };
    })
  );
}

/** The epoch that a protocol chooses for a test split, what chose it, and in words on what. */
function choose(
  protocol: Protocol,
  test: readonly Score[],
  watched: readonly Score[],
  { metric, of, sources }: Selection,
): { readonly epoch: number; readonly dev: number | null; readonly on: string } {
  if (protocol === "last") {
    const epoch = test.reduce((last, row) => Math.max(last, row.epoch!), 0);
    return { epoch, dev: null, on: "nothing: the last epoch" };
  }
  const { corpus, language } = test[0];
  const isLoss = protocol === "sourceDevLoss", isTarget = protocol === "targetDev";
  const [name, what] = isLoss ? ["loss", "micro"] : [metric, of];
  const dev = watched.filter((row) =>
    row.split === "validation" && row.metric === name && row.of === what &&
    (isTarget ? row.language === language && row.corpus === corpus : sources.includes(row.language))
  );
  const whose = isTarget ? language : sources.join(", ");
  if (dev.length === 0) {
    throw new UserError({
      message: `Cannot select by ${protocol}: the validation split of ${whose} was not watched`,
      hint: "name its tokenized corpus in the input watch of the train stage, " +
        "or leave the protocol out",
    });
  }
  const best = [...Map.groupBy(dev, ({ epoch }) => epoch!)]
    .map(([epoch, rows]) => ({ epoch, value: meanOf(rows.map(({ value }) => value)) }))
    .sort((a, b) => a.epoch - b.epoch)
    .reduce((a, b) => (isLoss ? b.value < a.value : b.value > a.value) ? b : a);
  return {
    epoch: best.epoch,
    dev: best.value,
    on: `${isLoss ? "least loss" : `best ${name} of ${what}`} on the validation split of ${whose}`,
  };
}

/** Summed from the least on: no order of the values changes a bit. */
function meanOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b).reduce((sum, value) => sum + value, 0) / values.length;
}
