/**
 * Evaluations put together by system and test set: seeds side by side, and targets to average over.
 *
 * @module
 */
import { canonicalJson } from "../core/canonical_json.ts";
import { UserError } from "../core/errors.ts";
import { type Axes, compareSeeds, type Evaluation, type TestSet } from "./evaluations.ts";

/** A system on one test set, with all its seeds. */
export interface SystemOnTarget extends TestSet {
  readonly model: string;
  readonly axes: Axes;
  /** One of each seed, in their order. */
  readonly seeds: readonly Evaluation[];
}

/** A system on several test sets. */
export interface SystemOverTargets {
  readonly model: string;
  /** Those that do not only say which target it is. */
  readonly axes: Axes;
  readonly split: string;
  readonly targets: readonly SystemOnTarget[];
}

/**
 * Systems on test sets, in the order in which these first appear.
 *
 * @throws {UserError} where two evaluations are of the same system, seed and test set
 */
export function systemsOnTargets(evaluations: readonly Evaluation[]): SystemOnTarget[] {
  const groups = Map.groupBy(
    evaluations,
    ({ model, axes, corpus, language, split }) =>
      canonicalJson([model, axes, corpus, language, split]),
  );
  return [...groups.values()].map((group) => {
    const [{ model, axes, corpus, language, split }] = group;
    const seeds = group.toSorted((a, b) => compareSeeds(a.seed, b.seed));
    seeds.slice(1).forEach((each, i) => {
      const before = seeds[i];
      if (each.seed !== before.seed) return;
      throw new UserError({
        message: `Cannot tell an evaluation of ${each.instance} from one of ${before.instance}: ` +
          `both are of ${model} on ${language}` + (each.seed === null ? "" : `, seed ${each.seed}`),
        hint: "take each once, or name the axis that numbers the seeds in seedAxis",
      });
    });
    return { model, axes, corpus, language, split, seeds };
  });
}

/**
 * Axes whose value is the target's language wherever a system has them, so that they tell targets
 * apart and no systems: `target` of an evaluation of one target, or `source` where every model is on
 * the language that it was trained on.
 */
export function languageAxes(systems: readonly SystemOnTarget[]): Set<string> {
  const names = new Set(systems.flatMap(({ axes }) => Object.keys(axes)));
  return new Set(
    [...names].filter((name) =>
      systems.every(({ axes, language }) =>
        !Object.hasOwn(axes, name) || String(axes[name]) === language
      )
    ),
  );
}

/** Axes without some. */
export function withoutAxes(axes: Axes, left: ReadonlySet<string>): Axes {
  return Object.fromEntries(Object.entries(axes).filter(([name]) => !left.has(name)));
}

/** Systems over their targets of one split: those with two or more. */
export function systemsOverTargets(systems: readonly SystemOnTarget[]): SystemOverTargets[] {
  const left = languageAxes(systems);
  const groups = Map.groupBy(
    systems,
    ({ model, axes, split }) => canonicalJson([model, withoutAxes(axes, left), split]),
  );
  return [...groups.values()].filter((targets) => targets.length > 1).map((targets) => {
    const [{ model, axes, split }] = targets;
    return { model, axes: withoutAxes(axes, left), split, targets };
  });
}

/** Whether anything is to be found in a test set; where not, no system is asked there. */
export function hasSupport({ seeds: [{ classes }] }: SystemOnTarget): boolean {
  return [...classes.values()].some((counts) => {
    for (let at = 2; at < counts.length; at += 3) if (counts[at] > 0) return true;
    return false;
  });
}

/** Whether a system has no seed that it could vary by, as a floor. */
export function isDeterministic({ seeds }: SystemOnTarget): boolean {
  return seeds.length === 1 && seeds[0].seed === null;
}

/** How the seeds of several targets are drawn together. */
export type SeedsAre = "crossed" | "nested";

/**
 * Crossed where every target has the same seeds: seed 3 may then be one model in all of them, which
 * a draw for each target by itself would even out.
 *
 * @throws {UserError} where they are asked to be crossed, and cannot be
 */
export function seedsOf(
  targets: readonly SystemOnTarget[],
  asked: SeedsAre | "auto",
): SeedsAre {
  const names = targets.map(({ seeds }) => canonicalJson(seeds.map(({ seed }) => seed)));
  const odd = names.findIndex((name) => name !== names[0]);
  if (odd >= 0 && asked === "crossed") {
    const [first, other] = [targets[0], targets[odd]];
    throw new UserError({
      message: `Cannot cross the seeds of ${first.model} with targets: ${first.language} has ` +
        `${names[0]}, ${other.language} ${names[odd]}`,
      hint: "run the same seeds for every target, or write seeds: nested",
    });
  }
  return asked === "auto" ? (odd >= 0 ? "nested" : "crossed") : asked;
}

/** The corpus of test sets; null where they are of several. */
export function commonCorpus(targets: readonly TestSet[]): string | null {
  const [{ corpus }] = targets;
  return targets.every((each) => each.corpus === corpus) ? corpus : null;
}
