/**
 * Which entity types a tokenization keeps and which become `O`, and what is wrong with such lists.
 *
 * @module
 */
import { type Problem, UserError } from "../core/errors.ts";
import { suggest } from "../core/suggest.ts";

/** Names of averages in `scores`: a type of that name would be counted twice. */
const averages = ["micro", "macro"];

/** Two lists of entity types. */
export interface EntityTypeLists {
  /** What a model learns, in the order of its labels. */
  readonly entityTypes: readonly string[];
  /** What becomes `O`. */
  readonly ignoreTypes: readonly string[];
}

/** Something wrong with one name of a list. */
export interface EntityTypeProblem {
  /** The list and the place in it. */
  readonly path: [keyof EntityTypeLists, number];
  /** What was expected instead. */
  readonly message: string;
}

/** What is wrong with two lists, each at its name. */
export function entityTypeProblems(
  { entityTypes, ignoreTypes }: EntityTypeLists,
): EntityTypeProblem[] {
  const problems: EntityTypeProblem[] = [];
  const check = (list: keyof EntityTypeLists, names: readonly string[]): void => {
    names.forEach((name, place) => {
      const reason = nameProblem(name) ??
        (names.indexOf(name) < place
          ? `expected each entity type once: "${name}" is in ${list} already`
          : list === "entityTypes" && averages.includes(name)
          ? `expected another name: "${name}" is an average in the table scores`
          : list === "ignoreTypes" && entityTypes.includes(name)
          ? `expected a type that is not kept: "${name}" is in entityTypes, too`
          : undefined);
      if (reason !== undefined) problems.push({ path: [list, place], message: reason });
    });
  };
  check("entityTypes", entityTypes);
  check("ignoreTypes", ignoreTypes);
  return problems;
}

function nameProblem(name: string): string | undefined {
  if (name === "") return "expected the name of an entity type: this is empty";
  if (/[\s\p{C}]/u.test(name)) {
    return `expected a name without white space and control characters, not ${
      JSON.stringify(name)
    }`;
  }
}

/** Why no entity would be left of a corpus with these types; nothing where some would be. */
export function nothingKept(
  { entityTypes }: EntityTypeLists,
  ofCorpus: readonly string[] = [],
): Problem | undefined {
  if (ofCorpus.length === 0 || ofCorpus.some((type) => entityTypes.includes(type))) return;
  const list = (types: readonly string[]) => `[${types.join(", ")}]`;
  return {
    message: `Cannot keep only ${list(entityTypes)} of a corpus that has ${list(ofCorpus)}: ` +
      "no entity would be left",
    hint: suggest(entityTypes[0], ofCorpus) ?? `name one of ${list(ofCorpus)}`,
    param: ["entityTypes"],
  };
}

/**
 * Refuses a split to be trained or scored on whose entities have all become `O`.
 *
 * @param split train, validation or test
 * @param before tags of every sentence as the corpus has them
 * @param after the same with ignored types as `O`
 * @returns a note for the log where entities were dropped; empty where none was
 * @throws {UserError} when the train or test split had entities and has none left
 */
export function droppedEntities(
  split: string,
  before: readonly (readonly string[])[],
  after: readonly (readonly string[])[],
  { entityTypes, ignoreTypes }: EntityTypeLists,
): string {
  const [had, left] = [before, after].map(wordsInEntities);
  if (had === left) return "";
  const ignored = `[${ignoreTypes.join(", ")}]`;
  if (left > 0) {
    return `${had - left} of ${had} words in entities become O, as ${ignored} are ignored`;
  }
  if (split === "validation") {
    return `no entity is left: all ${had} words in entities become O, as ${ignored} are ignored`;
  }
  throw new UserError({
    message:
      `Cannot use the ${split} split as no entity is left: all its ${had} words in entities ` +
      `are of the ignored types ${ignored}, none of [${entityTypes.join(", ")}]`,
    hint: "name the types to keep in entityTypes, or leave this split out with " +
      `\`limit: {${split}: 0}\` of its corpus`,
  });
}

function wordsInEntities(sentences: readonly (readonly string[])[]): number {
  let words = 0;
  for (const tags of sentences) for (const tag of tags) if (tag !== "O") words++;
  return words;
}
