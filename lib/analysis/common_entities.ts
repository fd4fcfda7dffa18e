/**
 * Entities that training data of other languages have too, and how often a model errs on them
 * (Mueller, Andrews & Dredze 2020, §5.1, Figure 2).
 *
 * @module
 */
import type { CommonEntityRow } from "../table/schemas/transfer_errors.ts";
import { type AnsweredEntities, type AnsweredSplit, formOf } from "./answered.ts";

/** How much of a name must be shared: characters in a row, or all of it. */
export const grains = ["4", "5", "6", "7", "8", "exact"] as const;

type Grain = typeof grains[number];

/** An entity of a training sentence. */
export interface KnownEntity {
  readonly language: string;
  readonly type: string;
  /** Its words, with spaces between. */
  readonly form: string;
}

/** What is in the names of each type, by language. */
export class SharedForms {
  /** Grain, type and part of a name → the one language that has it; null where several have. */
  readonly #holders = new Map<string, string | null>();
  readonly languages: ReadonlySet<string>;

  /** @param entities of training data of any languages */
  constructor(entities: readonly KnownEntity[]) {
    this.languages = new Set(entities.map(({ language }) => language));
    for (const { language, type, form } of entities) {
      for (const grain of grains) {
        for (const part of partsOf(form, grain)) {
          const key = keyOf(grain, type, part);
          const holder = this.#holders.get(key);
          this.#holders.set(key, holder === undefined || holder === language ? language : null);
        }
      }
    }
  }

  /** Whether another language's entities of this type have a part of this name. */
  isCommon({ language, type, form }: KnownEntity, grain: Grain): boolean {
    return partsOf(form, grain).some((part) => {
      const holder = this.#holders.get(keyOf(grain, type, part));
      return holder === null || holder !== undefined && holder !== language;
    });
  }
}

/**
 * A row for every grain. An entity is looked up by its own words and type, whether it is in the gold
 * data or predicted.
 */
export function commonEntityRows(
  { by, sentences }: AnsweredSplit,
  entities: readonly AnsweredEntities[],
  shared: SharedForms,
): CommonEntityRow[] {
  const { language } = by;
  const all = sentences.flatMap(({ words }, i) => {
    const { gold, predicted } = entities[i];
    const named = (spans: typeof gold) =>
      spans.map((span) => ({
        key: JSON.stringify(span),
        entity: { language, type: span.type, form: formOf(words, span) },
      }));
    const there = new Set(gold.map((span) => JSON.stringify(span)));
    return [
      ...named(gold).map((each) => ({ ...each, in: "gold" as const, isRight: false })),
      ...named(predicted).map((each) => ({
        ...each,
        in: "predicted" as const,
        isRight: there.has(each.key),
      })),
    ];
  });
  return grains.map((grain): CommonEntityRow => {
    const common = all.filter(({ entity }) => shared.isCommon(entity, grain));
    const gold = common.filter((each) => each.in === "gold").length;
    const predicted = common.length - gold;
    const correct = common.filter(({ isRight }) => isRight).length;
    const recallErrors = missingShare(correct, gold);
    const precisionErrors = missingShare(correct, predicted);
    return {
      ...by,
      grain,
      gold,
      predicted,
      correct,
      recallErrors,
      precisionErrors,
      errorRate: recallErrors === null || precisionErrors === null
        ? null
        : harmonicMean(recallErrors, precisionErrors),
    };
  });
}

/**
 * The parts of a name at a grain, as it is written; a name that is too short has none.
 *
 * NOTE: the paper does not say of what its n-grams are; here they are characters (code points), the
 * space between words among them, so that a script of several bytes a character is not favoured.
 */
function partsOf(form: string, grain: Grain): string[] {
  if (grain === "exact") return [form];
  const characters = [...form], n = Number(grain);
  return Array.from(
    { length: Math.max(0, characters.length - n + 1) },
    (_, i) => characters.slice(i, i + n).join(""),
  );
}

function keyOf(...parts: string[]): string {
  return parts.join("\0");
}

/** What is not correct of a whole, %. */
function missingShare(correct: number, whole: number): number | null {
  return whole === 0 ? null : 100 * (whole - correct) / whole;
}

function harmonicMean(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : 2 * a * b / (a + b);
}
