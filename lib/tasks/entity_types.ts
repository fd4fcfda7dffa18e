/**
 * Lists of entity types: those that are kept, those that become `O`, and what is wrong with them.
 *
 * @module
 */
import { type Problem, UserError } from "../core/errors.ts";
import { suggest } from "../core/suggest.ts";
import { type NameProblem, nameProblems } from "./class_names.ts";

/** Two lists of entity types. */
export interface EntityTypeLists {
  /** What a model learns, in the order of its labels. */
  readonly entityTypes: readonly string[];
  /** What becomes `O`. */
  readonly ignoreTypes: readonly string[];
}

/** What is wrong with two lists, each problem at its name. */
export function entityTypeProblems({ entityTypes, ignoreTypes }: EntityTypeLists): NameProblem[] {
  const both = ignoreTypes.flatMap((name, place): NameProblem[] =>
    entityTypes.includes(name)
      ? [{
        path: ["ignoreTypes", place],
        message: `expected a type that is not kept: "${name}" is in entityTypes, too`,
      }]
      : []
  );
  return [
    ...nameProblems("entityTypes", entityTypes, { spaces: false, learnt: true }),
    ...nameProblems("ignoreTypes", ignoreTypes, { spaces: false, learnt: false }),
    ...both,
  ];
}

/** The problem that no entity of a corpus would be left; undefined where some would be. */
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
