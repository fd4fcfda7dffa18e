/**
 * Selects the instances that the command line names.
 *
 * @module
 */
import { type Problem, UserError } from "../core/errors.ts";
import { suggest } from "../core/suggest.ts";
import type { Instance, Plan } from "./plan.ts";

/** What a run is about. */
export interface Selection {
  /** The instances that were named, with those that follow for `name+`. */
  readonly targets: ReadonlySet<string>;
  /** The targets and all they need. */
  readonly needed: ReadonlySet<string>;
}

/**
 * Selects by `train`, `train[language=swa]` (any part of the axes) and `evaluate+` (with all that
 * follows); no target selects everything. In a plan of several files, `train` is the stage of every
 * file that has one, and `slicer:train` that of one.
 *
 * @throws {UserError} for a target that matches nothing
 */
export function selectTargets(plan: Plan, targets: readonly string[]): Selection {
  const all = plan.instances.map(({ id }) => id);
  if (targets.length === 0) return { targets: new Set(all), needed: new Set(all) };
  const problems: Problem[] = [];
  const named = new Set<string>();
  for (const target of targets) {
    const match = /^([^[\]+]+)(?:\[(.*)\])?(\+)?$/.exec(target);
    const ofStage = plan.instances.filter(({ stage, name }) =>
      stage === match?.[1] || stageOf(name) === match?.[1]
    );
    const found = ofStage.filter((instance) => matchesAxes(instance, match?.[2]));
    if (!match || found.length === 0) {
      const hint = !match
        ? "targets are written train, train[language=swa] or evaluate+"
        : ofStage.length > 0
        ? suggest(target, ofStage.map(({ id }) => id))
        : suggest(match[1], [...new Set(plan.instances.map(({ stage }) => stage))]);
      problems.push({ message: `Cannot find target "${target}"`, hint });
    }
    const chosen = new Set(found.map(({ id }) => id));
    if (match?.[3]) addFollowing(plan, chosen);
    chosen.forEach((id) => named.add(id));
  }
  if (problems.length > 0) throw new UserError(problems);
  const needed = new Set(named);
  for (const { id, inputs } of plan.instances.toReversed()) {
    if (needed.has(id)) Object.values(inputs).flat().forEach((input) => needed.add(input));
  }
  return { targets: named, needed };
}

/** The stage of an instance, given a name of either. */
export function stageOf(instance: string): string {
  return instance.replace(/\[.*/s, "");
}

function matchesAxes(instance: Instance, filter: string | undefined): boolean {
  return (filter ?? "").split(",").filter((part) => part.trim() !== "").every((part) => {
    const [axis, value] = part.split("=").map((text) => text.trim());
    return Object.hasOwn(instance.axes, axis) && String(instance.axes[axis]) === value;
  });
}

function addFollowing(plan: Plan, chosen: Set<string>): void {
  for (const { id, inputs } of plan.instances) {
    if (Object.values(inputs).flat().some((input) => chosen.has(input))) chosen.add(id);
  }
}
