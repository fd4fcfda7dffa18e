/**
 * Which weights a model needs: what it loses without the smallest, and which matter to whom.
 *
 * @module
 */
import { sqlName } from "../../table/sql_text.ts";
import { bandLines, intervalBars, maxSeries } from "../charts/series.ts";
import type { Figure } from "../figure.ts";
import { html } from "../html.ts";
import { byChoice, type Row, rowsOf } from "../results.ts";
import { rolesOf, valuesOf } from "../systems.ts";
import type { Asked, Section } from "./section.ts";

/** Pruning, and the most important weights. */
export async function weightsSection(asked: Asked): Promise<Section | undefined> {
  const { results } = asked;
  const parts = [
    ...results.has("pruning") ? [await pruningFigure(asked)] : [],
    ...results.has("fisher_overlaps") ? [await overlapFigure(asked)] : [],
  ];
  return parts.length === 0 ? undefined : { id: "weights", title: "Weights", parts };
}

/** The name of a row's system. */
const nameOf = (row: Row, series: string | undefined) =>
  series === undefined ? "" : String(row[series] ?? "none");

async function pruningFigure({ results, compared }: Asked): Promise<Figure> {
  const axes = results.axesOf("pruning", "model").filter((name) => name !== "seed");
  const names = ["model", ...axes], columns = names.map(sqlName).join(", ");
  const sql = `SELECT ${columns}, coalesce(language, 'mean over languages') AS language, pruned,
  avg(f1) AS f1, min(f1) AS lowest, max(f1) AS highest, avg(threshold) AS threshold
FROM pruning
GROUP BY GROUPING SETS ((${columns}, pruning.language, pruned), (${columns}, pruned))
ORDER BY pruning.language IS NOT NULL, ${columns}, pruning.language, pruned`;
  const answer = await results.ask(sql);
  const rows = rowsOf(answer);
  const { series, choices } = rolesOf(rows, names, ["language", "pruned"], compared);
  return {
    id: "pruning",
    title: "F1 without the smallest weights",
    note:
      html`The weights of least magnitude are 0. Bands are from the lowest to the highest seed of a
language.`,
    panels: byChoice(rows, ["language", ...choices]).map(({ choice, rows }) => {
      const systems = series === undefined ? [""] : valuesOf(rows, series).slice(0, maxSeries);
      const isMean = rows[0].language === "mean over languages";
      return {
        choice,
        body: bandLines({
          alt: `F1 by the share of weights that are 0, ${rows[0].language}; ` +
            `lines: ${systems.join(", ")}.`,
          series: systems,
          points: rows.map((row) => ({
            series: nameOf(row, series),
            x: Number(row.pruned),
            value: Number(row.f1),
            low: isMean ? null : Number(row.lowest),
            high: isMean ? null : Number(row.highest),
          })).filter(({ series }) => systems.includes(series)),
          xTitle: "weights that are 0, %",
          yTitle: "F1, %",
          seriesTitle: series ?? "",
          fromZero: true,
        }),
      };
    }),
    sql,
    answer,
  };
}

const comparisons: Readonly<Record<string, string>> = {
  languages: "of two languages in one model",
  tuning: "of a language, before and after it is taught on",
};

async function overlapFigure({ results }: Asked): Promise<Figure> {
  const sql = `SELECT comparing, layer, top, avg(overlap) AS overlap, count(overlap) AS pairs
FROM fisher_overlaps GROUP BY ALL HAVING count(overlap) > 0 ORDER BY ALL`;
  const answer = await results.ask(sql);
  const panels = byChoice(rowsOf(answer), ["comparing"]).map(({ choice, rows }) => {
    const about = comparisons[String(rows[0].comparing)] ?? "";
    const tops = valuesOf(rows, "top").map((top) => `top ${top} %`);
    return {
      choice,
      body: intervalBars({
        alt: `Shared weights ${about}, by layer; bars: ${tops.join(", ")}.`,
        rows: valuesOf(rows, "layer"),
        series: tops,
        points: rows.map((row) => ({
          row: String(row.layer),
          series: `top ${row.top} %`,
          value: Number(row.overlap),
          low: null,
          high: null,
        })),
        title: "shared, %",
        seriesTitle: "by Fisher",
      }),
    };
  });
  return {
    id: "overlaps",
    title: "Important weights that are shared",
    note:
      html`Of the weights whose gradients are largest (by the Fisher diagonal), how many are the same:
of two languages in one model, or of one before and after it is taught on. By chance it would be the share
itself.`,
    panels,
    sql,
    answer,
  };
}
