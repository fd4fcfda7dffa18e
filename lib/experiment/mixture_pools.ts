/**
 * The sentences of each language that a mixture may read.
 *
 * @module
 */
import type { Problem } from "../core/errors.ts";
import type { ExampleFormat } from "../models/example_format.ts";
import type { ExampleRow } from "../table/schemas/examples.ts";
import { corporaOf } from "./mixture_corpora.ts";
import { type DrawOptions, drawOrder } from "./mixture_draw.ts";

/** What is asked of sentences. */
export interface AskedOf {
  readonly asks: ExampleFormat["asks"];
  /** The names of the answers, by index. */
  readonly labels: readonly string[];
}

/** Which sentences of a language are taken. */
export interface PoolOptions extends DrawOptions {
  /**
   * So many, for every language alike or for each by its code; all where nothing is said, or of
   * every class as many as the rarest one has.
   */
  readonly k?: number | Readonly<Record<string, number>>;
  /** This part of `k`, rounded; 1 where nothing is said. */
  readonly factor?: number;
}

/** How many sentences of a language are asked for; undefined where `k` says nothing of it. */
export function askedOf(
  { k, factor = 1 }: Pick<PoolOptions, "k" | "factor">,
  language: string,
): number | undefined {
  const whole = typeof k === "object" ? (Object.hasOwn(k, language) ? k[language] : undefined) : k;
  return whole === undefined ? undefined : Math.max(1, Math.round(factor * whole));
}

/** What is wrong with a `k` that names languages, but not this one. */
export function unnamedProblem(language: string): Problem {
  return {
    message: `Cannot tell how many sentences of ${language} to take: k does not name it`,
    hint: `write a number for ${language} into k, or one number for every language`,
    param: ["k"],
  };
}

/**
 * Sentences by language, in the order of their draw. Those of a smaller `k` are among those of a
 * larger one.
 *
 * @param languages of which {@linkcode poolProblems} finds nothing wrong
 */
export function poolsOf(
  languages: ReadonlyMap<string, readonly ExampleRow[]>,
  asked: AskedOf,
  options: PoolOptions,
): Map<string, ExampleRow[]> {
  return new Map([...languages].map(([language, sentences]) => [
    language,
    drawOrder(sentences, options)
      .slice(0, askedOf(options, language) ?? mostOf(sentences, asked, options)),
  ]));
}

/** Every language that has too few sentences, or too few of a class. */
export function poolProblems(
  languages: ReadonlyMap<string, readonly ExampleRow[]>,
  asked: AskedOf,
  options: PoolOptions,
): Problem[] {
  if (options.balanced && asked.asks !== "sentences") return [balanceProblem(asked.asks)];
  const fewest = languages.values().reduce(
    (least, { length }) => Math.min(least, length),
    Infinity,
  );
  return [...languages].flatMap(([language, sentences]) => {
    const of = `${language} (${corporaOf(sentences).join(", ")})`;
    const k = askedOf(options, language);
    if (k === undefined && typeof options.k === "object") return [unnamedProblem(language)];
    return options.balanced
      ? classProblems(of, sentences, asked, k)
      : countProblems(of, sentences.length, typeof options.k === "object" ? undefined : fewest, k);
  });
}

function countProblems(
  of: string,
  there: number,
  fewest: number | undefined,
  k: number | undefined,
): Problem[] {
  if (k === undefined || k <= there) return [];
  return [{
    message: `Cannot take ${k} sentences of ${of}: it has ${there}`,
    hint: fewest === undefined
      ? `make k at most ${there}`
      : `make k at most ${fewest}, which every language has, or leave it out`,
  }];
}

function classProblems(
  of: string,
  sentences: readonly ExampleRow[],
  { labels }: AskedOf,
  k: number | undefined,
): Problem[] {
  const counts = countsOf(sentences, labels);
  const rarest = Math.min(...counts);
  return labels.flatMap((label, i) => {
    const needed = k === undefined ? 1 : needs(k, i, labels.length);
    if (counts[i] >= needed) return [];
    return [{
      message: `Cannot take ${k === undefined ? "" : `${k} `}sentences of ${of}, as many of ` +
        `each class: "${label}" has ${counts[i]}, and needs ${needed}`,
      hint: rarest === 0
        ? "leave the language or the class out"
        : `make k at most ${labels.length * rarest} for this language, or balanced: false`,
    }];
  });
}

/** The most sentences that can be taken. */
function mostOf(
  sentences: readonly ExampleRow[],
  { labels }: AskedOf,
  { balanced }: PoolOptions,
): number {
  return balanced ? labels.length * Math.min(...countsOf(sentences, labels)) : sentences.length;
}

/** How many sentences have each class. */
function countsOf(sentences: readonly ExampleRow[], labels: readonly string[]): number[] {
  const counts = labels.map(() => 0);
  for (const { gold } of sentences) counts[gold[0]]++;
  return counts;
}

/** Why there is nothing to balance where no text has a class. */
export function balanceProblem(asks: string): Problem {
  return {
    message: `Cannot take as many sentences of each class: what is asked of these are ${asks}`,
    hint: "balanced is for tasks that ask for the class of a text",
    param: ["balanced"],
  };
}

/** How many of `k` are of the class at a place: classes take turns. */
function needs(k: number, place: number, classes: number): number {
  return Math.floor(k / classes) + (place < k % classes ? 1 : 0);
}
