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

/** Whether a text is a condition, such as `low > -1 and high < 1`. */
export function isCondition(text: string): boolean {
  return partsOf(text).every((part) => comparison.test(part));
}

/** Whether a condition holds: all its comparisons do. */
export function conditionHolds(condition: string, effect: Effect): boolean {
  return partsOf(condition).every((part) => {
    const found = comparison.exec(part);
    if (found === null) throw new TypeError(`Cannot read the condition "${condition}"`);
    const [, name, sign, limit] = found;
    return holds[sign](effect[name as keyof Effect], Number(limit));
  });
}

function partsOf(condition: string): string[] {
  return condition.trim().split(/\s+and\s+/i);
}
