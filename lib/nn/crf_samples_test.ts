import { strict as assert } from "node:assert";
import { CounterRandom } from "../core/random.ts";
import type { PathScores } from "./crf_paths.ts";
import { PathSampler } from "./crf_samples.ts";

/** Every sequence of labels with its probability. */
function allPaths(emissions: readonly number[][], scores: PathScores): Map<string, number> {
  const { labels, transitions, moves, start, end } = scores;
  let paths: { path: number[]; score: number }[] = [{ path: [], score: 0 }];
  emissions.forEach((row, t) => {
    paths = paths.flatMap(({ path, score }) =>
      Array.from({ length: labels }, (_, l) => ({
        path: [...path, l],
        score: score + row[l] +
          (t === 0
            ? start[l]
            : transitions[path[t - 1] * labels + l] + (moves?.[t][path[t - 1] * labels + l] ?? 0)),
      }))
    );
  });
  const weights = paths.map(({ path, score }) => Math.exp(score + end[path.at(-1)!]));
  const total = weights.reduce((a, b) => a + b, 0);
  return new Map(paths.map(({ path }, i) => [path.join(), weights[i] / total]));
}

for (const places of [1, 2, 3]) {
  Deno.test(`sequences of ${places} labels are drawn as often as they are likely`, () => {
    const random = new CounterRandom("crf samples", places);
    const normal = (count: number) => Array.from({ length: count }, () => random.normal());
    const labels = 3, draws = 20_000;
    const emissions = Array.from({ length: places }, () => normal(labels));
    const moves = Array.from({ length: places }, () => normal(9));
    const scores = { labels, transitions: normal(9), moves, start: normal(3), end: normal(3) };
    const sampler = new PathSampler(emissions, scores);
    const counts = new Map<string, number>();
    for (let i = 0; i < draws; i++) {
      const path = sampler.sample(random).join();
      counts.set(path, (counts.get(path) ?? 0) + 1);
    }
    let square = 0;
    const expected = allPaths(emissions, scores);
    for (const [path, p] of expected) {
      square += ((counts.get(path) ?? 0) - draws * p) ** 2 / (draws * p);
    }
    // Chi-squared: its mean is the degrees of freedom, its deviation the root of twice that.
    const freedom = expected.size - 1;
    assert.ok(square < freedom + 5 * Math.sqrt(2 * freedom), `${square} of ${freedom}`);
  });
}

Deno.test("what is forbidden or hopeless is never drawn, and great scores stay finite", () => {
  const scores = { labels: 2, transitions: [0, -Infinity, 0, 0], start: [0, 0], end: [0, 0] };
  const sampler = new PathSampler([[1e4, 1e4], [-1e4, 1e4], [0, 0]], scores);
  const random = new CounterRandom("forbidden");
  const drawn = new Set(Array.from({ length: 200 }, () => sampler.sample(random).join()));
  assert.deepEqual([...drawn].sort(), ["1,1,0", "1,1,1"]);
});

Deno.test("no place has an empty sequence", () => {
  const scores = { labels: 2, transitions: [0, 0, 0, 0], start: [0, 0], end: [0, 0] };
  assert.deepEqual(new PathSampler([], scores).sample(new CounterRandom("none")), []);
});
