/**
 * Comparisons of systems: on every target, and over targets.
 *
 * @module
 */
import { canonicalJson } from "../core/canonical_json.ts";
import { almostStochasticOrder } from "../statistics/aso.ts";
import { benjaminiHochberg, holm } from "../statistics/corrections.ts";
import { cohensD } from "../statistics/effect_size.ts";
import { signTest } from "../statistics/signs.ts";
import { signedRanks } from "../statistics/wilcoxon.ts";
import type { ComparisonRow } from "../table/schemas/comparisons.ts";
import { type Compared, compareOnTarget, compareOverTargets } from "./compared.ts";
import { estimate, orNull } from "./estimates.ts";
import type { Evaluation } from "./evaluations.ts";
import { type Pair, pairSystems } from "./pairs_of_systems.ts";
import type { ComparisonOptions } from "./score_params.ts";
import {
  commonCorpus,
  hasSupport,
  languageAxes,
  type SystemOnTarget,
  withoutAxes,
} from "./systems.ts";

/** A row without what depends on the others. */
type Uncorrected = Omit<ComparisonRow, "tests" | "holm" | "bh" | "verdict">;

/**
 * Rows of the table `comparisons`, and lines that say which targets were left out of means. The
 * p-values of all targets are corrected together, and so are those over targets.
 *
 * @throws {UserError} where sides cannot be paired, or seeds not be crossed
 */
export function comparisonRows(
  evaluationsA: readonly Evaluation[],
  evaluationsB: readonly Evaluation[],
  options: ComparisonOptions,
): { rows: ComparisonRow[]; lines: string[] } {
  const { pairs, left } = pairSystems(evaluationsA, evaluationsB, options.unpaired);
  const estimates = estimate([...evaluationsA, ...evaluationsB], options, options);
  const empty = pairs.filter(({ a }) => !hasSupport(a));
  const lines = [
    ...[...new Set(empty.map(({ a }) => a.language))].map((language) =>
      `${language}: nothing is to be found in its test set; no mean has it`
    ),
    ...(["a", "b"] as const).flatMap((side) =>
      left[side] === 0
        ? []
        : [`${left[side]} of input "${side}" have no partner and are left aside`]
    ),
  ];
  const found = new Map(pairs.map((pair) => [pair, compareOnTarget(pair, estimates, options)]));
  const onTargets = [...found].map(([pair, compared]) => ({
    ...rowOf(pair.a, pair.b, [pair], compared, options),
    ...noCounts,
  }));
  const overTargets = groupedByTargets(pairs.filter(({ a }) => hasSupport(a))).map((group) => {
    const compared = compareOverTargets(group.pairs, estimates, options);
    return {
      ...rowOf(group.a, group.b, group.pairs, compared, options),
      corpus: commonCorpus(group.pairs.map(({ a }) => a)),
      language: null,
      ...countsOver(group.pairs.map((pair) => found.get(pair)!)),
    };
  });
  return { rows: [...corrected(onTargets), ...corrected(overTargets)], lines };
}

/** What only a row over targets has. */
const noCounts = { wins: null, losses: null, pSigns: null, pWilcoxon: null };

type Named = Pick<SystemOnTarget, "model" | "axes">;

/** Pairs of the same two systems on two targets or more. */
function groupedByTargets(pairs: readonly Pair[]): { a: Named; b: Named; pairs: Pair[] }[] {
  const left = [pairs.map(({ a }) => a), pairs.map(({ b }) => b)].map(languageAxes);
  const named = ({ a, b }: Pair): [Named, Named] => [
    { model: a.model, axes: withoutAxes(a.axes, left[0]) },
    { model: b.model, axes: withoutAxes(b.axes, left[1]) },
  ];
  const groups = Map.groupBy(
    pairs,
    (pair) => canonicalJson([named(pair).map(({ model, axes }) => [model, axes]), pair.a.split]),
  );
  return [...groups.values()].filter((group) => group.length > 1).map((group) => {
    const [a, b] = named(group[0]);
    return { a, b, pairs: group };
  });
}

function rowOf(
  a: Named,
  b: Named,
  pairs: readonly Pair[],
  compared: Compared,
  { metric, of, alpha, confidence, draw }: ComparisonOptions,
): Omit<Uncorrected, keyof typeof noCounts> {
  const [{ a: { corpus, language, split } }] = pairs;
  const { interval, scoresA, scoresB } = compared;
  const [seedsA, seedsB] = [pairs.map((pair) => pair.a), pairs.map((pair) => pair.b)]
    .map((side) => Math.min(...side.map(({ seeds }) => seeds.length)));
  const several = scoresA.length > 1 && scoresB.length > 1 &&
    ![...scoresA, ...scoresB].some(Number.isNaN);
  return {
    modelA: a.model,
    axesA: canonicalJson(a.axes),
    modelB: b.model,
    axesB: canonicalJson(b.axes),
    corpus,
    language,
    split,
    metric,
    of,
    targets: pairs.length,
    sentences: pairs.reduce((sum, pair) => sum + pair.a.seeds[0].sentences.length, 0),
    seedsA,
    seedsB,
    a: orNull(compared.a),
    b: orNull(compared.b),
    difference: orNull(compared.a - compared.b),
    low: orNull(interval.low),
    high: orNull(interval.high),
    confidence,
    method: interval.method,
    p: orNull(compared.p),
    pSeeds: orNull(compared.pSeeds),
    alpha,
    epsilonMin: several
      ? almostStochasticOrder(scoresA, scoresB, { key: ["crosstie", draw, "aso"] }).epsilonMin
      : null,
    cohensD: several ? orNull(cohensD(scoresA, scoresB)) : null,
    superiority: orNull(compared.superiority),
  };
}

/** In how many targets A is better, and what that says. */
function countsOver(targets: readonly Compared[]): {
  wins: number;
  losses: number;
  pSigns: number;
  pWilcoxon: number;
} {
  const [a, b] = [targets.map((each) => each.a), targets.map((each) => each.b)];
  const { wins, losses, p } = signTest(a, b);
  return { wins, losses, pSigns: p, pWilcoxon: signedRanks(a, b).p };
}

/** Rows with their p-values corrected together, and verdicts. */
function corrected(rows: readonly Uncorrected[]): ComparisonRow[] {
  const p = rows.map(({ p, pSeeds }) => p === null ? NaN : Math.max(p, pSeeds ?? 0));
  const [byHolm, byBh] = [holm(p), benjaminiHochberg(p)];
  const tests = p.filter((each) => !Number.isNaN(each)).length;
  return rows.map((row, i) => {
    const isDecided = byHolm[i] <= row.alpha && row.difference !== null && row.difference !== 0;
    return {
      ...row,
      tests,
      holm: orNull(byHolm[i]),
      bh: orNull(byBh[i]),
      verdict: isDecided ? (row.difference! > 0 ? "better" : "worse") : "undecided",
    };
  });
}
