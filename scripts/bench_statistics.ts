/**
 * Measures statistics of large test sets beside numpy, in turns: resamples of many systems, and
 * counts of many words.
 *
 * `deno run -A scripts/bench_statistics.ts python3`
 *
 * @module
 */
import { cpuUsage } from "node:process";
import { fileURLToPath } from "node:url";
import { CounterRandom } from "../lib/core/random.ts";
import { scoreEntities } from "../lib/metrics/entity_scores.ts";
import { bootstrap } from "../lib/statistics/bootstrap.ts";
import { type CountTable, f1 } from "../lib/statistics/metric.ts";

const systems = 30, sentences = 10_000, resamples = 2000, words = 10_000_000;
const turns = 2;

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

/** Sentences of 20 words, 3 of them in entities. */
function drawnSentences(): { gold: string[]; predicted: string[] }[] {
  const random = new CounterRandom("bench words");
  const tags = ["B-PER", "I-PER", "B-LOC", "B-ORG", "I-ORG"];
  const draw = (): string[] =>
    Array.from({ length: 20 }, () => random.uniform() < .15 ? random.pick(tags) : "O");
  const drawn = Array.from({ length: 5000 }, draw);
  return Array.from({ length: words / 20 }, (_, i) => ({
    gold: drawn[i % 5000],
    predicted: drawn[(i * 7 + i % 3) % 5000],
  }));
}

/** Seconds of a core: other work on the machine does not count. */
function seconds(work: () => void): number {
  const start = cpuUsage();
  work();
  const { user, system } = cpuUsage(start);
  return (user + system) / 1e6;
}

/** What numpy takes for the same, in seconds of a core: the smaller of two ways for resamples. */
async function numpySeconds(python: string): Promise<Record<string, number>> {
  const script = fileURLToPath(new URL("./references/bench_statistics.py", import.meta.url));
  const args = [script, ...[systems, sentences, resamples, words].map(String)];
  const { stdout, stderr, success } = await new Deno.Command(python, { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

if (import.meta.main) {
  const [python] = Deno.args;
  const tables = Array.from({ length: systems }, (_, system) => drawnCounts(system));
  const read = drawnSentences();
  const least: Record<string, { ours: number; numpy?: number }> = {
    resamples: { ours: Infinity },
    counts: { ours: Infinity },
  };
  for (let turn = 0; turn < turns; turn++) {
    const ours = {
      resamples: seconds(() => bootstrap(tables, [f1], { key: ["bench"], resamples })),
      counts: seconds(() => scoreEntities(read)),
    };
    const theirs = python === undefined ? {} : await numpySeconds(python);
    for (const name of ["resamples", "counts"] as const) {
      const row = least[name];
      row.ours = Math.min(row.ours, ours[name]);
      if (theirs[name] !== undefined) row.numpy = Math.min(row.numpy ?? Infinity, theirs[name]);
    }
  }
  for (const [name, { ours, numpy }] of Object.entries(least)) {
    const beside = numpy === undefined ? "" : `  numpy ${numpy.toFixed(2)} s`;
    console.log(`${name.padEnd(10)} ours ${ours.toFixed(2)} s of a core${beside}`);
  }
}
