/**
 * What a model got wrong: by token, label and sentence, by what was taken for what, and by kind of
 * entity.
 *
 * @module
 */
import { defineColumns, defineTable, type RowOf } from "../schema.ts";

/** The columns that say whose answers they are, and on what. */
const answered = defineColumns({
  model: { type: "VARCHAR", about: "kind of model, such as encoder, masked or memorizer" },
  corpus: { type: "VARCHAR", about: "catalogue name of the corpus" },
  language: { type: "VARCHAR", about: "language code as the corpus spells it" },
  split: { type: "VARCHAR", about: "train, validation or test" },
});

const group = ["model", "corpus", "language", "split"] as const;

/** Where the loss is. */
export const lossesTable = defineTable({
  name: "losses",
  about: "Tokens, right answers and sentences with the greatest loss, one row each.",
  columns: {
    ...answered,
    of: { type: "VARCHAR", about: "token, label or sentence" },
    rank: { type: "INTEGER", about: "by the sum of the loss, from 1" },
    name: { type: "VARCHAR", about: "the token; the right answer; the sentence" },
    sentence: {
      type: "INTEGER",
      about: "position in the split, from 0; NULL for tokens and labels",
      nullable: true,
    },
    count: { type: "INTEGER", about: "answers that have a loss" },
    sum: { type: "DOUBLE", about: "of −ln p of the right answers, nats" },
    mean: { type: "DOUBLE", about: "of the same, nats" },
    max: { type: "DOUBLE", about: "greatest of the same, nats" },
    wrong: { type: "INTEGER", about: "wrong answers among them" },
  },
  key: [...group, "of", "rank"],
});

/** What was taken for what. */
export const confusionTable = defineTable({
  name: "confusion",
  about: "What the right answers were taken for, one row per pair that occurs.",
  columns: {
    ...answered,
    counting: {
      type: "VARCHAR",
      about: "words (tags of words, or their classes), sentences (classes of texts) or entities",
    },
    gold: { type: "VARCHAR", about: "right answer; O for an entity that is none" },
    predicted: { type: "VARCHAR", about: "the model's; O for an entity that it did not find" },
    bounds: {
      type: "VARCHAR",
      about:
        "of two entities: same, or overlapping; NULL where there is one, and for words and texts",
      nullable: true,
    },
    count: { type: "INTEGER", about: "how often" },
    share: {
      type: "DOUBLE",
      about: "of all with that right answer, %; NULL for entities that are none",
      nullable: true,
    },
  },
  key: [...group, "counting", "gold", "predicted", "bounds"],
});

/** The sentences to look at first. */
export const worstTable = defineTable({
  name: "worst",
  about: "The sentences with the greatest loss, or the most wrong answers of a model without one.",
  columns: {
    ...answered,
    rank: { type: "INTEGER", about: "from 1" },
    sentence: { type: "INTEGER", about: "position in the split, from 0" },
    loss: {
      type: "DOUBLE",
      about: "sum of −ln p of its right answers, nats; NULL where the model has no p",
      nullable: true,
    },
    wrong: { type: "INTEGER", about: "wrong answers" },
    lost: { type: "INTEGER", about: "words that were cut off: the model did not see them" },
    words: { type: "VARCHAR[]", about: "what was asked: words, or the text" },
    gold: { type: "VARCHAR[]", about: "the right answers" },
    predicted: { type: "VARCHAR[]", about: "the model's answers" },
  },
  key: [...group, "rank"],
});

/** Where the gold data may be wrong. */
export const suspectsTable = defineTable({
  name: "suspects",
  about: "Entities whose annotation looks wrong, as a machine's often is, one row per reason.",
  columns: {
    ...answered,
    reason: {
      type: "VARCHAR",
      about:
        "parentheses (in the entity), date (a year or a date in figures in it), majority (the same " +
        "words are annotated otherwise elsewhere)",
    },
    rank: { type: "INTEGER", about: "by votes for a majority, else by place, from 1" },
    sentence: { type: "INTEGER", about: "position in the split, from 0" },
    start: { type: "INTEGER", about: "its first word, from 0" },
    end: { type: "INTEGER", about: "the word after its last" },
    text: { type: "VARCHAR", about: "its words" },
    gold: { type: "VARCHAR", about: "its type in the gold data; O where it is none there" },
    expected: {
      type: "VARCHAR",
      about: "its type by the majority elsewhere, or O; NULL for other reasons",
      nullable: true,
    },
    votes: {
      type: "INTEGER",
      about: "how often it is that elsewhere; NULL for other reasons",
      nullable: true,
    },
    elsewhere: {
      type: "INTEGER",
      about: "how often its words stand elsewhere; NULL for other reasons",
      nullable: true,
    },
    predicted: {
      type: "VARCHAR",
      about: "what the model says of these very words: a type, O, or ? for parts of something else",
    },
  },
  key: [...group, "reason", "rank"],
});

/** For which entities a model is good. */
export const bucketsTable = defineTable({
  name: "buckets",
  about: "F1 of entities, words or texts of one kind, with its interval: one row per bucket.",
  columns: {
    ...answered,
    feature: {
      type: "VARCHAR",
      about:
        "label, spanLength (words), sentenceLength (words), entityDensity (share of a sentence's " +
        "words in gold entities), seen (among the training entities, words or texts), capitalisation",
    },
    bucket: { type: "VARCHAR", about: "which of them; lengths and densities as ranges" },
    place: { type: "INTEGER", about: "order of the buckets of a feature, from 0" },
    gold: { type: "INTEGER", about: "in the gold data" },
    predicted: { type: "INTEGER", about: "in the prediction" },
    correct: { type: "INTEGER", about: "in both, at the same place" },
    f1: { type: "DOUBLE", about: "%; accuracy where every word or text has one answer" },
    low: {
      type: "DOUBLE",
      about: "of the interval, %; NULL where it cannot be told",
      nullable: true,
    },
    high: {
      type: "DOUBLE",
      about: "of the interval, %; NULL where it cannot be told",
      nullable: true,
    },
    sentences: { type: "INTEGER", about: "sentences with any of them" },
  },
  key: [...group, "feature", "bucket"],
});

/** A row of {@linkcode lossesTable}. */
export type LossRow = RowOf<typeof lossesTable>;

/** A row of {@linkcode confusionTable}. */
export type ConfusionRow = RowOf<typeof confusionTable>;

/** A row of {@linkcode worstTable}. */
export type WorstRow = RowOf<typeof worstTable>;

/** A row of {@linkcode suspectsTable}. */
export type SuspectRow = RowOf<typeof suspectsTable>;

/** A row of {@linkcode bucketsTable}. */
export type BucketRow = RowOf<typeof bucketsTable>;
