/**
 * 2,000 resamples of 10,000 sentences × 30 systems: on one core, to be under two seconds.
 *
 * @module
 */
import { CounterRandom } from "../core/random.ts";
import { bootstrap } from "./bootstrap.ts";
import { type CountTable, f1 } from "./metric.ts";

const [systems, sentences] = [30, 10_000];

/** Counts as of a corpus with 1.5 entities a sentence, and up to 13 in some. */
function drawnCounts(system: number): CountTable {
  const gold = new CounterRandom("bench gold"), own = new CounterRandom("bench", system);
  const values = new Float64Array(sentences * 3);
  for (let i = 0; i < sentences; i++) {
    const wanted = Math.floor(-1.5 * Math.log(1 - gold.uniform()));
    let correct = 0;
    for (let each = 0; each < wanted; each++) if (own.uniform() < 0.8) correct++;
    values.set([correct, correct + own.integer(2), wanted], i * 3);
  }
  return { width: 3, values };
}

const tables = Array.from({ length: systems }, (_, system) => drawnCounts(system));
Deno.bench("2,000 resamples of 10,000 sentences × 30 systems", { n: 3, warmup: 1 }, () => {
  bootstrap(tables, [f1], { key: ["bench"], resamples: 2000 });
});
