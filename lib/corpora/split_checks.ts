/**
 * Looks over the splits of a corpus for what spoils an experiment: repeated sentences, test
 * sentences seen in training, stripped labels, nothing at all.
 *
 * @module
 */
import { UserError } from "../core/errors.ts";
import { type Oddity, type OddityKind, oddityKinds } from "./oddity_log.ts";
import type { ReadSplits } from "./readers.ts";
import { type Split, splitNames, type TaggedSentence } from "./tagged.ts";

/** The oddities of each split. */
export type OdditiesOfSplits = Record<Split, Oddity[]>;

/**
 * What is odd about the splits as wholes. Sentences are the same when their words are; tags do not
 * matter. `duplicateSentence` counts the repetitions (three times the same are two), `testInTrain`
 * and `validationInTrain` the sentences of test or validation whose words are in train.
 */
export function checkSplits(splits: ReadSplits): OdditiesOfSplits {
  const sentencesOf = (split: Split) => splits[split]?.sentences ?? [];
  const inTrain = new Set(sentencesOf("train").map(wordsOf));
  const found: OdditiesOfSplits = { train: [], validation: [], test: [] };
  for (const split of splitNames) {
    const sentences = sentencesOf(split);
    if (sentences.length === 0) {
      const detail = splits[split] ? "no sentences" : "the corpus has no such split";
      found[split].push(oddity("emptySplit", 1, detail));
      continue;
    }
    const seen = new Set<string>();
    const repeated = sentences.map(wordsOf).filter((words) => {
      const again = seen.has(words);
      seen.add(words);
      return again;
    });
    found[split].push(...several("duplicateSentence", repeated));
    if (split !== "train") {
      const kind = split === "test" ? "testInTrain" : "validationInTrain";
      const known = sentences.map(wordsOf).filter((words) => inTrain.has(words));
      found[split].push(...several(kind, known));
    }
    if (!sentences.some(hasEntity)) {
      found[split].push(oddity("labelsStripped", sentences.length, wordsOf(sentences[0])));
    }
  }
  return found;
}

/**
 * Refuses a train or test split that was asked for and is empty or has no entity at all: training
 * on it teaches nothing, and scores on it are 0 whatever the model does. For validation it is an
 * oddity. A split is not asked for when its limit is 0.
 *
 * @param name the corpus and language, for errors
 * @throws {UserError} with every split that cannot be used
 */
export function requireUsable(
  name: string,
  found: OdditiesOfSplits,
  askedFor: (split: Split) => boolean,
): void {
  const problems = (["train", "test"] as const).filter(askedFor).flatMap((split) => {
    const hint = `set \`limit: {${split}: 0}\` if this split is not needed, or take another corpus`;
    return found[split].flatMap(({ oddity, count, detail }) => {
      if (oddity === "emptySplit") {
        return [{ message: `Cannot use the ${split} split of ${name}: ${detail}`, hint }];
      }
      if (oddity !== "labelsStripped") return [];
      const message =
        `Cannot use the ${split} split of ${name} as its labels seem to be stripped: all words of its ${count} sentences are tagged O, so that every score would be 0`;
      return [{ message, hint }];
    });
  });
  if (problems.length > 0) throw new UserError(problems);
}

function wordsOf({ tokens }: TaggedSentence): string {
  return tokens.join(" ");
}

function hasEntity({ tags }: TaggedSentence): boolean {
  return tags.some((tag) => tag !== "O");
}

function several(kind: OddityKind, sentences: readonly string[]): Oddity[] {
  if (sentences.length === 0) return [];
  const detail = `${new Set(sentences).size} different, such as "${sentences[0]}"`;
  return [oddity(kind, sentences.length, detail)];
}

function oddity(kind: OddityKind, count: number, detail: string): Oddity {
  return { oddity: kind, action: "kept", line: null, count, detail };
}

/** An oddity in one line of words for the log. */
export function describeOddity({ oddity, action, count }: Oddity): string {
  return `${oddity} × ${count} (${action}): ${oddityKinds[oddity]}`;
}
