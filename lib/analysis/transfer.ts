/**
 * The source × target matrix: mean and standard deviation over seeds, and the gap to the model that
 * was trained on the target itself.
 *
 * @module
 */
import { from, op } from "../table/frame.ts";
import type { ScoreRow } from "../table/schemas/scores.ts";
import type { TransferRow } from "../table/schemas/transfer.ts";

/**
 * Micro F1 (mode default) of every model, source and target over seeds, sources and targets in the
 * order in which they first appear. Means and deviations are sums in the order of seeds, whatever
 * the order of the rows: the same scores give the same last bit.
 */
export function transferMatrix(scores: readonly ScoreRow[]): TransferRow[] {
  const micro = scores.filter((row) => row.mode === "default" && row.type === "micro");
  const bySeed = (a: ScoreRow, b: ScoreRow) => (a.seed ?? -1) - (b.seed ?? -1) || a.f1 - b.f1;
  const groups = Map.groupBy(
    micro,
    ({ model, source, target }) => JSON.stringify([model, source, target]),
  );
  const rows = [...groups.values()].map((group): Omit<TransferRow, "gap"> => {
    const { model, source, target } = group[0];
    const [rolled] = from(group.sort(bySeed))
      .rollup({ seeds: op.count(), f1: op.mean("f1"), f1Std: op.stdev("f1") })
      .objects() as Pick<TransferRow, "seeds" | "f1" | "f1Std">[];
    return { model, source, target, ...rolled };
  });
  const own = new Map(
    rows.filter((row) => row.source === row.target)
      .map((row) => [JSON.stringify([row.model, row.target]), row.f1]),
  );
  return rows.map((row) => {
    const inLanguage = own.get(JSON.stringify([row.model, row.target]));
    return {
      model: row.model,
      source: row.source,
      target: row.target,
      seeds: row.seeds,
      f1: row.f1,
      f1Std: row.seeds > 1 ? row.f1Std : null,
      gap: inLanguage === undefined ? null : row.f1 - inLanguage,
    };
  });
}
