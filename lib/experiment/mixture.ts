/**
 * Mixes the training sentences of tokenized corpora.
 *
 * @module
 */
import { type Problem, UserError } from "../core/errors.ts";
import { byPlace, type ExampleRow } from "../table/schemas/examples.ts";
import type { LabelRow, MixtureRow } from "../table/schemas/mixture.ts";
import { corporaOf, type TrainInput, trainSentences } from "./mixture_corpora.ts";
import { classesOf, drawEpochs } from "./mixture_draw.ts";
import { type AskedOf, type PoolOptions, poolProblems, poolsOf } from "./mixture_pools.ts";
import {
  type Portion,
  portionProblems,
  portionsOf,
  type Proportions,
  shareProblems,
} from "./mixture_shares.ts";

/** Which sentences an epoch reads. */
export interface MixtureOptions extends PoolOptions, Proportions {
  /** Epochs that read sentences of their own; as many as the corpora have variants, by default. */
  readonly epochs?: number;
}

/** What a mixture writes. */
export interface Mixture {
  /**
   * Rows of the table `examples`, variant by variant, each made when it is asked for: together they
   * can be many times what the corpora have.
   */
  readonly train: Iterable<readonly ExampleRow[]>;
  readonly rows: readonly MixtureRow[];
  readonly labels: readonly LabelRow[];
  /** The languages of which something is read. */
  readonly languages: ReadonlySet<string>;
  /** For the log. */
  readonly lines: readonly string[];
}

/** A language, with what every epoch reads of it. */
interface Drawn extends Portion {
  readonly sentences: readonly ExampleRow[];
  readonly pool: readonly ExampleRow[];
  readonly epochs: readonly (readonly ExampleRow[])[];
}

/**
 * Draws sentences of corpora that share a format. What is drawn depends on the seed and on what the
 * corpora have, and not on their order.
 *
 * @throws {UserError} with all that cannot be drawn
 */
export function mixtureOf(
  inputs: readonly TrainInput[],
  format: AskedOf,
  options: MixtureOptions,
): Mixture {
  const { languages, variants } = trainSentences(inputs);
  refuse([
    ...shareProblems(options.shares, [...languages.keys()]),
    ...poolProblems(languages, format, options),
  ]);
  const pools = poolsOf(languages, format, options);
  const portions = portionsOf(
    new Map([...pools].map(([language, { length }]) => [language, length])),
    options,
  );
  refuse(portionProblems(portions, options));
  const given = variants.values().reduce((most, { length }) => Math.max(most, length), 0);
  const epochs = options.epochs ?? Math.max(1, given);
  const drawn = portions.map((portion): Drawn => {
    const pool = pools.get(portion.language)!;
    return {
      ...portion,
      sentences: languages.get(portion.language)!,
      pool,
      epochs: drawEpochs(pool, portion.count, epochs, options),
    };
  });
  const rows = drawn.flatMap((language) => rowsOf(language, drawn));
  return {
    train: trainRows(drawn, variants),
    rows,
    labels: drawn.flatMap((language) => labelsOf(language, format.labels)),
    languages: new Set(portions.flatMap(({ language, count }) => count > 0 ? [language] : [])),
    lines: [
      ...rows.map(lineOf),
      ...options.balanced ? drawn.map((language) => classesLine(language, format.labels)) : [],
    ],
  };
}

function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new UserError(problems);
}

/**
 * Variant 0 has every sentence that is read, once and as it is. Where that is not what every epoch
 * reads, each has a variant of its own.
 */
function* trainRows(
  drawn: readonly Drawn[],
  variants: ReadonlyMap<ExampleRow, readonly ExampleRow[]>,
): Iterable<readonly ExampleRow[]> {
  const read = drawn.flatMap(({ epochs }) => [...new Set(epochs.flat())]).sort(byPlace);
  yield read;
  const hasVariants = read.some((row) => variants.has(row));
  const isAlike = !hasVariants && drawn.every(({ count, pool }) => count % pool.length === 0);
  const epochs = isAlike ? 1 : drawn[0].epochs.length;
  if (epochs === 1 && !hasVariants && sizeOf(drawn) === read.length) return;
  for (let epoch = 0; epoch < epochs; epoch++) {
    yield drawn.flatMap((language) => language.epochs[epoch]).sort(byPlace).map((row) => {
      const others = variants.get(row);
      return { ...others ? others[epoch % others.length] : row, variant: epoch + 1 };
    });
  }
}

function sizeOf(portions: readonly Portion[]): number {
  return portions.reduce((sum, { count }) => sum + count, 0);
}

/** What the table `mixture` says of a language. */
function rowsOf({ language, share, sentences, pool, epochs }: Drawn, all: readonly Drawn[]) {
  const seen = new Map(pool.map((row) => [row, 0]));
  for (const row of epochs.flat()) seen.set(row, seen.get(row)! + 1);
  return corporaOf(sentences).map((corpus): MixtureRow => {
    const times = [...seen].flatMap(([row, times]) => row.corpus === corpus ? [times] : []);
    const drawn = times.reduce((sum, each) => sum + each, 0);
    return {
      language,
      corpus,
      sentences: sentences.filter((row) => row.corpus === corpus).length,
      pool: times.length,
      shareAsked: share * times.length / pool.length,
      share: drawn / (sizeOf(all) * epochs.length),
      epochs: epochs.length,
      drawn,
      different: times.filter((each) => each > 0).length,
      seenLeast: times.reduce((least, each) => Math.min(least, each), times[0] ?? 0),
      seenMean: times.length === 0 ? 0 : drawn / times.length,
      seenMost: times.reduce((most, each) => Math.max(most, each), 0),
    };
  });
}

/** What the table `labels` says of a language; nothing where answers have no names. */
function labelsOf({ language, sentences, pool }: Drawn, labels: readonly string[]): LabelRow[] {
  const taken = new Set(pool);
  return corporaOf(sentences).flatMap((corpus) => {
    const given = labels.map(() => 0), read = labels.map(() => 0);
    for (const row of sentences) {
      if (row.corpus !== corpus) continue;
      for (const label of row.gold) {
        given[label]++;
        if (taken.has(row)) read[label]++;
      }
    }
    return labels.map((label, i) => ({ language, corpus, label, given: given[i], pool: read[i] }));
  });
}

function lineOf(row: MixtureRow): string {
  const { language, corpus, sentences, pool, epochs, seenLeast, seenMean, seenMost } = row;
  const among = pool < sentences ? `${pool} of ${sentences}` : `${pool}`;
  const times = seenLeast === seenMost
    ? `${seenLeast}`
    : `${seenLeast} to ${seenMost}, on average ${seenMean.toFixed(2)},`;
  return `${language}, ${corpus}: ${among} sentences, ${percent(row.share)} of what is read ` +
    `(asked: ${percent(row.shareAsked)}); each is read ${times} times in ` +
    (epochs === 1 ? "an epoch" : `${epochs} epochs`);
}

function classesLine({ language, pool }: Drawn, labels: readonly string[]): string {
  const counts = classesOf(pool).map((group) => `${group.length} ${labels[group[0].gold[0]]}`);
  return `${language}: ${counts.join(", ")}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
