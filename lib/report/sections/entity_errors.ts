/**
 * What kinds of entities models miss, and whether another language's names help.
 *
 * @module
 */
import { sqlName } from "../../table/sql_text.ts";
import { intervalBars, maxSeries } from "../charts/series.ts";
import type { Figure } from "../figure.ts";
import { type Html, html } from "../html.ts";
import { byChoice, rowsOf } from "../results.ts";
import { rolesOf, valuesOf } from "../systems.ts";
import type { Asked, Section } from "./section.ts";

/** A table of rates, and how it is shown. */
interface Rates {
  readonly table: string;
  readonly id: string;
  readonly title: string;
  readonly note: Html;
  /** The column that has a row of bars for each of its values. */
  readonly by: string;
  readonly rate: string;
}

const shown: readonly Rates[] = [
  {
    table: "recall_errors",
    id: "recall-errors",
    title: "Words that were not given their type",
    note:
      html`% of the words with it; O are words of no entity that were taken for one. Means over seeds.`,
    by: "tag",
    rate: "rate",
  },
  {
    table: "common_entities",
    id: "common-entities",
    title: "Errors on names that another language has",
    note:
      html`Entities that share their type, and so many characters in a row of their name, with a training
entity of another language: harmonic mean of recall and precision errors, %. Means over seeds.`,
    by: "grain",
    rate: "errorRate",
  },
];

/** Errors by type, and on common names. */
export async function entityErrorsSection(asked: Asked): Promise<Section | undefined> {
  const there = shown.filter(({ table }) => asked.results.has(table));
  if (there.length === 0) return undefined;
  const parts: Figure[] = [];
  for (const rates of there) parts.push(await ratesFigure(asked, rates));
  return { id: "entity-errors", title: "Errors on entities", parts };
}

async function ratesFigure({ results, compared }: Asked, rates: Rates): Promise<Figure> {
  const { table, by, rate } = rates;
  const axes = results.axesOf(table, "model").filter((name) => name !== "seed");
  const names = ["model", ...axes], columns = names.map(sqlName).join(", ");
  const [value, row] = [rate, by].map(sqlName);
  const sql = `SELECT ${columns}, coalesce(language, 'mean over languages') AS language, ${row},
  avg(${value}) AS ${value}
FROM ${table} WHERE ${value} IS NOT NULL
GROUP BY GROUPING SETS ((${columns}, ${table}.language, ${row}), (${columns}, ${row}))
ORDER BY ${table}.language IS NOT NULL, ${columns}, ${table}.language, ${row}`;
  const answer = await results.ask(sql);
  const rows = rowsOf(answer);
  const { series, choices } = rolesOf(rows, names, ["language", by], compared);
  return {
    id: rates.id,
    title: rates.title,
    note: rates.note,
    panels: byChoice(rows, ["language", ...choices]).map(({ choice, rows }) => {
      const systems = series === undefined ? [""] : valuesOf(rows, series).slice(0, maxSeries);
      return {
        choice,
        body: intervalBars({
          alt: `${rates.title} by ${by}, ${rows[0].language}; bars: ${systems.join(", ")}.`,
          rows: valuesOf(rows, by),
          series: systems,
          points: rows.map((each) => ({
            row: String(each[by]),
            series: series === undefined ? "" : String(each[series] ?? "none"),
            value: Number(each[rate]),
            low: null,
            high: null,
          })).filter(({ series }) => systems.includes(series)),
          title: "errors, %",
          seriesTitle: series ?? "",
        }),
      };
    }),
    sql,
    answer,
  };
}
