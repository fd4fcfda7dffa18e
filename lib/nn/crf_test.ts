import { strict as assert } from "node:assert";
import { CounterRandom } from "../core/random.ts";
import { isOrphanInside } from "../core/tags.ts";
import { cast } from "../autodiff/elementwise.ts";
import { checkGradients, onCpu } from "../autodiff/gradient_check.ts";
import { gradients } from "../autodiff/gradients.ts";
import { input } from "../autodiff/leaves.ts";
import { lowerCpu } from "../autodiff/lower_cpu.ts";
import type { Tensor } from "../autodiff/primitive.ts";
import { reduceSum } from "../autodiff/shapes.ts";
import type { HostTensor } from "../onnx/dtype.ts";
import { Session } from "../onnx/session.ts";
import { crfLosses, logPartition } from "./crf.ts";
import { likeliestPath, logMarginals, type PathScores, withForbidden } from "./crf_paths.ts";

const tags = ["O", "B-X", "I-X"], L = tags.length;

/** One sequence, with emissions and right labels. */
interface Sequence {
  readonly emissions: number[][];
  /** Of every place, [L, L]. */
  readonly moves: number[][];
  readonly gold: number[];
}

/** All sequences of labels of a length. */
function paths(length: number): number[][] {
  if (length === 0) return [[]];
  return paths(length - 1).flatMap((path) => tags.map((_, label) => [...path, label]));
}

function scoreOf(path: readonly number[], emissions: readonly number[][], scores: PathScores) {
  return path.reduce(
    (sum, label, t) =>
      sum + emissions[t][label] +
      (t === 0 ? scores.start[label] : scores.transitions[path[t - 1] * L + label]) +
      (t === 0 ? 0 : scores.moves?.[t][path[t - 1] * L + label] ?? 0),
    scores.end[path[path.length - 1]],
  );
}

function logSum(values: readonly number[]): number {
  const most = Math.max(...values);
  return most + Math.log(values.reduce((sum, x) => sum + Math.exp(x - most), 0));
}

function drawn(random: CounterRandom, size: number) {
  const numbers = (count: number) =>
    Array.from({ length: count }, () => Math.fround(size * random.normal()));
  const scores = { labels: L, transitions: numbers(L * L), start: numbers(L), end: numbers(L) };
  const sequence = (): Sequence => {
    const length = 1 + Math.floor(5 * random.uniform());
    return {
      emissions: Array.from({ length }, () => numbers(L)),
      moves: Array.from({ length }, () => numbers(L * L)),
      gold: Array.from({ length }, () => Math.floor(L * random.uniform())),
    };
  };
  return { scores, sequence };
}

/** The graph of losses, log-partitions and their gradients, with moves of every place or without. */
async function crfSession(isMoved: boolean) {
  const float = (name: string, ...dims: (number | string)[]) => input(name, "float32", dims);
  const int64 = (name: string, ...dims: (number | string)[]) => input(name, "int64", dims);
  const scores = {
    transitions: float("transitions", L, L),
    ends: { start: float("start", L), end: float("end", L) },
  };
  const emissions = {
    first: float("first", "S", L),
    rest: float("rest", "N", "S", L),
    ...(isMoved ? { moves: float("moves", "N", "S", L, L) } : {}),
    holds: float("holds", "N", "S", 1),
  };
  const gold = {
    first: int64("goldFirst", "S"),
    rest: int64("goldRest", "N", "S"),
    pairs: int64("pairs", "N", "S"),
    last: int64("last", "S"),
  };
  const partition = logPartition(scores, emissions);
  const [first, rest] = gradients(reduceSum(partition), [emissions.first, emissions.rest]);
  const given = [
    ...[scores.transitions, scores.ends.start, scores.ends.end],
    ...Object.values(emissions),
    ...Object.values(gold),
  ];
  const outputs = {
    losses: crfLosses(scores, emissions, gold),
    partition,
    "grad.first": first,
    "grad.rest": rest,
  };
  return await Session.create(lowerCpu("crf", given, outputs), { threads: 1 });
}

/** Feeds of some sequences, padded with noise to a length. */
function feedsOf(
  sequences: readonly Sequence[],
  { transitions, start, end }: PathScores,
  length: number,
  isMoved: boolean,
): Record<string, HostTensor> {
  const S = sequences.length, N = length - 1;
  const float = (dims: number[], values: ArrayLike<number>) =>
    ({ dtype: "float32", dims, data: Float32Array.from(values) }) as const;
  const int64 = (dims: number[], values: number[]) =>
    ({ dtype: "int64", dims, data: BigInt64Array.from(values, BigInt) }) as const;
  const later = Array.from({ length: N }, (_, t) => t + 1);
  const rest = <T>(of: (sequence: Sequence, t: number) => T) =>
    later.flatMap((t) => sequences.map((sequence) => of(sequence, t)));
  const holds = ({ gold }: Sequence, t: number) => t < gold.length;
  return {
    transitions: float([L, L], transitions),
    start: float([L], start),
    end: float([L], end),
    first: float([S, L], sequences.flatMap(({ emissions }) => emissions[0])),
    rest: float([N, S, L], rest(({ emissions }, t) => emissions[t] ?? [7, -3, t]).flat()),
    ...(isMoved
      ? {
        moves: float([N, S, L, L], rest(({ moves }, t) => moves[t] ?? Array(L * L).fill(9)).flat()),
      }
      : {}),
    holds: float([N, S, 1], rest((each, t) => Number(holds(each, t)))),
    goldFirst: int64([S], sequences.map(({ gold }) => gold[0])),
    goldRest: int64([N, S], rest(({ gold }, t) => gold[t] ?? 2)),
    pairs: int64([N, S], rest(({ gold }, t) => t < gold.length ? L * gold[t - 1] + gold[t] : 5)),
    last: int64([S], sequences.map(({ gold }) => gold[gold.length - 1])),
  };
}

const numbersOf = ({ data }: HostTensor) => Array.from(data as Float32Array);

for (const isMoved of [false, true]) {
  const how = isMoved ? "with transitions of each place" : "with transitions that are alike";

  Deno.test(`losses, log-partitions and marginals of 500 random sequences ${how} are those of all paths`, async () => {
    const session = await crfSession(isMoved);
    const random = new CounterRandom("crf", 1);
    for (let batch = 0; batch < 100; batch++) {
      const { scores: alike, sequence } = drawn(random, 2);
      const sequences = Array.from({ length: 5 }, sequence);
      // Up to three places more than the longest has; never fewer than two.
      const length = Math.max(2, ...sequences.map(({ gold }) => gold.length)) + batch % 4;
      const found = await session.run(feedsOf(sequences, alike, length, isMoved));
      const losses = numbersOf(found.losses), partition = numbersOf(found.partition);
      const first = numbersOf(found["grad.first"]), rest = numbersOf(found["grad.rest"]);
      sequences.forEach(({ emissions, moves, gold }, s) => {
        const scores = isMoved ? { ...alike, moves } : alike;
        const all = paths(gold.length);
        const total = logSum(all.map((path) => scoreOf(path, emissions, scores)));
        assert.ok(Math.abs(partition[s] - total) < 1e-4, `${partition[s]} and ${total}`);
        const loss = total - scoreOf(gold, emissions, scores);
        assert.ok(Math.abs(losses[s] - loss) < 1e-4, `${losses[s]} and ${loss}`);
        assert.ok(losses[s] >= -1e-6, `loss ${losses[s]}`);
        const marginals = logMarginals(emissions, scores);
        for (let t = 0; t < length; t++) {
          const got = Array.from(
            { length: L },
            (_, l) => t === 0 ? first[s * L + l] : rest[((t - 1) * 5 + s) * L + l],
          );
          if (t >= gold.length) {
            assert.deepEqual(got, [0, 0, 0]);
            continue;
          }
          got.forEach((p, label) => {
            const through = all.filter((path) => path[t] === label);
            const wanted = Math.exp(
              logSum(through.map((path) => scoreOf(path, emissions, scores))) - total,
            );
            assert.ok(Math.abs(p - wanted) < 1e-5, `marginal ${p} and ${wanted}`);
            assert.ok(Math.abs(Math.exp(marginals[t][label]) - wanted) < 1e-12);
          });
        }
      });
    }
    await session.release();
  });

  Deno.test(`the likeliest labels of 500 random sequences ${how} are the best of all paths, and well formed`, () => {
    const random = new CounterRandom("viterbi", 1);
    const isForbidden = (path: readonly number[]) =>
      path.some((label, t) => isOrphanInside(tags[label], tags[path[t - 1]]));
    for (let i = 0; i < 500; i++) {
      const { scores: alike, sequence } = drawn(random, 2);
      const { emissions, moves } = sequence();
      const scores = isMoved ? { ...alike, moves } : alike;
      const best = (all: number[][]) =>
        all.reduce((a, b) => scoreOf(b, emissions, scores) > scoreOf(a, emissions, scores) ? b : a);
      const all = paths(emissions.length);
      assert.deepEqual(likeliestPath(emissions, scores), best(all));
      const strict = withForbidden(scores, {
        start: (label) => isOrphanInside(tags[label]),
        pair: (from, to) => isOrphanInside(tags[to], tags[from]),
      });
      const allowed = all.filter((path) => !isForbidden(path));
      assert.deepEqual(likeliestPath(emissions, strict), best(allowed));
      const total = logSum(allowed.map((path) => scoreOf(path, emissions, scores)));
      logMarginals(emissions, strict).forEach((row, t) =>
        row.forEach((p, label) => {
          const through = allowed.filter((path) => path[t] === label);
          const wanted = through.length === 0
            ? 0
            : Math.exp(logSum(through.map((path) => scoreOf(path, emissions, scores))) - total);
          assert.ok(Math.abs(Math.exp(p) - wanted) < 1e-12, `${Math.exp(p)} and ${wanted}`);
        })
      );
    }
    assert.deepEqual(likeliestPath([], drawn(random, 1).scores), []);
  });

  Deno.test(`scores ${how} of ten thousands stay finite, and the order of a batch changes nothing`, async () => {
    const session = await crfSession(isMoved);
    const random = new CounterRandom("great scores", 1);
    for (let batch = 0; batch < 50; batch++) {
      const { scores, sequence } = drawn(random, 10_000);
      const sequences = Array.from({ length: 4 }, sequence);
      const found = await session.run(feedsOf(sequences, scores, 6, isMoved));
      for (const value of Object.values(found).flatMap(numbersOf)) {
        assert.ok(Number.isFinite(value));
      }
      const losses = numbersOf(found.losses);
      losses.forEach((loss) => assert.ok(loss >= 0, `loss ${loss}`));
      const back = await session.run(feedsOf(sequences.toReversed(), scores, 6, isMoved));
      assert.deepEqual(numbersOf(back.losses).reverse(), losses);
    }
    await session.release();
  });
}

for (const [ends, isMoved] of [[true, false], [false, false], [false, true]]) {
  const transitions = isMoved ? ", and transitions of each place" : "";
  Deno.test(`losses with${ends ? "" : "out"} scores of first and last labels${transitions}: gradients match finite differences`, () => {
    const float = (...dims: (number | string)[]) =>
      ({ dtype: "float32", dims, from: (random: CounterRandom) => random.normal() }) as const;
    const int64 = (dims: (number | string)[], ...values: number[]) =>
      ({ dtype: "int64", dims, values }) as const;
    return checkGradients({
      name: "crf",
      inputs: {
        transitions: float(L, L),
        ...(ends ? { start: float(L), end: float(L) } : {}),
        first: float("B", L),
        rest: float("T", "B", L),
        ...(isMoved ? { moves: float("T", "B", L, L) } : {}),
        holds: { dtype: "bool", dims: ["T", "B", 1], values: [1, 1, 1, 0, 1, 0] },
        goldFirst: int64(["B"], 0, 1),
        goldRest: int64(["T", "B"], 1, 2, 2, 0, 0, 0),
        pairs: int64(["T", "B"], 1, 5, 5, 0, 6, 0),
        last: int64(["B"], 0, 2),
      },
      build: (
        { transitions, start, end, first, rest, moves, holds, ...gold }: Record<string, Tensor>,
      ) =>
        crfLosses(
          { transitions, ...(ends ? { ends: { start, end } } : {}) },
          { first, rest, moves, holds: cast(holds, "float32") },
          { first: gold.goldFirst, rest: gold.goldRest, pairs: gold.pairs, last: gold.last },
        ),
    }, onCpu);
  });
}
