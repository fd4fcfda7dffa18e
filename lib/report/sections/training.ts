/**
 * The course of trainings.
 *
 * @module
 */
import { bandLines, maxSeries } from "../charts/series.ts";
import { type Figure, type Panel } from "../figure.ts";
import { html } from "../html.ts";
import { byChoice, type Row, rowsOf } from "../results.ts";
import { rolesOf, valuesOf } from "../systems.ts";
import { sqlName } from "../../table/sql_text.ts";
import type { Asked, Section } from "./section.ts";

/** Points of a curve. */
const points = 40;

/** Loss, and scores of validation words, by step. */
export async function trainingSection({ results, compared }: Asked): Promise<Section | undefined> {
  if (!results.has("history")) return undefined;
  const all = results.axesOf("history", "step");
  const axes = all.filter((name) => name !== "seed");
  const names = axes.map((name) => `${sqlName(name)}, `).join("");
  const partition = all.length > 0 ? `PARTITION BY ${all.map(sqlName).join(", ")}` : "";
  const sql = `WITH parts AS (
  SELECT *, ceil(${points} * step / max(step) OVER (${partition})) AS part
  FROM history
), runs AS (
  SELECT ${all.map((name) => `${sqlName(name)}, `).join("")}part, max(step) AS step,
    avg(loss) AS loss, avg(devLoss) AS devLoss, avg(devAccuracy) AS devAccuracy
  FROM parts GROUP BY ALL
)
SELECT ${names}part, avg(step) AS step, avg(loss) AS loss, min(loss) AS low, max(loss) AS high,
  avg(devLoss) AS devLoss, avg(devAccuracy) AS devAccuracy, count(*) AS trainings
FROM runs GROUP BY ALL ORDER BY ALL`;
  const answer = await results.ask(sql);
  const rows = rowsOf(answer);
  const { series, choices } = rolesOf(rows, axes, ["part"], compared);
  const groups = byChoice(rows, choices);
  const panels = groups.flatMap(({ choice, rows }) =>
    [
      panel(choice, rows, series, { column: "loss", title: "training loss, nats" }),
      panel(choice, rows, series, { column: "devLoss", title: "validation loss, nats" }),
      panel(choice, rows, series, { column: "devAccuracy", title: "validation accuracy, %" }),
    ].filter((each) => each !== undefined)
  );
  const figure: Figure = {
    id: "history",
    title: "Course of the trainings",
    note: html`Means over ${points} equal parts of each training; bands are from the lowest to the
highest seed.`,
    panels,
    sql,
    answer,
  };
  return { id: "training", title: "Training", parts: [figure] };
}

function panel(
  choice: Readonly<Record<string, string>>,
  rows: readonly Row[],
  series: string | undefined,
  { column, title }: { readonly column: string; readonly title: string },
): Panel | undefined {
  const known = rows.filter((row) => typeof row[column] === "number");
  if (known.length === 0) return undefined;
  const systems = (series === undefined ? [""] : valuesOf(known, series)).slice(0, maxSeries);
  return {
    choice: { ...choice, shows: title },
    body: bandLines({
      alt: `${title} by step` + (series === undefined ? "." : `, a line for each ${series}.`),
      series: systems,
      points: known.map((row) => ({
        series: series === undefined ? "" : String(row[series] ?? "none"),
        x: Number(row.step),
        value: Number(row[column]),
        low: column === "loss" && Number(row.trainings) > 1 ? Number(row.low) : null,
        high: column === "loss" && Number(row.trainings) > 1 ? Number(row.high) : null,
      })).filter(({ series }) => systems.includes(series)),
      xTitle: "optimizer step",
      yTitle: title,
      seriesTitle: series ?? "",
      marks: false,
      fromZero: true,
    }),
  };
}
