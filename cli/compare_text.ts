/**
 * What `compare` prints.
 *
 * @module
 */
import { aspects, type MadeDifference } from "../lib/pipeline/made_differently.ts";
import type { ComparisonRow } from "../lib/table/schemas/comparisons.ts";
import type { IntervalRow } from "../lib/table/schemas/intervals.ts";
import { signed, starsOf, systemName } from "../lib/report/interval_matrices.ts";
import { alignedTable } from "./text_table.ts";
import { verdictText } from "./verdict_text.ts";

/** How many differences of an aspect are named. */
const shownDifferences = 12;

/** A side, and what each of its systems scores. */
export interface NamedScores {
  readonly name: string;
  readonly scores: readonly IntervalRow[];
}

/** The scores that differ, how sure that is, and how many are the same. */
export function comparisonText(
  rows: readonly ComparisonRow[],
  a: NamedScores,
  b: NamedScores,
): string {
  const [{ metric, of, confidence }] = rows;
  const changed = rows.filter((row) => !isSame(row));
  const same = rows.length - changed.length;
  const title = `A is ${a.name}\nB is ${b.name}\n\n${metric} of ${of}, A minus B, in percentage ` +
    `points, with ${Number((100 * confidence).toFixed(4))} % intervals\n\n`;
  const sameText = same === 0
    ? ""
    : same === rows.length
    ? `all ${same} scores are the same`
    : `the other ${same} ${same === 1 ? "score is" : "scores are"} the same`;
  if (changed.length === 0) return title + sameText;
  const several = new Set(changed.map(systemsOf)).size > 1;
  const header = [
    ...several ? ["systems"] : [],
    "target",
    "sentences",
    "seeds",
    "A",
    "B",
    "A − B",
    "interval",
    "p",
    "Holm",
    "BH",
    "A is",
  ];
  const lines = changed.map((row) => [
    ...several ? [systemsOf(row)] : [],
    targetOf(row),
    String(row.sentences),
    row.seedsA === row.seedsB ? String(row.seedsA) : `${row.seedsA}, ${row.seedsB}`,
    scoreText(row, row.modelA, row.axesA, a),
    scoreText(row, row.modelB, row.axesB, b),
    row.difference === null ? "–" : signed(row.difference, 2) + starsOf(row.holm),
    row.low === null || row.high === null ? "–" : `[${signed(row.low, 1)}, ${signed(row.high, 1)}]`,
    pText(worseP(row)),
    pText(row.holm),
    pText(row.bh),
    row.verdict,
  ]);
  const foot = "p is two-sided: approximate randomization over sentences" +
    (changed.some(({ pSeeds }) => pSeeds !== null)
      ? ", or t over seeds too where that is larger"
      : "") +
    "; a verdict needs Holm ≤ " + rows[0].alpha;
  const right = header.map((name) => !["systems", "target", "A is"].includes(name));
  return title + alignedTable(header, lines, right) + `\n${foot}` +
    (same > 0 ? `\n${sameText}` : "");
}

/** Params, code, data and runtime that differ, by aspect. */
export function differencesText(differences: readonly MadeDifference[]): string {
  if (differences.length === 0) return "made of the same params, code, data and runtime";
  return aspects.flatMap((aspect) => {
    const own = differences.filter((each) => each.aspect === aspect);
    if (own.length === 0) return [`${aspect}: the same`];
    const lines = own.slice(0, shownDifferences)
      .map(({ stage, verdict }) => `  ${stage}: ${verdictText(verdict)}`);
    const more = own.length - lines.length;
    return [`${aspect}:`, ...lines, ...more > 0 ? [`  and ${more} more`] : []];
  }).join("\n");
}

function isSame({ difference, low, high }: ComparisonRow): boolean {
  return difference === 0 && low === 0 && high === 0;
}

function targetOf({ corpus, language, targets }: ComparisonRow): string {
  return language === null
    ? `mean of ${targets}`
    : corpus === null || corpus === "predictions"
    ? language
    : `${corpus} ${language}`;
}

function systemsOf({ modelA, axesA, modelB, axesB }: ComparisonRow): string {
  const [a, b] = [systemName(modelA, axesA), systemName(modelB, axesB)];
  return a === b ? a : `${a} − ${b}`;
}

/** What is corrected: the larger of the two p-values. */
function worseP({ p, pSeeds }: ComparisonRow): number | null {
  return p === null ? null : Math.max(p, pSeeds ?? 0);
}

/** A score with its interval. */
function scoreText(
  { corpus, language, split }: ComparisonRow,
  model: string,
  axes: string,
  { scores }: NamedScores,
): string {
  const found = scores.find((each) =>
    each.model === model && each.axes === axes && each.corpus === corpus &&
    each.language === language && each.split === split && each.over !== "iqm"
  );
  if (!found || found.value === null) return "–";
  return `${found.value.toFixed(2)} [${found.low?.toFixed(1)}, ${found.high?.toFixed(1)}]`;
}

function pText(p: number | null): string {
  if (p === null) return "–";
  return p < 1e-3 ? p.toExponential(1) : p.toFixed(4);
}
