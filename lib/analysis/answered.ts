/**
 * Predictions put together sentence by sentence, in their order.
 *
 * @module
 */
import { compareStrings } from "../core/canonical_json.ts";
import { UserError } from "../core/errors.ts";
import { type Span, spansOf } from "../core/spans.ts";
import type { PredictionRow } from "../table/schemas/predictions.ts";

/** A sentence with what was asked, and the answers. */
export interface Answered {
  /** Position in the split, from 0. */
  readonly sentence: number;
  /** Words, or one text. */
  readonly words: readonly string[];
  readonly gold: readonly string[];
  readonly predicted: readonly string[];
  /** −ln p of each right answer, nats; null where the model has none. */
  readonly losses: readonly (number | null)[];
  /** Words that were cut off. */
  readonly lost: number;
}

/** Whose answers, and on what. */
export interface AnsweredBy {
  readonly model: string;
  readonly corpus: string;
  readonly language: string;
  readonly split: string;
}

/** Answers of one model on one split. */
export interface AnsweredSplit {
  readonly by: AnsweredBy;
  /** By position, ascending. */
  readonly sentences: readonly Answered[];
}

/**
 * Predictions by model and split: by model, corpus, language and split in the order of their names,
 * so that no order of inputs changes a sum.
 *
 * @throws {UserError} when a word has two answers of one model: two trainings would be taken for one
 */
export function answeredSplits(rows: readonly PredictionRow[]): AnsweredSplit[] {
  const groups = Map.groupBy(
    rows,
    ({ model, corpus, language, split }) => JSON.stringify([model, corpus, language, split]),
  );
  return [...groups].sort(([a], [b]) => compareStrings(a, b)).map(([, group]) => {
    const [{ model, corpus, language, split }] = group;
    const bySentence = [...Map.groupBy(group, ({ sentence }) => sentence)];
    return {
      by: { model, corpus, language, split },
      sentences: bySentence.sort(([a], [b]) => a - b)
        .map(([sentence, units]) => answeredSentence(sentence, units)),
    };
  });
}

function answeredSentence(sentence: number, rows: readonly PredictionRow[]): Answered {
  const units = rows.toSorted((a, b) => a.unit - b.unit);
  const twice = units.find(({ unit }, i) => units[i + 1]?.unit === unit);
  if (twice !== undefined) {
    const { model, corpus, language, split, unit } = twice;
    throw new UserError({
      message: `Cannot analyse predictions of several models as one: word ${unit} of sentence ` +
        `${sentence} of the ${split} split of ${corpus}, ${language} has two answers of ${model}`,
      hint: "take the predictions of one model: give this stage the axes that tell them apart",
    });
  }
  return {
    sentence,
    words: units.map(({ text }) => text),
    gold: units.map(({ gold }) => gold),
    predicted: units.map(({ predicted }) => predicted),
    losses: units.map(({ loss }) => loss),
    lost: units.filter(({ lost }) => lost).length,
  };
}

/** The entities of a sentence: those that are there, and those that the model found. */
export interface AnsweredEntities {
  readonly gold: readonly Span[];
  readonly predicted: readonly Span[];
}

/**
 * The entities of every sentence.
 *
 * @throws {UserError} where an answer is no IOB2 tag
 */
export function answeredEntities({ by, sentences }: AnsweredSplit): AnsweredEntities[] {
  return sentences.map(({ sentence, gold, predicted }) => {
    const odd = [...gold, ...predicted].find((answer) => !isEntityTag(answer));
    if (odd !== undefined) {
      throw new UserError({
        message: `Cannot find entities in the answers of ${by.model} to sentence ${sentence} of ` +
          `the ${by.split} split of ${by.corpus}, ${by.language}: "${odd}" is neither O nor ` +
          "B- or I- with a type",
        hint: "write answers: words for tags of words, answers: texts for classes of texts",
      });
    }
    return { gold: spansOf(gold), predicted: spansOf(predicted) };
  });
}

/**
 * Makes sure that answers are of words, or of texts, as they are said to be.
 *
 * @throws {UserError} where they are of the other
 */
export function checkAsked({ by, sentences }: AnsweredSplit, asks: "words" | "texts"): void {
  const of = `of ${by.model} on the ${by.split} split of ${by.corpus}, ${by.language}`;
  const several = sentences.find(({ words }) => words.length > 1);
  if (asks === "texts" && several !== undefined) {
    throw new UserError({
      message: `Cannot take the answers ${of} for answers to texts: sentence ` +
        `${several.sentence} has ${several.words.length} of them`,
      hint: "write answers: words, or answers: entities",
    });
  }
  if (asks === "words" && several === undefined && sentences.some(isText)) {
    throw new UserError({
      message: `Cannot take the answers ${of} for answers to words: each is to a whole text`,
      hint: "write answers: texts",
    });
  }
}

function isText({ words }: Answered): boolean {
  return words.some((word) => /\S\s+\S/u.test(word));
}

/** Whether an answer is a tag of IOB2. */
export function isEntityTag(answer: string): boolean {
  return /^(O|[BI]-.+)$/s.test(answer);
}

/** The words of an entity as one text. */
export function formOf(words: readonly string[], { start, end }: Span): string {
  return words.slice(start, end).join(" ");
}
