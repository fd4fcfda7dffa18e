/**
 * What models got wrong, asked of the tables of the stage `errors`, or else of the predictions
 * themselves.
 *
 * @module
 */
import { type Results } from "../results.ts";
import { sqlName } from "../../table/sql_text.ts";

/** The questions about errors, and the axes that their answers have. */
export interface ErrorQuestions {
  readonly axes: readonly string[];
  /** Axes, model, corpus, language, of, name, count, sum, mean, wrong: the greatest sums first. */
  readonly losses?: string;
  /** Axes, model, corpus, language, counting, gold, predicted, count. */
  readonly confusion?: string;
  /** Axes, model, corpus, language, sentence, loss, wrong, words, gold, predicted. */
  readonly worst?: string;
}

/** Tokens and labels of each group that a page names. */
const topLosses = 12;

/** The questions for these tables. Seeds are summed; sentences are those of the first seed. */
export function errorQuestions(results: Results, topSentences: number): ErrorQuestions {
  if (results.has("confusion") || results.has("worst") || results.has("losses")) {
    return ofErrors(results, topSentences);
  }
  if (!results.has("predictions")) return { axes: [] };
  const axes = axesBut(results, "predictions");
  const names = [...axes.map(sqlName), "model", "corpus", "language"].join(", ");
  return {
    axes,
    losses: `SELECT ${names}, 'token' AS of, "text" AS name, count(*) AS count, sum(loss) AS sum,
  avg(loss) AS mean, count(*) FILTER (gold <> predicted) AS wrong
FROM predictions WHERE loss IS NOT NULL GROUP BY ${names}, "text"
QUALIFY row_number() OVER (PARTITION BY ${names} ORDER BY sum(loss) DESC, "text") <= ${topLosses}
ORDER BY ${names}, sum DESC, name`,
    confusion: `SELECT ${names}, 'words' AS counting, gold, predicted, count(*) AS count
FROM predictions WHERE loss IS NOT NULL GROUP BY ALL ORDER BY ALL`,
    worst: `WITH sums AS (
  SELECT ${names}, sentence, sum(loss) AS loss, count(*) FILTER (gold <> predicted) AS wrong
  FROM predictions WHERE loss IS NOT NULL${firstSeed(results, "predictions", "AND")} GROUP BY ALL
), top AS (
  SELECT * FROM sums
  QUALIFY row_number() OVER (PARTITION BY ${names} ORDER BY loss DESC, sentence) <= ${topSentences}
)
SELECT ${names}, sentence, any_value(top.loss) AS loss, any_value(wrong) AS wrong,
  list("text" ORDER BY unit) AS words, list(gold ORDER BY unit) AS gold,
  list(predicted ORDER BY unit) AS predicted
FROM top JOIN predictions AS p USING (${names}, sentence)${
      firstSeed(results, "predictions", "WHERE")
    }
GROUP BY ALL ORDER BY ${names}, loss DESC, sentence`,
  };
}

function ofErrors(results: Results, topSentences: number): ErrorQuestions {
  const from = ["confusion", "worst", "losses"].find((table) => results.has(table))!;
  const axes = axesBut(results, from);
  const names = [...axes.map(sqlName), "model", "corpus", "language"].join(", ");
  return {
    axes,
    losses: results.has("losses")
      ? `SELECT ${names}, of, name, sum(count)::DOUBLE AS count, sum("sum") AS sum,
  sum("sum") / sum(count) AS mean, sum(wrong)::DOUBLE AS wrong
FROM losses WHERE of <> 'sentence' GROUP BY ${names}, of, name
QUALIFY row_number() OVER (PARTITION BY ${names}, of ORDER BY sum("sum") DESC, name) <= ${topLosses}
ORDER BY ${names}, of, sum DESC, name`
      : undefined,
    confusion: results.has("confusion")
      ? `SELECT ${names}, counting, gold, predicted, sum(count)::DOUBLE AS count
FROM confusion GROUP BY ALL ORDER BY ALL`
      : undefined,
    worst: results.has("worst")
      ? `SELECT ${names}, sentence, loss, wrong, words, gold, predicted
FROM worst WHERE rank <= ${topSentences}${firstSeed(results, "worst", "AND")}
ORDER BY ${names}, rank`
      : undefined,
  };
}

function axesBut(results: Results, table: string): string[] {
  const own = ["seed", "language", "corpus", "model"];
  return results.axesOf(table, "model").filter((name) => !own.includes(name));
}

function firstSeed(results: Results, table: string, word: string): string {
  return results.axesOf(table, "model").includes("seed")
    ? ` ${word} seed IS NOT DISTINCT FROM (SELECT min(seed) FROM ${table})`
    : "";
}
