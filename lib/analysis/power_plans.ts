/**
 * How many sentences and seeds would decide comparisons, from what has run.
 *
 * @module
 */
import { canonicalJson } from "../core/canonical_json.ts";
import { compareSystems } from "../statistics/comparison.ts";
import { power } from "../statistics/power.ts";
import type { PowerRow } from "../table/schemas/comparisons.ts";
import { countMetric } from "./count_metrics.ts";
import { keyOf } from "./estimates.ts";
import { countTables, type Evaluation } from "./evaluations.ts";
import { pairSystems } from "./pairs_of_systems.ts";
import type { ScoreParams } from "./score_params.ts";
import { isDeterministic } from "./systems.ts";

/** Which plans are tried. */
export interface PowerPlanOptions extends ScoreParams {
  readonly draw: number;
  /** Sizes of test sets; where not given, the size that has run, twice and four times that. */
  readonly sentences?: readonly number[];
  /** Seeds of each system. */
  readonly seeds: readonly number[];
  readonly alpha: number;
  readonly simulations: number;
  /** What power is to be. */
  readonly enough: number;
}

/**
 * Rows of the table `power`, and lines that say what could not be planned: several seeds of a system
 * of which one has run, and a target on which nothing is to be found.
 *
 * @throws {UserError} where sides cannot be paired
 */
export function powerRows(
  evaluationsA: readonly Evaluation[],
  evaluationsB: readonly Evaluation[],
  options: PowerPlanOptions,
): { rows: PowerRow[]; lines: string[] } {
  const { metric, of, alpha, simulations, enough } = options;
  const lines = new Set<string>();
  const rows = pairSystems(evaluationsA, evaluationsB).pairs.flatMap(({ a, b }) => {
    const tables = countTables([...a.seeds, ...b.seeds]);
    const [ofA, ofB] = [tables.slice(0, a.seeds.length), tables.slice(a.seeds.length)];
    const { corpus, language, split, seeds: [{ counting, sentences, instance }] } = a;
    const score = countMetric(options, counting);
    const { difference } = compareSystems(ofA, ofB, score);
    if (Number.isNaN(difference)) {
      lines.add(`${language}: no difference is defined, and nothing can be planned`);
      return [];
    }
    const isFixed = [isDeterministic(a), isDeterministic(b)] as const;
    const isAlone = [a, b].some(({ seeds }, side) => seeds.length < 2 && !isFixed[side]) ||
      isFixed[0] && isFixed[1];
    const seeds = isAlone ? [1] : options.seeds;
    if (isAlone) {
      lines.add(
        `${instance}: only test sets are planned, as nothing says how a system varies that has ` +
          `run with one seed`,
      );
    }
    const sizes = options.sentences ?? [1, 2, 4].map((times) => times * sentences.length);
    const key = [...keyOf(a.seeds[0], options), canonicalJson([a.axes, b.axes])];
    return power(ofA, ofB, score, { key, sentences: sizes, seeds, alpha, simulations, isFixed })
      .map((plan): PowerRow => ({
        modelA: a.model,
        axesA: canonicalJson(a.axes),
        modelB: b.model,
        axesB: canonicalJson(b.axes),
        corpus,
        language,
        split,
        metric,
        of,
        difference,
        ...plan,
        alpha,
        isEnough: plan.power >= enough,
      }));
  });
  return { rows, lines: [...lines] };
}
