/**
 * Two sides of a comparison on their common test sets, whether evaluations of ours or predictions of
 * somebody else.
 *
 * @module
 */
import { UserError } from "../core/errors.ts";
import {
  type CountsFile,
  type Evaluation,
  readEvaluations,
  type TestSet,
  testSetKey,
} from "./evaluations.ts";
import { classWidth } from "./count_metrics.ts";
import {
  type Differing,
  evaluationOf,
  type KnownTestSet,
  type NamedPredictions,
  testSetOf,
} from "./foreign_evaluations.ts";
import { queryParquet } from "../table/parquet_tables.ts";
import { goldSentences } from "./gold_sentences.ts";
import type { ScoreParams } from "./score_params.ts";

/** What is compared: evaluations, or files of predictions. */
export interface ComparedSide {
  /** As the command line has it. */
  readonly name: string;
  readonly counts: readonly CountsFile[];
  readonly foreign: readonly NamedPredictions[];
  /** Tables of predictions that know the words of the evaluations' test sets. */
  readonly predictions: readonly string[];
}

/** Evaluations of both sides on the same test sets, and lines that say what was left out. */
export interface CommonEvaluations {
  readonly a: Evaluation[];
  readonly b: Evaluation[];
  readonly lines: string[];
}

/**
 * Reads both sides. Test sets that one side alone has are left out, and said.
 *
 * @param differing of sentences of a file: `leave` takes them from both sides, and says how many
 * @throws {UserError} where sides have no test set in common, or one of them is another
 */
export async function readSides(
  a: ComparedSide,
  b: ComparedSide,
  asked: ScoreParams,
  differing: Differing = "refuse",
): Promise<CommonEvaluations> {
  const own = [await readEvaluations(a.counts, asked), await readEvaluations(b.counts, asked)];
  const known = await knownTestSets([a, b], own);
  const lines: string[] = [];
  const [ofA, ofB] = [a, b].map((side, i) => [
    ...own[i],
    ...foreignEvaluations(side, known, asked, { differing, lines }),
  ]);
  const common = new Set(ofA.map(testSetKey)).intersection(new Set(ofB.map(testSetKey)));
  if (common.size === 0) {
    throw new UserError({
      message: `Cannot compare "${a.name}" with "${b.name}": they have no test set in common: ` +
        `${setsOf(ofA)} and ${setsOf(ofB)}`,
      hint: "compare evaluations on the same languages, corpora and splits",
    });
  }
  const kept = (side: ComparedSide, evaluations: readonly Evaluation[]): Evaluation[] => {
    const left = evaluations.filter((each) => !common.has(testSetKey(each)));
    if (left.length > 0) lines.push(`only "${side.name}" has ${setsOf(left)}`);
    return evaluations.filter((each) => common.has(testSetKey(each)));
  };
  const [inA, inB] = [kept(a, ofA), kept(b, ofB)];
  if (differing === "refuse") return { a: inA, b: inB, lines };
  return { ...onCommonSentences(inA, inB, lines), lines };
}

/** Both sides on the sentences that every evaluation of a test set has; what that leaves out is said. */
function onCommonSentences(
  a: readonly Evaluation[],
  b: readonly Evaluation[],
  lines: string[],
): { a: Evaluation[]; b: Evaluation[] } {
  const common = new Map<string, Set<number>>();
  for (const [key, group] of Map.groupBy([...a, ...b], testSetKey)) {
    const sets = group.map(({ sentences }) => new Set(sentences));
    const all = sets.reduce((all, own) => all.union(own));
    const shared = sets.reduce((shared, own) => shared.intersection(own));
    common.set(key, shared);
    const left = all.size - shared.size;
    if (left > 0) lines.push(`${setsOf(group)}: ${left} of ${all.size} sentences differ: left out`);
  }
  const of = (evaluations: readonly Evaluation[]) =>
    evaluations.map((each) => onSentences(each, common.get(testSetKey(each))!));
  return { a: of(a), b: of(b) };
}

/** An evaluation on some of its sentences. */
function onSentences(evaluation: Evaluation, wanted: ReadonlySet<number>): Evaluation {
  const { sentences, gold, classes } = evaluation;
  if (sentences.every((sentence) => wanted.has(sentence))) return evaluation;
  const places = [...sentences.keys()].filter((place) => wanted.has(sentences[place]));
  return {
    ...evaluation,
    sentences: places.map((place) => sentences[place]),
    gold: places.map((place) => gold[place]),
    classes: new Map([...classes].map(([name, counts]) => [
      name,
      Float64Array.from(places.flatMap((place) => [
        ...counts.subarray(place * classWidth, (place + 1) * classWidth),
      ])),
    ])),
  };
}

/**
 * A side's files as evaluations. Of several, those are left out, and said, that are not about a test
 * set of the other side.
 *
 * @throws {UserError} where none is
 */
function foreignEvaluations(
  { foreign }: ComparedSide,
  known: readonly KnownTestSet[],
  asked: ScoreParams,
  { differing, lines }: { readonly differing: Differing; readonly lines: string[] },
): Evaluation[] {
  const refused: UserError[] = [];
  const evaluations = foreign.flatMap((file) => {
    try {
      const testSet = testSetOf(file, known, foreign.length === 1);
      if (testSet !== undefined) return [evaluationOf(file, testSet, asked, differing)];
      lines.push(`left out: ${file.file}: the other side has no test set of ${file.language}`);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      refused.push(error);
      lines.push(`left out: ${file.file}: ${error.problems[0].message}`);
    }
    return [];
  });
  if (evaluations.length === 0 && refused.length > 0) throw refused[0];
  return evaluations;
}

/** The test sets that files of predictions can be about. */
async function knownTestSets(
  sides: readonly ComparedSide[],
  own: readonly (readonly Evaluation[])[],
): Promise<KnownTestSet[]> {
  if (sides.every(({ foreign }) => foreign.length === 0)) return [];
  const evaluations = own.flat();
  if (evaluations.length === 0) {
    const gold = sides.find(({ foreign }) => foreign.every(({ hasGold }) => hasGold)) ?? sides[0];
    return gold.foreign.map((file) => ({
      corpus: "predictions",
      language: file.language,
      split: "test",
      gold: file.hasGold
        ? {
          instance: file.file,
          sentences: file.sentences.map(({ words, gold }) => ({ words, gold: gold! })),
        }
        : undefined,
    }));
  }
  const sets = [...new Map(evaluations.map((each) => [testSetKey(each), each])).values()]
    .map(({ corpus, language, split }): TestSet => ({ corpus, language, split }));
  const gold = await goldSentences(sides.flatMap(({ predictions }) => predictions), sets);
  return sets.map((each) => ({ ...each, gold: gold.get(testSetKey(each)) }));
}

function setsOf(evaluations: readonly Evaluation[]): string {
  const names = new Set(
    evaluations.map(({ corpus, language, split }) => `${corpus} ${language} ${split}`),
  );
  const shown = [...names].slice(0, 6).join(", ");
  return names.size === 0 ? "none" : names.size > 6 ? `${shown} and ${names.size - 6} more` : shown;
}

/** What the field scores such things by: entities by F1, words and texts by accuracy. */
export async function usualMetric(
  sides: readonly ComparedSide[],
): Promise<"f1" | "accuracy"> {
  const [file] = sides.flatMap(({ foreign }) => foreign);
  if (file) return file.tagsEntities ? "f1" : "accuracy";
  const [{ files }] = sides.flatMap(({ counts }) => counts);
  const [row] = await queryParquet(
    files["counts.parquet"],
    "SELECT 1 FROM input WHERE counting = 'default' LIMIT 1",
  );
  return row ? "f1" : "accuracy";
}
