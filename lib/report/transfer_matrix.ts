/**
 * The source × target matrix as people read it.
 *
 * @module
 */
import type { TransferRow } from "../table/schemas/transfer.ts";
import { bestOf, type ShownTable } from "./matrix.ts";

const titles = new Map([["memorizer", "floor: training entities known by heart"]]);

const scoreTitles = new Map([
  ["micro f1", "Micro F1 of entity spans"],
  ["macro f1", "Macro F1"],
  ["micro accuracy", "Accuracy"],
  ["micro perplexity", "Perplexity of masked pieces"],
]);

/** What scores are in that are no shares. */
const units = new Map([["loss", ", nats"], ["perplexity", ""], ["lost", ""]]);

/** For each score, one matrix per model: a row per source, a column per target, `mean ± std`. */
export function transferTables(rows: readonly TransferRow[]): ShownTable[] {
  const byScore = Map.groupBy(rows, ({ metric, of }) => `${of} ${metric}`);
  return [...byScore.values()].map(tableOf);
}

/** The matrices of one score. */
function tableOf(rows: readonly TransferRow[]): ShownTable {
  const distinct = (
    pick: (row: TransferRow) => string,
    from = rows,
  ) => [...new Set(from.map(pick))];
  const matrices = distinct((row) => row.model).map((model) => {
    const ofModel = rows.filter((row) => row.model === model);
    const targets = distinct((row) => row.target, ofModel);
    const seeds = Math.max(...ofModel.map((row) => row.seeds));
    const matrix = distinct((row) => row.source, ofModel).map((source) => {
      const cells = targets.map((target) =>
        ofModel.find((row) => row.source === source && row.target === target)
      );
      // Summed from the least on: the order of targets must not turn a rounded digit.
      const known = cells.flatMap((cell) => cell === undefined ? [] : [cell.mean]).sort((a, b) =>
        a - b
      );
      const mean = known.reduce((sum, f1) => sum + f1, 0) / known.length;
      return [source, ...cells.map(cellOf), mean.toFixed(1)];
    });
    const header = ["source ↓  target →", ...targets, "mean"];
    const about = `${titles.get(model) ?? model}${
      seeds > 1 ? `, mean ± std over ${seeds} seeds` : ""
    }`;
    return { about, header, rows: matrix };
  });
  const [{ metric, of }] = rows;
  const what = scoreTitles.get(`${of} ${metric}`) ?? `${metric} of ${of}`;
  const title = `${what} on the test split${units.get(metric) ?? ", %"}`;
  return { title, matrices, best: bestOf(metric) };
}

function cellOf(row: TransferRow | undefined): string {
  if (row === undefined) return "–";
  return row.mean.toFixed(1) + (row.std === null ? "" : ` ± ${row.std.toFixed(1)}`);
}
