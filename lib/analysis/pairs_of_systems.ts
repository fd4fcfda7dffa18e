/**
 * Which systems are compared with which.
 *
 * @module
 */
import { canonicalJson } from "../core/canonical_json.ts";
import { UserError } from "../core/errors.ts";
import { checkTestSets, type Evaluation, testSetKey } from "./evaluations.ts";
import { languageAxes, type SystemOnTarget, systemsOnTargets } from "./systems.ts";

/** Two systems on one test set. */
export interface Pair {
  readonly a: SystemOnTarget;
  readonly b: SystemOnTarget;
}

/** Pairs, and how many systems on test sets have no partner on the other side. */
export interface Paired {
  readonly pairs: readonly Pair[];
  readonly left: { readonly a: number; readonly b: number };
}

/**
 * Pairs systems of A with those of B on the same test sets. An axis that has several values on both
 * sides must be equal, but for one that says the target's language; so must models where a side has
 * several. Any other axis tells the two sides apart: each of A's values is held against the one of B.
 *
 * @param unpaired what becomes of a system that has no partner
 * @throws {UserError} where sides have other test sets, nothing is paired, or a system of one side
 *   has no partner and is not to be left
 */
export function pairSystems(
  evaluationsA: readonly Evaluation[],
  evaluationsB: readonly Evaluation[],
  unpaired: "refuse" | "leave" = "refuse",
): Paired {
  checkTestSets([...evaluationsA, ...evaluationsB]);
  const sideA = systemsOnTargets(evaluationsA), sideB = systemsOnTargets(evaluationsB);
  const axes = pairingAxes(sideA, sideB);
  const byModel = [sideA, sideB].some((side) => new Set(side.map(({ model }) => model)).size > 1);
  const keyOf = (system: SystemOnTarget): string =>
    canonicalJson([
      testSetKey(system),
      byModel ? system.model : null,
      axes.map((axis) => Object.hasOwn(system.axes, axis) ? system.axes[axis] : null),
    ]);
  const partners = Map.groupBy(sideB, keyOf);
  const pairs = sideA.flatMap((a) => (partners.get(keyOf(a)) ?? []).map((b) => ({ a, b })));
  const [ofA, ofB] = [new Set(pairs.map(({ a }) => a)), new Set(pairs.map(({ b }) => b))];
  if (unpaired === "refuse" || pairs.length === 0) {
    checkPartners(sideA, ofA, "a", "b");
    checkPartners(sideB, ofB, "b", "a");
  }
  return { pairs, left: { a: sideA.length - ofA.size, b: sideB.length - ofB.size } };
}

/** Axes by which systems are paired: those with several values on both sides. */
function pairingAxes(a: readonly SystemOnTarget[], b: readonly SystemOnTarget[]): string[] {
  const [axesOfA, axesOfB] = [a, b].map((side) => {
    const left = languageAxes(side);
    const names = new Set(side.flatMap(({ axes }) => Object.keys(axes)));
    return [...names].filter((name) =>
      !left.has(name) &&
      new Set(side.map(({ axes }) => Object.hasOwn(axes, name) ? axes[name] : undefined)).size > 1
    );
  });
  return axesOfA.filter((name) => axesOfB.includes(name));
}

function checkPartners(
  side: readonly SystemOnTarget[],
  paired: ReadonlySet<SystemOnTarget>,
  own: string,
  other: string,
): void {
  const alone = side.find((system) => !paired.has(system));
  if (alone === undefined) return;
  const { corpus, language, split, seeds: [{ instance }] } = alone;
  throw new UserError({
    message: `Cannot compare ${instance} of input "${own}" on ${corpus}, ${language}, ${split}: ` +
      `input "${other}" has no evaluation of the same test set and the same other axes`,
    hint: "take the same targets and axes on both sides, with where, or write unpaired: leave",
  });
}
