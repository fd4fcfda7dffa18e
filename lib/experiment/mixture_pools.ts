/**
 * The sentences of each language that a mixture may read.
 *
 * @module
 */
import { type Problem, UserError } from "../core/errors.ts";
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
  /** So many; all where nothing is said, or of every class as many as the rarest one has. */
  readonly k?: number;
}

/**
 * Sentences by language, in the order of their draw. Those of a smaller `k` are among those of a
 * larger one.
 *
 * @throws {UserError} with every language that has too few, or too few of a class
 */
export function poolsOf(
  languages: ReadonlyMap<string, readonly ExampleRow[]>,
  { asks, labels }: AskedOf,
  options: PoolOptions,
): Map<string, ExampleRow[]> {
  const { k, balanced } = options;
  if (balanced && asks !== "sentences") throw new UserError(balanceProblem(asks));
  const problems: Problem[] = [];
  const pools = new Map<string, ExampleRow[]>();
  for (const [language, sentences] of languages) {
    const of = `${language} (${corporaOf(sentences).join(", ")})`;
    const classes = labels.map((label, i) => ({
      label,
      there: sentences.reduce((sum, { gold }) => gold[0] === i ? sum + 1 : sum, 0),
    }));
    const rarest = classes.reduce((least, { there }) => Math.min(least, there), Infinity);
    const most = balanced ? labels.length * rarest : sentences.length;
    if (!balanced && k !== undefined && k > most) {
      problems.push({
        message: `Cannot take ${k} sentences of ${of}: it has ${most}`,
        hint: `make k at most ${smallest(languages)}, which every language has, or leave it out`,
      });
    }
    for (const [i, { label, there }] of balanced ? classes.entries() : []) {
      const needed = k === undefined ? 1 : needs(k, i, labels.length);
      if (there >= needed) continue;
      const what = k === undefined ? "sentences" : `${k} sentences`;
      problems.push({
        message: `Cannot take ${what} of ${of}, as many of each class: ` +
          `"${label}" has ${there}, and needs ${needed}`,
        hint: rarest === 0
          ? "leave the language or the class out"
          : `make k at most ${most} for this language, or balanced: false`,
      });
    }
    pools.set(language, drawOrder(sentences, options).slice(0, k ?? most));
  }
  if (problems.length > 0) throw new UserError(problems);
  return pools;
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

function smallest(languages: ReadonlyMap<string, readonly ExampleRow[]>): number {
  return languages.values().reduce((least, { length }) => Math.min(least, length), Infinity);
}
