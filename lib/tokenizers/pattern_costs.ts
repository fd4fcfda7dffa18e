/**
 * How long a regular expression can take, told from its form: V8 tries every way in which it could
 * match, and a stranger's may have more of them than anybody can wait for.
 *
 * @module
 */
import { type AST, RegExpParser } from "@eslint-community/regexpp";

/** A bound on the ways in which an expression can be tried from one place of a text. */
export interface PatternCost {
  /** Steps that the length of the text does not change, over all ways. */
  readonly ways: number;
  /** The degree to which they grow with it: each is a repetition that may be given back. */
  readonly degree: number;
}

/** A repetition of at most so many is counted, not taken for one without end. */
const mostCounted = 64;

const parser = new RegExpParser({ ecmaVersion: 2025 });

/**
 * The cost of an expression.
 *
 * @param source of an expression with the flag u
 * @returns undefined where nothing can be told: a repetition whose content can be repeated in more
 * than one way, or a part that must be equal to an earlier one
 * @throws {SyntaxError} when it is no expression
 */
export function patternCost(source: string): PatternCost | undefined {
  const { alternatives } = parser.parsePattern(source, 0, source.length, { unicode: true });
  return either(alternatives, false);
}

/** @param fails whether something behind can fail, so that other ways are tried */
function either(alternatives: readonly AST.Alternative[], fails: boolean): PatternCost | undefined {
  let ways = 0, degree = 0;
  for (const { elements } of alternatives) {
    const cost = sequence(elements, fails);
    if (!cost) return undefined;
    ways += cost.ways;
    degree = Math.max(degree, cost.degree);
  }
  return { ways, degree };
}

function sequence(elements: readonly AST.Element[], fails: boolean): PatternCost | undefined {
  let ways = 1, degree = 0;
  for (const element of elements.toReversed()) {
    const cost = costOf(element, fails);
    if (!cost) return undefined;
    ways *= cost.ways;
    degree += cost.degree;
    fails ||= canFail(element);
  }
  return { ways, degree };
}

function costOf(element: AST.Element, fails: boolean): PatternCost | undefined {
  switch (element.type) {
    case "Quantifier":
      return repetition(element, fails);
    case "Group":
    case "CapturingGroup":
      return either(element.alternatives, fails);
    case "Assertion":
      // What it looks at is not consumed, and is looked at again from the next place.
      return "alternatives" in element ? either(element.alternatives, true) : one;
    case "Backreference":
      return undefined;
    default:
      return one;
  }
}

const one: PatternCost = { ways: 1, degree: 0 };

function repetition(
  { element, min, max }: AST.Quantifier,
  fails: boolean,
): PatternCost | undefined {
  const cost = costOf(element, fails || max > 1);
  if (!cost) return undefined;
  const isFixed = cost.ways === 1 && cost.degree === 0;
  if (max > mostCounted) {
    const isGivenBack = fails || min > mostCounted;
    return isFixed ? { ways: 1, degree: isGivenBack ? 1 : 0 } : undefined;
  }
  let ways = 0;
  for (let times = min; times <= max; times++) ways += Math.max(1, times) * cost.ways ** times;
  return { ways, degree: cost.degree * max };
}

/** Whether there is a place where an element cannot match. */
function canFail(element: AST.Element): boolean {
  if (element.type === "Quantifier") return element.min > 0 && canFail(element.element);
  if (element.type === "Group" || element.type === "CapturingGroup") {
    return element.alternatives.every(({ elements }) => elements.some(canFail));
  }
  return true;
}
