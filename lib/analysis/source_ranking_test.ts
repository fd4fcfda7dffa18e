import { strict as assert } from "node:assert";
import { assertClose } from "../statistics/testdata/toy_counts.ts";
import { meanRanking, targetRanking, type TargetSources } from "./source_ranking.ts";

const options = {
  combine: ["wordOverlap", "genealogy"],
  resamples: 200,
  confidence: 0.95,
  draw: 0,
};

type Source = [source: string, score: number, features: Record<string, number>];

function sourcesOf(target: string, sources: readonly Source[], metric = "f1"): TargetSources {
  return {
    ...{ model: "encoder", metric, of: "micro", target },
    sources: sources.map(([source, score, features]) => ({
      source,
      score,
      features: new Map(Object.entries(features)),
    })),
  };
}

const four: Source[] = [
  ["deu", 50, { wordOverlap: .3, genealogy: 1, sourceSize: 10 }],
  ["nld", 60, { wordOverlap: .2, genealogy: 1, sourceSize: 10 }],
  ["rus", 30, { wordOverlap: .1, genealogy: 2, sourceSize: 10 }],
  ["swa", 20, { wordOverlap: .15, genealogy: 3, sourceSize: 10 }],
];

Deno.test("source ranking: what each feature would have picked, by hand", () => {
  const rows = targetRanking(sourcesOf("eng", four), options);
  assert.deepEqual(
    rows.map(({ feature, sources, picked, pickedScore, best, bestScore, cost }) => [
      ...[feature, sources, picked, pickedScore, best, bestScore, cost],
    ]),
    [
      ["sourceSize", 4, ["deu", "nld", "rus", "swa"], 40, ["nld"], 60, 20],
      ["wordOverlap", 4, ["deu"], 50, ["nld"], 60, 10],
      ["genealogy", 4, ["deu", "nld"], 55, ["nld"], 60, 5],
      ["meanRank", 4, ["deu"], 50, ["nld"], 60, 10],
      ["chance", 4, ["deu", "nld", "rus", "swa"], 40, ["nld"], 60, 20],
    ],
  );
  const [size, overlap, genealogy, , chance] = rows;
  // Ranks 4 3 1 2 against 3 4 2 1: Σ d² = 4.
  assertClose(overlap.spearman!, 1 - 6 * 4 / 60, 1e-12);
  assertClose(overlap.kendall!, 1 / 3, 1e-12);
  assert.ok(overlap.low! < overlap.spearman! && overlap.spearman! < overlap.high!);
  assert.ok(genealogy.spearman! > .9, "a smaller distance is expected to be better");
  for (const row of [size, chance]) {
    assert.deepEqual([row.spearman, row.low, row.high, row.kendall], [null, null, null, null]);
    assert.equal(row.ndcg3, chance.ndcg3);
  }
  // Relevance 9 10 8 7; deu, nld, swa are first.
  const gains = [9, 10, 7].reduce((sum, r, i) => sum + (2 ** r - 1) / Math.log2(i + 2), 0);
  const ideal = [10, 9, 8].reduce((sum, r, i) => sum + (2 ** r - 1) / Math.log2(i + 2), 0);
  assertClose(overlap.ndcg3, gains / ideal, 1e-12);
});

Deno.test("source ranking: less is better of losses, and no cost is negative", () => {
  for (const metric of ["loss", "perplexity", "lost"]) {
    const rows = targetRanking(sourcesOf("eng", four, metric), options);
    const overlap = rows.find(({ feature }) => feature === "wordOverlap")!;
    assert.deepEqual(
      [overlap.best, overlap.bestScore, overlap.picked, overlap.pickedScore, overlap.cost],
      [["swa"], 20, ["deu"], 50, 30],
    );
    assertClose(overlap.spearman!, -(1 - 6 * 4 / 60), 1e-12);
    for (const { cost } of rows) assert.ok(cost >= 0);
  }
});

Deno.test("source ranking: a source without a value has no place, but may have been the best", () => {
  const some = four.map(([source, score, features]): Source => [
    source,
    score,
    source === "nld" ? { sourceSize: 10 } : features,
  ]);
  const rows = targetRanking(sourcesOf("eng", some), options);
  const overlap = rows.find(({ feature }) => feature === "wordOverlap")!;
  assert.deepEqual([overlap.sources, overlap.picked, overlap.cost], [3, ["deu"], 10]);
  assertClose(overlap.spearman!, .5, 1e-12);
  assert.deepEqual([overlap.low, overlap.high], [null, null]);
  assert.ok(!rows.some(({ feature }) => feature === "subwordOverlap"));
});

Deno.test("source ranking: what only rounding tells apart is tied, and costs nothing", () => {
  const features = (overlap: number) => ({ wordOverlap: overlap, genealogy: 1 });
  const rows = targetRanking(
    sourcesOf("eng", [
      ["a", .1 + .2, features(.7 + .1)],
      ["b", .3, features(.8)],
      ["c", .1 + .2, features(.7 + .1)],
      ["d", .2, features(.1)],
    ]),
    options,
  );
  const [overlap] = rows;
  assert.deepEqual([overlap.picked, overlap.best], [["a", "b", "c"], ["a", "b", "c"]]);
  assert.deepEqual([overlap.spearman, overlap.cost, overlap.ndcg3], [1, 0, 1]);
  // The ranks 1 2 3, 2 3 1 and 3 1 2 have one mean, whatever the order of the sum.
  const orders = [[1, 2, 3], [2, 3, 1], [3, 1, 2]];
  const means = targetRanking(
    sourcesOf(
      "eng",
      orders.map((
        [a, b, c],
        i,
      ) => ["xyz"[i], i, { sourceSize: a, wordOverlap: b, sharedWords: c }]),
    ),
    { ...options, combine: ["sourceSize", "wordOverlap", "sharedWords"] },
  ).find(({ feature }) => feature === "meanRank")!;
  assert.deepEqual([means.picked, means.spearman], [["x", "y", "z"], null]);
});

Deno.test("source ranking: the order of sources changes nothing", () => {
  assert.deepEqual(
    targetRanking(sourcesOf("eng", four.toReversed()), options),
    targetRanking(sourcesOf("eng", four), options),
  );
});

Deno.test("source ranking: means over targets, and their interval", () => {
  const rows = [
    ...targetRanking(sourcesOf("eng", four), options),
    ...targetRanking(sourcesOf("fra", four.map(([s, v, f]) => [s, -v, f])), options),
  ];
  const means = meanRanking(rows, options);
  const overlap = means.find(({ feature }) => feature === "wordOverlap")!;
  assert.deepEqual([overlap.target, overlap.targets, overlap.sources], [null, 2, 4]);
  assertClose(overlap.spearman!, 0, 1e-12);
  assertClose(overlap.cost, (10 + 30) / 2, 1e-12);
  // All resamples of two targets are known: the ends are the two.
  assertClose(overlap.low!, -.6, 1e-12);
  assertClose(overlap.high!, .6, 1e-12);
  const same = meanRanking([rows[1], { ...rows[1], target: "nld" }], options);
  assert.deepEqual(same.map(({ spearman, low, high }) => [spearman, low, high]), [
    [rows[1].spearman, null, null],
  ]);
  const size = means.find(({ feature }) => feature === "sourceSize")!;
  assert.deepEqual([size.spearman, size.low, size.high, size.kendall], [null, null, null, null]);
  assert.deepEqual(
    meanRanking(rows.toReversed(), options).map(({ cost }) => cost).sort(),
    [
      ...means.map(({ cost }) => cost),
    ].sort(),
  );
});
