/**
 * F1 of one kind of entities, words or texts at a time (Liu et al. 2021, ExplainaBoard).
 *
 * @module
 */
import { compareStrings } from "../core/canonical_json.ts";
import type { Span } from "../core/spans.ts";
import { bootstrap } from "../statistics/bootstrap.ts";
import { percentileInterval } from "../statistics/interval.ts";
import { type CountTable, f1 } from "../statistics/metric.ts";
import type { BucketRow } from "../table/schemas/errors.ts";
import { type Answered, type AnsweredEntities, type AnsweredSplit, formOf } from "./answered.ts";
import { capitalisationOf, capitalisations } from "./word_case.ts";

/** How sure the F1 of a bucket is. */
export interface BucketOptions {
  readonly resamples: number;
  readonly confidence: number;
  readonly draw: number;
}

/** One entity, word or text that is there or that was found, by the buckets that it is in. */
interface Counted {
  readonly features: Readonly<Record<string, string>>;
  readonly gold: 0 | 1;
  readonly predicted: 0 | 1;
  readonly correct: 0 | 1;
}

const spanLengths = ["1", "2", "3", "4+"];
const lengths = ["1-10", "11-20", "21-30", "31-50", "51+"];
const densities = ["0", "0-0.1", "0.1-0.2", "0.2-0.4", "0.4-1"];

/** The order of the buckets of a feature; of others that of their names. */
const orders: Readonly<Record<string, readonly string[]>> = {
  spanLength: spanLengths,
  sentenceLength: lengths,
  entityDensity: densities,
  seen: ["seen", "unseen"],
  capitalisation: capitalisations,
};

/**
 * Buckets of entities. An entity is in the buckets of its own words and type, whether it is in the
 * gold data or predicted, and in those of its sentence: the counts of a feature sum to those of all.
 *
 * @param seen whether training has an entity of these words; undefined where no training is known
 */
export function entityBuckets(
  split: AnsweredSplit,
  entities: readonly AnsweredEntities[],
  seen: ((form: string) => boolean) | undefined,
  options: BucketOptions,
): BucketRow[] {
  const counted = split.sentences.map(({ words }, i): Counted[] => {
    const { gold, predicted } = entities[i];
    const inEntities = gold.reduce((sum, { start, end }) => sum + end - start, 0);
    const features = (span: Span) => {
      const form = formOf(words, span);
      return {
        label: span.type,
        spanLength: spanLengths[Math.min(span.end - span.start, 4) - 1],
        sentenceLength: lengthBucket(words.length),
        entityDensity: densityBucket(inEntities / words.length),
        ...seen && { seen: seen(form) ? "seen" : "unseen" },
        capitalisation: capitalisationOf(form),
      };
    };
    const key = ({ type, start, end }: Span): string => JSON.stringify([type, start, end]);
    const found = new Set(predicted.map(key)), there = new Set(gold.map(key));
    return [
      ...gold.map((span): Counted => {
        const correct = found.has(key(span)) ? 1 : 0;
        return { features: features(span), gold: 1, predicted: correct, correct };
      }),
      ...predicted.filter((span) => !there.has(key(span)))
        .map((span): Counted => ({ features: features(span), gold: 0, predicted: 1, correct: 0 })),
    ];
  });
  return bucketRows(split, counted, options);
}

/**
 * Buckets of single answers, of words or of texts. A wrong answer counts twice by its label, as one
 * that is missing and one that is too many, and once in all other buckets.
 *
 * @param seen whether training has this word or text; undefined where no training is known
 */
export function answerBuckets(
  split: AnsweredSplit,
  asks: "words" | "texts",
  seen: ((text: string) => boolean) | undefined,
  options: BucketOptions,
): BucketRow[] {
  const counted = split.sentences.map((each): Counted[] => {
    const sentenceLength = lengthBucket(wordsIn(each, asks));
    return each.words.flatMap((text, i): Counted[] => {
      const features = {
        sentenceLength,
        ...seen && { seen: seen(text) ? "seen" : "unseen" },
        ...asks === "words" && { capitalisation: capitalisationOf(text) },
      };
      const [gold, predicted] = [each.gold[i], each.predicted[i]];
      const correct = gold === predicted ? 1 : 0;
      return [
        { features, gold: 1, predicted: 1, correct },
        { features: { label: gold }, gold: 1, predicted: correct, correct },
        ...correct ? [] : [
          { features: { label: predicted }, gold: 0, predicted: 1, correct: 0 } as const,
        ],
      ];
    });
  });
  return bucketRows(split, counted, options);
}

function wordsIn({ words }: Answered, asks: "words" | "texts"): number {
  return asks === "words" ? words.length : words.join(" ").split(/\s+/).filter(Boolean).length;
}

function lengthBucket(words: number): string {
  const at = [10, 20, 30, 50].findIndex((most) => words <= most);
  return lengths.at(at)!;
}

/** A range has its upper end and not its lower one. */
function densityBucket(density: number): string {
  return densities[[0, 0.1, 0.2, 0.4, 1].findIndex((most) => density <= most)];
}

/** Sums of counts, with their interval over the sentences of the whole split. */
function bucketRows(
  { by }: AnsweredSplit,
  sentences: readonly (readonly Counted[])[],
  { resamples, confidence, draw }: BucketOptions,
): BucketRow[] {
  const tables = new Map<string, { feature: string; bucket: string; table: CountTable }>();
  sentences.forEach((own, at) => {
    for (const { features, gold, predicted, correct } of own) {
      for (const [feature, bucket] of Object.entries(features)) {
        const key = JSON.stringify([feature, bucket]);
        if (!tables.has(key)) {
          const values = new Float64Array(3 * sentences.length);
          tables.set(key, { feature, bucket, table: { width: 3, values } });
        }
        const { values } = tables.get(key)!.table;
        values[3 * at] += correct;
        values[3 * at + 1] += predicted;
        values[3 * at + 2] += gold;
      }
    }
  });
  const buckets = [...tables.values()].sort((a, b) =>
    compareStrings(a.feature, b.feature) || inOrder(a.feature, a.bucket, b.bucket)
  );
  if (buckets.length === 0) return [];
  const { corpus, language, split } = by;
  const estimates = bootstrap(
    buckets.map(({ table }) => table),
    [f1],
    { key: ["buckets", corpus, language, split, draw], resamples },
  );
  let place = 0;
  return buckets.map(({ feature, bucket, table: { values } }, i) => {
    place = buckets[i - 1]?.feature === feature ? place + 1 : 0;
    const [estimate] = estimates[i];
    const { low, high } = percentileInterval(estimate.value, estimate, confidence);
    const sum = (offset: number): number => {
      let total = 0;
      for (let at = offset; at < values.length; at += 3) total += values[at];
      return total;
    };
    let inSentences = 0;
    for (let at = 0; at < values.length; at += 3) {
      if (values[at + 1] + values[at + 2] > 0) inSentences++;
    }
    return {
      ...by,
      feature,
      bucket,
      place,
      gold: sum(2),
      predicted: sum(1),
      correct: sum(0),
      f1: 100 * estimate.value,
      low: percentOf(low),
      high: percentOf(high),
      sentences: inSentences,
    };
  });
}

function inOrder(feature: string, a: string, b: string): number {
  const order = Object.hasOwn(orders, feature) ? orders[feature] : [];
  return order.indexOf(a) - order.indexOf(b) || compareStrings(a, b);
}

function percentOf(value: number): number | null {
  return Number.isNaN(value) ? null : 100 * value;
}
