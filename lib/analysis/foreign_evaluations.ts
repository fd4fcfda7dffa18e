/**
 * Somebody else's predictions as evaluations, held against test sets that are known.
 *
 * @module
 */
import { UserError } from "../core/errors.ts";
import { scoreWords } from "../metrics/class_scores.ts";
import { type AnsweredSentence, scoreEntities } from "../metrics/entity_scores.ts";
import { countsOfSentences, type Evaluation, type TestSet } from "./evaluations.ts";
import type { PredictedSentence, PredictionFile } from "./prediction_file.ts";
import type { ScoreParams } from "./score_params.ts";

/** A file of predictions, and what its name says. */
export interface NamedPredictions extends PredictionFile {
  /** The file's name up to the first dot. */
  readonly language: string;
  /** What the predictions are said to be of. */
  readonly model: string;
}

/** The words of a test set with the right answers, sentence by sentence. */
export interface GoldSentences {
  /** For messages. */
  readonly instance: string;
  readonly sentences: readonly {
    readonly words: readonly string[];
    readonly gold: readonly string[];
  }[];
}

/** A test set that the other side knows. */
export interface KnownTestSet extends TestSet {
  /** Undefined where nothing but counts is there. */
  readonly gold?: GoldSentences;
}

/**
 * The test set that a file is about: the only one there is, or that of the language in its name.
 * Undefined where the other side has none of that language.
 *
 * @throws {UserError} where there are several of that language
 */
export function testSetOf(
  { file, language }: NamedPredictions,
  known: readonly KnownTestSet[],
  isAlone: boolean,
): KnownTestSet | undefined {
  if (isAlone && known.length === 1) return known[0];
  const found = known.filter((each) => each.language === language);
  if (found.length < 2) return found[0];
  throw new UserError({
    message: `Cannot tell which test set "${file}" is about: the other side has ${
      found.map(({ corpus, split }) => `${corpus}, ${split}`).join(" and ")
    } of ${language}`,
    hint: "name a part of that side, such as 'evaluate[language=swa]'",
  });
}

/** What becomes of a sentence whose words or right answers are not the test set's. */
export type Differing = "refuse" | "leave";

/**
 * A file's predictions as an evaluation of a test set. Its words must be that test set's, where these
 * are known.
 *
 * @param differing `leave`: sentences that differ are not among those of the evaluation
 * @throws {UserError} where words differ, or the right answers are nowhere
 */
export function evaluationOf(
  predictions: NamedPredictions,
  testSet: KnownTestSet,
  asked: ScoreParams,
  differing: Differing = "refuse",
): Evaluation {
  const { file, model, tagsEntities } = predictions;
  const { corpus, language, split } = testSet;
  const answered = answeredSentences(predictions, testSet.gold, differing);
  const kept = [...answered.keys()];
  const { counts } = (tagsEntities ? scoreEntities : scoreWords)([...answered.values()]);
  const counted = countsOfSentences(counts, file, asked);
  return {
    instance: file,
    model,
    axes: {},
    seed: null,
    corpus,
    language,
    split,
    ...counted,
    sentences: counted.sentences.map((place) => kept[place]),
  };
}

/**
 * Gold and predicted answers by sentence; one that was cut short has none for the rest of its words.
 */
function answeredSentences(
  predictions: NamedPredictions,
  gold: GoldSentences | undefined,
  differing: Differing,
): Map<number, AnsweredSentence> {
  const { file, sentences, hasGold } = predictions;
  if (gold === undefined) {
    if (hasGold) {
      return new Map(
        sentences.map(({ gold, predicted }, i) => [i, { gold: gold!, predicted }]),
      );
    }
    throw new UserError({
      message: `Cannot score "${file}": it has no right answers, nor has the other side the words`,
      hint: "give a file with three columns, or compare with a predict stage",
    });
  }
  if (gold.sentences.length !== sentences.length) {
    throw new UserError({
      message: `Cannot compare "${file}" with ${gold.instance}: their test sets differ: ` +
        `${sentences.length} sentences and ${gold.sentences.length}`,
      hint: firstDifference(sentences, gold),
    });
  }
  const answered = new Map<number, AnsweredSentence>();
  let refusal: unknown;
  sentences.forEach((_, i) => {
    try {
      answered.set(i, answeredSentence(predictions, gold, i));
    } catch (error) {
      if (differing === "refuse" || !(error instanceof UserError)) throw error;
      refusal ??= error;
    }
  });
  if (answered.size === 0 && refusal !== undefined) throw refusal;
  return answered;
}

/** @throws {UserError} where words or right answers differ */
function answeredSentence(
  { file, sentences, hasGold, tagsEntities }: NamedPredictions,
  gold: GoldSentences,
  place: number,
): AnsweredSentence {
  const sentence = sentences[place], wanted = gold.sentences[place];
  checkWords(file, sentence, wanted.words, gold.instance, hasGold);
  checkGold(file, sentence, wanted.gold, gold.instance);
  const missing = wanted.words.length - sentence.words.length;
  const nothing = Array.from({ length: missing }, () => tagsEntities ? "O" : "");
  return { gold: wanted.gold, predicted: [...sentence.predicted, ...nothing] };
}

/** Where two lists of sentences first part, in words. */
function firstDifference(
  sentences: readonly PredictedSentence[],
  { sentences: wanted, instance }: GoldSentences,
): string {
  const at = sentences.findIndex(({ words }, i) =>
    words.some((word, place) => !isSameWord(word, wanted[i]?.words[place]))
  );
  if (at < 0) return `they are the same up to sentence ${sentences.length}`;
  return `they part at line ${sentences[at].line}: "${sentences[at].words.slice(0, 5).join(" ")}"` +
    ` where ${instance} has "${wanted[at]?.words.slice(0, 5).join(" ") ?? "nothing"}"`;
}

/** Whether words are the same but for digits, which taggers write as 0 (Lample et al. 2016). */
function isSameWord(word: string, wanted: string | undefined): boolean {
  return word === wanted ||
    word.replace(/\p{Nd}/gu, "0") === wanted?.replace(/\p{Nd}/gu, "0");
}

/** @throws {UserError} where the words are not the test set's, or their first ones */
function checkWords(
  file: string,
  { line, words }: PredictedSentence,
  wanted: readonly string[],
  instance: string,
  isWhole: boolean,
): void {
  const at = words.findIndex((word, i) => !isSameWord(word, wanted[i]));
  const isShort = at < 0 && words.length < wanted.length;
  if (at < 0 && !(isShort && isWhole)) return;
  const place = at < 0 ? words.length - 1 : at;
  throw new UserError({
    message: at < 0
      ? `Cannot pair this sentence with that of ${instance}: it has ${words.length} words, the ` +
        `other ${wanted.length}`
      : `Cannot pair word "${words[at]}" with ${
        wanted[at] === undefined ? "none" : `"${wanted[at]}"`
      } of ${instance}: their test sets differ`,
    range: {
      file,
      line: line + place,
      column: 1,
      length: words[place].length,
      lineText: words[place],
    },
    hint: "compare predictions of the same sentences, word for word; --differing leave leaves " +
      "sentences out whose words differ",
  });
}

/** @throws {UserError} where a file has other right answers: the scores would be of other things */
function checkGold(
  file: string,
  { line, words, gold }: PredictedSentence,
  wanted: readonly string[],
  instance: string,
): void {
  const at = gold?.findIndex((tag, i) => tag !== wanted[i]) ?? -1;
  if (gold === undefined || at < 0) return;
  throw new UserError({
    message: `Cannot compare answers to different questions: the right answer for "${words[at]}" ` +
      `is ${gold[at]} here, and ${wanted[at]} in ${instance}`,
    range: { file, line: line + at, column: 1, length: words[at].length, lineText: words[at] },
    hint: "compare on the same labels: see ignoreTypes and entityTypes of ner.tokenize",
  });
}
