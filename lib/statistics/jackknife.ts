/**
 * A metric without each sentence in turn.
 *
 * @module
 */
import { type CountTable, type Metric, pairedSentences, sumsOf } from "./metric.ts";

/**
 * What `combine` makes of a metric of the tables without sentence i, for every i, [sentences]
 * (Quenouille 1956): the total less a row, so no sum is made anew.
 *
 * @param combine of one value a table; the first where not given
 */
export function jackknife(
  tables: readonly CountTable[],
  metric: Metric,
  combine: (values: readonly number[]) => number = ([value]) => value,
): Float64Array {
  const totals = tables.map(sumsOf);
  const rest = totals.map((total) => new Float64Array(total.length));
  const values = new Array<number>(tables.length).fill(0);
  return new Float64Array(pairedSentences(tables)).map((_, i) => {
    tables.forEach((table, t) => {
      for (let s = 0; s < table.width; s++) {
        rest[t][s] = totals[t][s] - table.values[i * table.width + s];
      }
      values[t] = metric(rest[t]);
    });
    return combine(values);
  });
}
