/**
 * Which buckets of the table `buckets` a sentence is an example of.
 *
 * @module
 */
import { answeredEntities, type AnsweredSplit, isEntityTag } from "../../analysis/answered.ts";
import { answerBuckets, entityBuckets } from "../../analysis/buckets.ts";
import type { Row } from "../results.ts";

/** The sentences that a bucket has: those of one language. */
export interface BucketKey {
  readonly language: string;
  readonly feature: string;
  readonly bucket: string;
}

/** A bucket as one text. */
export function bucketKey({ language, feature, bucket }: BucketKey): string {
  return `${language}, ${feature} ${bucket}`;
}

/** Of a single sentence no interval is asked. */
const uncertain = { resamples: 1, confidence: .95, draw: 0 };

/**
 * The buckets of a row of the table `worst`: those that its entities, words or text count in. What
 * was seen in training is not known of it.
 */
export function bucketsOfSentence(row: Row): string[] {
  const [words, gold, predicted] = [row.words, row.gold, row.predicted] as string[][];
  const language = String(row.language);
  const split: AnsweredSplit = {
    by: { model: "", corpus: "", language, split: "" },
    sentences: [{ sentence: 0, words, gold, predicted, losses: [], lost: 0 }],
  };
  const buckets = [...gold, ...predicted].every(isEntityTag)
    ? entityBuckets(split, answeredEntities(split), undefined, uncertain)
    : answerBuckets(split, words.length > 1 ? "words" : "texts", undefined, uncertain);
  return buckets.map(({ feature, bucket }) => bucketKey({ language, feature, bucket }));
}
