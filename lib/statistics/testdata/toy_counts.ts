/**
 * Counts that tests share: six sentences of two systems, and drawn corpora.
 *
 * @module
 */
import { strict as assert } from "node:assert";
import type { CounterRandom } from "../../core/random.ts";
import { type CountTable, countTable } from "../metric.ts";

/** (correct, predicted, gold) of six sentences. */
export const toyA = countTable([
  [2, 2, 2],
  [1, 1, 2],
  [0, 1, 1],
  [3, 3, 3],
  [1, 2, 1],
  [0, 0, 1],
]);
export const toyB = countTable([
  [1, 2, 2],
  [1, 2, 2],
  [0, 0, 1],
  [2, 3, 3],
  [1, 1, 1],
  [0, 1, 1],
]);

/** Counts of systems that find each of some 1.5 entities a sentence with the skills given. */
export function drawCorpus(
  random: CounterRandom,
  sentences: number,
  skills: readonly number[],
): CountTable[] {
  const tables = skills.map(() => ({ width: 3, values: new Float64Array(sentences * 3) }));
  for (let i = 0; i < sentences; i++) {
    const gold = random.integer(4);
    skills.forEach((skill, system) => {
      let correct = 0;
      for (let entity = 0; entity < gold; entity++) if (random.uniform() < skill) correct++;
      const wrong = random.uniform() < 0.3 ? 1 : 0;
      tables[system].values.set([correct, correct + wrong, gold], i * 3);
    });
  }
  return tables;
}

/** Asserts that two numbers are equal up to a tolerance, NaN to NaN. */
export function assertClose(actual: number, expected: number, tolerance: number, what = ""): void {
  const near = Object.is(actual, expected) ||
    Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected));
  assert.ok(near, `${what} got ${actual}, expected ${expected} ± ${tolerance}`.trim());
}
