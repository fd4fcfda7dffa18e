/**
 * Looks over the splits of a corpus for what spoils an experiment: repeated sentences, test
 * sentences seen in training, stripped labels, nothing at all.
 *
 * @module
 */
import { UserError } from "../core/errors.ts";
import { type OddityKind, oddityKinds } from "../table/schemas/oddity_kinds.ts";
import { isBeyondAscii } from "./mojibake.ts";
import type { Oddity } from "./oddity_log.ts";
import type { ReadSplits } from "./readers.ts";
import { longSentenceHint, longSentenceWords, mostOnlySentenceWords } from "./sentence_rules.ts";
import { isOrphanInside } from "../core/tags.ts";
import { type Split, splitNames, type TaggedSentence } from "./tagged.ts";
import { compose, emptyTokenReplacement } from "./words.ts";

/** As many words are not all equal by chance. */
const fewestEqualWords = 20;

const strippedWordsHint =
  "declare which column is the word, such as `token: 2`; every line may begin with a separator";

/** The oddities of each split. */
export type OdditiesOfSplits = Record<Split, Oddity[]>;

/**
 * What is odd about the splits as wholes. Sentences are the same when their words are; tags do not
 * matter. `duplicateSentence` counts the repetitions (three times the same are two), `testInTrain`
 * and `validationInTrain` the sentences of test or validation whose words are in train;
 * `composedInTrain` counts different entities.
 */
export function checkSplits(splits: ReadSplits): OdditiesOfSplits {
  const sentencesOf = (split: Split) => splits[split]?.sentences ?? [];
  const inTrain = new Set(sentencesOf("train").map(keyOf));
  const trainEntities = entitiesOf(sentencesOf("train"));
  const found: OdditiesOfSplits = { train: [], validation: [], test: [] };
  for (const split of splitNames) {
    const sentences = sentencesOf(split);
    if (sentences.length === 0) {
      const detail = splits[split] ? "no sentences" : "the corpus has no such split";
      found[split].push(oddity("emptySplit", 1, detail));
      continue;
    }
    const seen = new Set<string>();
    const repeated = sentences.filter((sentence) => {
      const key = keyOf(sentence);
      const again = seen.has(key);
      seen.add(key);
      return again;
    });
    found[split].push(...several("duplicateSentence", repeated));
    if (split !== "train") {
      const kind = split === "test" ? "testInTrain" : "validationInTrain";
      const known = sentences.filter((sentence) => inTrain.has(keyOf(sentence)));
      found[split].push(...several(kind, known));
      found[split].push(...composedInTrain(sentences, trainEntities));
    }
    found[split].push(...longSentences(sentences));
    found[split].push(...wordsStripped(sentences));
    if (!sentences.some(hasEntity)) {
      found[split].push(oddity("labelsStripped", sentences.length, wordsOf(sentences[0])));
    }
  }
  return found;
}

/**
 * Refuses a train or test split that was asked for and is empty, or has no entity or no words: training
 * on it teaches nothing, and scores on it are 0 whatever the model does. For validation it is an
 * oddity. Refuses any split that is one long sentence. A split is not asked for when its limit is
 * 0.
 *
 * @param name the corpus and language, for errors
 * @throws {UserError} with every split that cannot be used
 */
export function requireUsable(
  name: string,
  found: OdditiesOfSplits,
  askedFor: (split: Split) => boolean,
): void {
  const problems = splitNames.filter(askedFor).flatMap((split) => {
    const message = `Cannot use the ${split} split of ${name}`;
    const hint = `set \`limit: {${split}: 0}\` if this split is not needed, or take another corpus`;
    return found[split].flatMap(({ oddity, count, detail }) => {
      if (oddity === "oneSentence") {
        return [{ message: `${message}: it is ${detail}`, hint: longSentenceHint }];
      }
      if (split === "validation") return [];
      if (oddity === "emptySplit") return [{ message: `${message}: ${detail}`, hint }];
      if (oddity === "wordsStripped") {
        return [{ message: `${message}: ${detail}`, hint: strippedWordsHint }];
      }
      if (oddity !== "labelsStripped") return [];
      const why =
        `as its labels seem to be stripped: all words of its ${count} sentences are tagged O, so that every score would be 0`;
      return [{ message: `${message} ${why}`, hint }];
    });
  });
  if (problems.length > 0) throw new UserError(problems);
}

/** Words of another column, or none, as where every line begins with the separator. */
function wordsStripped(sentences: readonly TaggedSentence[]): Oddity[] {
  const [{ tokens: [first] }] = sentences;
  if (!sentences.every(({ tokens }) => tokens.every((token) => token === first))) return [];
  const count = sentences.reduce((sum, { tokens }) => sum + tokens.length, 0);
  if (first === emptyTokenReplacement) {
    return [oddity("wordsStripped", count, `none of its ${count} words has characters`)];
  }
  if (count < fewestEqualWords) return [];
  return [oddity("wordsStripped", count, `all of its ${count} words are "${first}"`)];
}

function longSentences(sentences: readonly TaggedSentence[]): Oddity[] {
  const long = sentences.map(({ tokens }) => tokens.length)
    .filter((words) => words > longSentenceWords);
  if (long.length === 0) return [];
  const most = long.reduce((most, words) => Math.max(most, words));
  if (sentences.length === 1 && most > mostOnlySentenceWords) {
    return [oddity("oneSentence", 1, `one sentence of ${most} words`)];
  }
  const detail = `of ${sentences.length} sentences, the longest of ${most} words`;
  return [oddity("longSentence", long.length, detail)];
}

/** The entities that are in train as other code points only. */
function composedInTrain(
  sentences: readonly TaggedSentence[],
  train: ReadonlySet<string>,
): Oddity[] {
  const own = [...entitiesOf(sentences)].filter((entity) => !train.has(entity));
  if (!own.some(isBeyondAscii)) return [];
  const composed = new Set([...train].map((entity) => compose(entity)));
  const equal = own.filter((entity) => composed.has(compose(entity)));
  if (equal.length === 0) return [];
  const detail = `such as "${equal[0].replaceAll("\n", " ")}"`;
  return [oddity("composedInTrain", equal.length, detail)];
}

/** The different entities, as their words with line breaks between. */
function entitiesOf(sentences: readonly TaggedSentence[]): Set<string> {
  const entities = new Set<string>();
  for (const { tokens, tags } of sentences) {
    let open: string[] = [];
    const close = () => {
      if (open.length > 0) entities.add(open.join("\n"));
      open = [];
    };
    tags.forEach((tag, i) => {
      const begins = tag.startsWith("B-") || isOrphanInside(tag, tags[i - 1]);
      if (begins || !tag.startsWith("I-")) close();
      if (begins || tag.startsWith("I-")) open.push(tokens[i]);
    });
    close();
  }
  return entities;
}

/** Equal for sentences of the same words: a word may have spaces, but no line break. */
function keyOf({ tokens }: TaggedSentence): string {
  return tokens.join("\n");
}

function wordsOf({ tokens }: TaggedSentence): string {
  return tokens.join(" ");
}

function hasEntity({ tags }: TaggedSentence): boolean {
  return tags.some((tag) => tag !== "O");
}

function several(kind: OddityKind, sentences: readonly TaggedSentence[]): Oddity[] {
  if (sentences.length === 0) return [];
  const different = new Set(sentences.map(keyOf)).size;
  const detail = `${different} different, such as "${wordsOf(sentences[0])}"`;
  return [oddity(kind, sentences.length, detail)];
}

function oddity(kind: OddityKind, count: number, detail: string): Oddity {
  return { oddity: kind, action: "kept", line: null, count, detail };
}

/** An oddity in one line of words for the log. */
export function describeOddity({ oddity, action, count }: Oddity): string {
  return `${oddity} × ${count} (${action}): ${oddityKinds[oddity]}`;
}
