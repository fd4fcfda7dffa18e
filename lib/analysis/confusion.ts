/**
 * What the right answers were taken for: tags, classes and whole entities.
 *
 * @module
 */
import { compareStrings } from "../core/canonical_json.ts";
import type { Span } from "../core/spans.ts";
import type { ConfusionRow } from "../table/schemas/errors.ts";
import type { AnsweredEntities, AnsweredSplit } from "./answered.ts";

/** Of a pair: right and predicted answer, and for entities whether their bounds agree. */
type Pair = Pick<ConfusionRow, "gold" | "predicted" | "bounds">;

/** Of every answer: by right answer, then by what it was taken for. */
export function answerConfusion(
  { by, sentences }: AnsweredSplit,
  counting: "words" | "sentences",
): ConfusionRow[] {
  const pairs = sentences.flatMap(({ gold, predicted }) =>
    gold.map((answer, i): Pair => ({ gold: answer, predicted: predicted[i], bounds: null }))
  );
  return counted(pairs).map((row) => ({ ...by, counting, ...row }));
}

/** Of every entity, found or not. */
export function entityConfusion(
  { by }: AnsweredSplit,
  entities: readonly AnsweredEntities[],
): ConfusionRow[] {
  const pairs = entities.flatMap(({ gold, predicted }) => matchEntities(gold, predicted));
  return counted(pairs).map((row) => ({
    ...by,
    counting: "entities",
    ...row,
    share: row.gold === "O" ? null : row.share,
  }));
}

/**
 * Puts the entities of a sentence in pairs, each in one: those with the same bounds; then each gold
 * entity, left to right, with what overlaps it most (of equals the first). What is left stands alone.
 */
export function matchEntities(gold: readonly Span[], predicted: readonly Span[]): Pair[] {
  const open = new Set(predicted);
  const taken = new Map<Span, Span>();
  const take = (own: Span, found: Span | undefined): void => {
    if (found === undefined) return;
    taken.set(own, found);
    open.delete(found);
  };
  for (const own of gold) take(own, [...open].find((each) => sameBounds(own, each)));
  for (const own of gold) {
    if (taken.has(own)) continue;
    let most: Span | undefined;
    for (const each of open) {
      if (overlap(own, each) > (most === undefined ? 0 : overlap(own, most))) most = each;
    }
    take(own, most);
  }
  return [
    ...gold.map((own): Pair => {
      const found = taken.get(own);
      if (found === undefined) return { gold: own.type, predicted: "O", bounds: null };
      const bounds = sameBounds(own, found) ? "same" : "overlapping";
      return { gold: own.type, predicted: found.type, bounds };
    }),
    ...[...open].map(({ type }): Pair => ({ gold: "O", predicted: type, bounds: null })),
  ];
}

function sameBounds(a: Span, b: Span): boolean {
  return a.start === b.start && a.end === b.end;
}

/** Words that both have. */
function overlap(a: Span, b: Span): number {
  return Math.max(0, Math.min(a.end, b.end) - Math.max(a.start, b.start));
}

function counted(pairs: readonly Pair[]) {
  const totals = new Map<string, number>(), counts = new Map<string, Pair & { count: number }>();
  for (const pair of pairs) {
    totals.set(pair.gold, (totals.get(pair.gold) ?? 0) + 1);
    const key = JSON.stringify([pair.gold, pair.predicted, pair.bounds]);
    const before = counts.get(key);
    if (before === undefined) counts.set(key, { ...pair, count: 1 });
    else before.count++;
  }
  return [...counts.values()]
    .sort((a, b) =>
      compareStrings(a.gold, b.gold) || b.count - a.count ||
      compareStrings(a.predicted, b.predicted) || compareStrings(a.bounds ?? "", b.bounds ?? "")
    )
    .map((row) => ({ ...row, share: 100 * row.count / totals.get(row.gold)! }));
}
