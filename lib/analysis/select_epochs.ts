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
  /**
   * What becomes of a language whose validation split was not watched: refused, or left out of the
   * mean; where no language is left, the last epoch is chosen.
   */
  readonly withoutDev: "refuse" | "leave";
}

type Score = Pick<
  ScoreRow,
  "model" | "corpus" | "language" | "split" | "epoch" | "metric" | "of" | "value"
>;

/**
 * A row for every protocol and test split.
 *
 * @param scores of one model, epoch by epoch
 * @throws {UserError} when a protocol needs a validation split that was not watched, or an epoch was
 * watched several times
 */
export function selectEpochs(
  scores: readonly Score[],
  chosen: readonly Protocol[],
  selection: Selection,
): SelectedRow[] {
  const { metric, of } = selection;
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
  checkOncePerEpoch(tests);
  const targets = Map.groupBy(
    tests,
    ({ model, corpus, language }) => JSON.stringify([model, corpus, language]),
  );
  return [...targets.values()].flatMap((group) =>
    chosen.map((protocol): SelectedRow => {
      const { model, corpus, language } = group[0];
      const { epoch, dev, on } = choose(protocol, group, watched, selection);
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

/** @throws {UserError} where an epoch has several scores, of which none stands for its weights */
function checkOncePerEpoch(tests: readonly Score[]): void {
  const known = new Set<string>();
  for (const { model, corpus, language, epoch } of tests) {
    const key = JSON.stringify([model, corpus, language, epoch]);
    if (known.has(key)) {
      throw new UserError({
        message:
          `Cannot select an epoch: epoch ${epoch} has several scores on ${corpus}, ${language}`,
        hint:
          "evaluate once an epoch at most (evaluateUnit: epochs) where an epoch is to be selected",
      });
    }
    known.add(key);
  }
}

/** The epoch that a protocol chooses for a test split, what chose it, and in words on what. */
function choose(
  protocol: Protocol,
  test: readonly Score[],
  watched: readonly Score[],
  { metric, of, sources, withoutDev }: Selection,
): { readonly epoch: number; readonly dev: number | null; readonly on: string } {
  const last = test.reduce((last, row) => Math.max(last, row.epoch!), 0);
  if (protocol === "last") return { epoch: last, dev: null, on: "nothing: the last epoch" };
  const { corpus, language } = test[0];
  const isLoss = protocol === "sourceDevLoss", isTarget = protocol === "targetDev";
  const [name, what] = isLoss ? ["loss", "micro"] : [metric, of];
  const wanted = isTarget ? [language] : sources;
  const dev = watched.filter((row) =>
    row.split === "validation" && row.metric === name && row.of === what &&
    wanted.includes(row.language) && (!isTarget || row.corpus === corpus)
  );
  const there = new Set(dev.map((row) => row.language));
  const absent = wanted.filter((each) => !there.has(each)).join(", ");
  if (absent !== "" && withoutDev === "refuse") {
    throw new UserError({
      message: `Cannot select by ${protocol}: the validation split of ${absent} was not watched`,
      hint: "name its tokenized corpus in the input watch of the train stage, leave the protocol " +
        "out, or write withoutDev: leave where there is none",
    });
  }
  if (dev.length === 0) {
    const on = `nothing: the last epoch, as ${absent} has no validation split`;
    return { epoch: last, dev: null, on };
  }
  const best = [...Map.groupBy(dev, ({ epoch }) => epoch!)]
    .map(([epoch, rows]) => ({ epoch, value: meanOf(rows.map(({ value }) => value)) }))
    .sort((a, b) => a.epoch - b.epoch)
    .reduce((a, b) => (isLoss ? b.value < a.value : b.value > a.value) ? b : a);
  const whose = wanted.filter((each) => there.has(each)).join(", ");
  return {
    epoch: best.epoch,
    dev: best.value,
    on: `${isLoss ? "least loss" : `best ${name} of ${what}`} on the validation split of ${whose}` +
      (absent === "" ? "" : `; ${absent} has none`),
  };
}

/** Summed from the least on: no order of the values changes a bit. */
function meanOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b).reduce((sum, value) => sum + value, 0) / values.length;
}
