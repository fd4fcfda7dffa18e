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
 * order in which they first appear.
 */
export function transferMatrix(scores: readonly ScoreRow[]): TransferRow[] {
  const micro = scores.filter((row) => row.mode === "default" && row.type === "micro");
  if (micro.length === 0) return [];
  const rows = from([...micro])
    .groupby("model", "source", "target")
    .rollup({ seeds: op.count(), f1: op.mean("f1"), f1Std: op.stdev("f1") })
    .objects() as Omit<TransferRow, "gap">[];
  const own = new Map(
    rows.filter((row) => row.source === row.target)
      .map((row) => [`${row.model}\n${row.target}`, row.f1]),
  );
  return rows.map((row) => {
    const inLanguage = own.get(`${row.model}\n${row.target}`);
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
