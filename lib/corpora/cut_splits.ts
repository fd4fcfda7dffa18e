/**
 * Cuts the splits of a corpus out of one that its source has, where it has no others.
 *
 * @module
 */
import type { ReadTexts } from "./labelled_texts.ts";
import type { Oddity } from "./oddity_log.ts";
import { type Split, splitNames } from "./tagged.ts";

/** Which rows of a split become which splits: their places alone decide. */
export interface Cut {
  /** The split that is cut. */
  readonly split: Split;
  /** Rows that stay together, such as the three hypotheses about a text. */
  readonly together: number;
  /** Of so many such groups in a row, the first ones go to train, the next to validation, … */
  readonly shares: Partial<Record<Split, number>>;
}

/** The splits that a file of a split is needed for. */
export function splitsOutOf(split: Split, cut: Cut | undefined): readonly Split[] {
  return cut?.split === split ? splitNames.filter((name) => cut.shares[name]) : [split];
}

/**
 * Cuts a split. A row's place alone decides, so that languages whose files are translations of each
 * other, row by row, are cut alike: what is learnt in one is not asked in another.
 */
export function cutSplit<T>(
  rows: readonly T[],
  { together, shares }: Cut,
): Partial<Record<Split, T[]>> {
  const deal = dealOf(shares);
  return Object.fromEntries(
    splitNames.filter((split) => shares[split]).map((split) => [
      split,
      rows.filter((_, i) => deal[Math.floor(i / together) % deal.length] === split),
    ]),
  );
}

/** The split of each group, again and again. */
function dealOf(shares: Cut["shares"]): Split[] {
  return splitNames.flatMap((split) => Array<Split>(shares[split] ?? 0).fill(split));
}

/** The splits of texts after a cut; each tells that it is a part of another. */
export function cutTexts(
  splits: Partial<Record<Split, ReadTexts>>,
  cut: Cut | undefined,
): Partial<Record<Split, ReadTexts>> {
  const whole = cut && splits[cut.split];
  if (!whole) return splits;
  const { [cut.split]: _, ...others } = splits;
  const own = Object.entries(cutSplit(whole.texts, cut)).map(([split, texts]) => {
    const note: Oddity = {
      oddity: "cutSplit",
      action: "kept",
      line: null,
      count: texts.length,
      detail: `${texts.length} of the ${whole.texts.length} rows of ${cut.split}: ` +
        `${cut.shares[split as Split]} of every ${dealOf(cut.shares).length} groups of ` +
        `${cut.together}`,
    };
    return [split, { texts, oddities: split === cut.split ? [...whole.oddities, note] : [note] }];
  });
  return { ...others, ...Object.fromEntries(own) };
}
