/**
 * Counts of many evaluations, sentence by sentence, checked to be of the same test sets.
 *
 * @module
 */
import { compareStrings } from "../core/canonical_json.ts";
import { UserError } from "../core/errors.ts";
import type { CountTable } from "../statistics/metric.ts";
import { queryParquet } from "../table/parquet_tables.ts";
import type { CountRow } from "../table/schemas/scores.ts";
import { classWidth, countedWords, type Counting, countingsOf } from "./count_metrics.ts";
import type { ScoreParams } from "./score_params.ts";

/** Axes of an instance: names of axes, and their values. */
export type Axes = Readonly<Record<string, string | number | boolean>>;

/** An evaluation as a stage is given it. */
export interface CountsFile {
  /** For messages. */
  readonly instance: string;
  readonly axes: Axes;
  /** The path of `counts.parquet`. */
  readonly files: Readonly<Record<string, string>>;
}

/** Which sentences an evaluation is on. */
export interface TestSet {
  readonly corpus: string;
  readonly language: string;
  readonly split: string;
}

/** A model on a test set. */
export interface Evaluation extends TestSet {
  readonly instance: string;
  readonly model: string;
  /** All but that of the seed. */
  readonly axes: Axes;
  /** Of a model without one, null. */
  readonly seed: string | number | boolean | null;
  readonly counting: Counting;
  /** Positions of the sentences in the split, ascending. */
  readonly sentences: readonly number[];
  /** What is to be found in each sentence, over all classes. */
  readonly gold: readonly number[];
  /** Class → (correct, predicted, gold) of each sentence, [sentences, 3]: the classes asked about. */
  readonly classes: ReadonlyMap<string, Float64Array>;
}

type Count = Omit<CountRow, "epoch">;

/**
 * Reads counts of models that were trained to their end. Of what was watched on the way there is
 * nothing to compare.
 *
 * @throws {UserError} where a file has no counts of the metric, or evaluations of one test set differ
 * in its sentences
 */
export async function readEvaluations(
  evaluated: readonly CountsFile[],
  asked: ScoreParams,
): Promise<Evaluation[]> {
  const evaluations: Evaluation[] = [];
  for (const { instance, axes, files } of evaluated) {
    const rows = await queryParquet(files["counts.parquet"], queryOf(asked)) as unknown as Count[];
    evaluations.push(...evaluationsIn(rows, { instance, axes }, asked));
  }
  checkTestSets(evaluations);
  return evaluations;
}

/** Only what the metric is made of; `micro` stands in each sentence. */
function queryOf(asked: ScoreParams): string {
  const countings = countingsOf(asked).map((each) => `'${each}'`).join(", ");
  const classes = asked.of === "macro"
    ? "true"
    : `of IN ('micro', '${asked.of.replaceAll("'", "''")}')`;
  return `SELECT model, corpus, language, split, sentence, counting, of, gold, predicted, correct
    FROM input WHERE epoch IS NULL AND counting IN (${countings}) AND ${classes}`;
}

/**
 * The evaluations that rows of counts are of.
 *
 * @throws {UserError} where there are none
 */
export function evaluationsIn(
  rows: readonly Count[],
  { instance, axes }: Pick<CountsFile, "instance" | "axes">,
  asked: ScoreParams,
): Evaluation[] {
  const { of, seedAxis } = asked;
  if (rows.length === 0) throw withoutCounts(instance, asked);
  const { [seedAxis]: seed = null, ...others } = axes;
  const groups = Map.groupBy(
    rows,
    ({ model, corpus, language, split }) => JSON.stringify([model, corpus, language, split]),
  );
  return [...groups.values()].map((group) => {
    const [{ model, corpus, language, split, counting }] = group;
    return {
      instance,
      model,
      corpus,
      language,
      split,
      axes: others,
      seed,
      counting: counting as Counting,
      ...bySentence(group, of),
    };
  });
}

function withoutCounts(instance: string, asked: ScoreParams): UserError {
  return new UserError({
    message:
      `Cannot compute ${asked.metric} of ${asked.of} from ${instance}: it has no counts of ` +
      `${countedWords(asked)} of a model that was trained to its end`,
    hint: "name a metric of the task in metric",
  });
}

/**
 * The same from what a scorer counted in each sentence.
 *
 * @throws {UserError} where it counted nothing of what the metric is made of
 */
export function countsOfSentences(
  counts: readonly (readonly Pick<
    Count,
    "counting" | "of" | "gold" | "predicted" | "correct"
  >[])[],
  instance: string,
  asked: ScoreParams,
): Pick<Evaluation, "counting" | "sentences" | "gold" | "classes"> {
  const countings = countingsOf(asked) as readonly string[];
  const rows = counts.flatMap((own, sentence) =>
    own.filter(({ counting }) => countings.includes(counting)).map((row) => ({ sentence, ...row }))
  );
  if (rows.length === 0) throw withoutCounts(instance, asked);
  return { counting: rows[0].counting as Counting, ...bySentence(rows, asked.of) };
}

/** Rows of one model and test set, put sentence by sentence. */
function bySentence(
  rows: readonly Pick<Count, "sentence" | "of" | "gold" | "predicted" | "correct">[],
  of: string,
): Pick<Evaluation, "sentences" | "gold" | "classes"> {
  const micro = rows.filter((row) => row.of === "micro")
    .sort((a, b) => a.sentence - b.sentence);
  const places = new Map(micro.map(({ sentence }, at) => [sentence, at]));
  const classes = new Map<string, Float64Array>();
  for (const row of rows) {
    if (of === "macro" ? row.of === "micro" : row.of !== of) continue;
    if (!classes.has(row.of)) classes.set(row.of, new Float64Array(micro.length * classWidth));
    classes.get(row.of)!.set(
      [row.correct, row.predicted, row.gold],
      places.get(row.sentence)! * classWidth,
    );
  }
  return {
    sentences: micro.map(({ sentence }) => sentence),
    gold: micro.map(({ gold }) => gold),
    classes,
  };
}

/**
 * The counts of some evaluations of one test set, each with the same columns: for every class that
 * any of them knows, in the order of names.
 */
export function countTables(evaluations: readonly Evaluation[]): CountTable[] {
  const known = new Set(evaluations.flatMap(({ classes }) => [...classes.keys()]));
  // A class that is nowhere still has a column, of zeros.
  const names = known.size > 0 ? [...known].sort(compareStrings) : [""];
  const width = names.length * classWidth;
  return evaluations.map(({ classes, sentences }) => {
    if (names.length === 1 && classes.has(names[0])) {
      return { width, values: classes.get(names[0])! };
    }
    const values = new Float64Array(sentences.length * width);
    names.forEach((name, column) => {
      const own = classes.get(name);
      if (!own) return;
      for (let i = 0; i < sentences.length; i++) {
        const row = own.subarray(i * classWidth, (i + 1) * classWidth);
        values.set(row, i * width + column * classWidth);
      }
    });
    return { width, values };
  });
}

/** A name of a test set, for keys. */
export function testSetKey({ corpus, language, split }: TestSet): string {
  return JSON.stringify([corpus, language, split]);
}

/**
 * Makes sure that evaluations of one test set have the same sentences: nothing else can be resampled
 * together.
 *
 * @throws {UserError} naming two that differ
 */
export function checkTestSets(evaluations: readonly Evaluation[]): void {
  const first = new Map<string, Evaluation>();
  for (const each of evaluations) {
    const key = testSetKey(each);
    const other = first.get(key);
    if (other === undefined) first.set(key, each);
    else {
      const difference = testSetDifference(other, each);
      if (difference === undefined) continue;
      const { corpus, language, split } = each;
      throw new UserError({
        message:
          `Cannot compare ${each.instance} with ${other.instance}: their test sets differ: ` +
          `of ${corpus}, ${language}, ${split}, ${difference}`,
        hint: "take evaluations of the same sentences, with the same limit and the same labels",
      });
    }
  }
}

/** How the sentences of two evaluations differ, in words; undefined where they are the same. */
export function testSetDifference(a: Evaluation, b: Evaluation): string | undefined {
  const named = ({ instance }: Evaluation): string => instance;
  if (a.counting !== b.counting) {
    return `${named(a)} counts ${a.counting}, ${named(b)} ${b.counting}`;
  }
  if (a.sentences.length !== b.sentences.length) {
    return `${named(a)} has ${a.sentences.length} sentences, ${named(b)} ${b.sentences.length}`;
  }
  const moved = a.sentences.findIndex((sentence, i) => sentence !== b.sentences[i]);
  if (moved >= 0) {
    return `${named(a)} has sentence ${a.sentences[moved]} where ${named(b)} has ${
      b.sentences[moved]
    }`;
  }
  const other = a.gold.findIndex((gold, i) => gold !== b.gold[i]);
  if (other >= 0) {
    return `sentence ${a.sentences[other]} has ${a.gold[other]} right answers in ${named(a)}, ${
      b.gold[other]
    } in ${named(b)}`;
  }
  return undefined;
}

/** Seeds in their order: names that are no numbers first, and none before all. */
export function compareSeeds(a: Evaluation["seed"], b: Evaluation["seed"]): number {
  const [first, second] = [a, b].map((seed) =>
    seed === null || !Number.isFinite(Number(seed)) ? -Number.MAX_VALUE : Number(seed)
  );
  return Math.sign(first - second) || compareStrings(String(a), String(b));
}
