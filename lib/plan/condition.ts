/**
 * Conditions of claims: comparisons of an effect and the ends of its interval with numbers.
 *
 * @module
 */

/** An effect with its interval. */
export interface Effect {
  readonly effect: number;
  readonly low: number;
  readonly high: number;
}

const comparison = /^(effect|low|high)\s*(<=|>=|<|>)\s*([+-]?(?:\d+\.?\d*|\.\d+))$/;

const holds: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  "<": (value, limit) => value < limit,
  "<=": (value, limit) => value <= limit,
  ">": (value, limit) => value > limit,
  ">=": (value, limit) => value >= limit,
};

/** Whether a text is a condition, such as `low > -1 and high < 1`, or `high < -1 or low > 1`. */
export function isCondition(text: string): boolean {
  return alternativesOf(text).every((parts) => parts.every((part) => comparison.test(part)));
}

/** Whether a condition holds: of the alternatives that `or` parts, all comparisons of one do. */
export function conditionHolds(condition: string, effect: Effect): boolean {
  if (!isCondition(condition)) throw new TypeError(`Cannot read the condition "${condition}"`);
  return alternativesOf(condition).some((parts) =>
    parts.every((part) => {
      const [, name, sign, limit] = comparison.exec(part)!;
      return holds[sign](effect[name as keyof Effect], Number(limit));
    })
  );
}

/** The comparisons of a condition; `and` binds tighter than `or`. */
function alternativesOf(condition: string): string[][] {
  return condition.trim().split(/\s+or\s+/i).map((each) => each.split(/\s+and\s+/i));
}
