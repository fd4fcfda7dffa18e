/**
 * Scores of systems on languages, with intervals: bars, and curves over the size of the data.
 *
 * @module
 */
import { bandLines, type BarPoint, intervalBars, maxSeries } from "../charts/series.ts";
import { type Figure, type Panel } from "../figure.ts";
import { html } from "../html.ts";
import { byChoice, type Row, rowsOf } from "../results.ts";
import { axisNames, rolesOf, valuesOf, withAxes } from "../systems.ts";
import type { Asked, Section } from "./section.ts";

/** Axes that count what a model was trained on. */
const sizes = ["size", "texts", "sentences", "k", "shots", "perLanguage"];
/** The most rows of bars in one chart. */
const maxBars = 60;

/** Bars of every language. */
export async function barsSection(asked: Asked): Promise<Section | undefined> {
  const figure = asked.results.has("intervals")
    ? await intervalFigure(asked)
    : asked.results.has("transfer")
    ? await transferFigure(asked)
    : undefined;
  return figure && { id: "languages", title: "Language by language", parts: [figure] };
}

async function intervalFigure({ results, compared }: Asked): Promise<Figure | undefined> {
  const sql =
    "SELECT model, axes, corpus, language, metric, of, value, low, high, std, seeds, sentences\n" +
    "FROM intervals WHERE over = 'sentences' AND value IS NOT NULL";
  const answer = await results.ask(sql);
  const rows = withAxes(rowsOf(answer));
  if (rows.length === 0) return undefined;
  const names = ["model", ...axisNames(rows)];
  const { series, choices } = rolesOf(rows, names, ["corpus", "language"], compared);
  // What is compared and has more values than there are colours stands in rows, for each language.
  const first = compared.find((name) => names.includes(name));
  const many = choices.find((name) => name === first);
  const chosen = many === undefined
    ? choices
    : ["corpus", "language", ...choices.filter((name) => name !== many)];
  const panels = byChoice(rows, ["metric", "of", ...chosen]).map(({ choice, rows }) =>
    barsPanel(choice, rows, { series, many }, (row) => ({
      value: Number(row.value),
      low: row.low as number | null,
      high: row.high as number | null,
    }))
  );
  return {
    id: "bars",
    title: "Scores with their intervals",
    note: html`Lines are intervals over sentences and seeds.`,
    panels,
    sql,
    answer,
  };
}

/** Where no intervals were asked for, the deviation over seeds says a little. */
async function transferFigure({ results, compared }: Asked): Promise<Figure | undefined> {
  const sql = "FROM transfer";
  const answer = await results.ask(sql);
  const rows = rowsOf(answer).map((row): Row => ({ ...row, language: row.target }));
  const names = ["model", "source", ...results.axesOf("transfer", "model")];
  const { series, choices } = rolesOf(rows, names, ["language"], [...compared, "model"]);
  const panels = byChoice(rows, ["metric", "of", ...choices]).map(({ choice, rows }) =>
    barsPanel(choice, rows, { series }, ({ mean, std }) => ({
      value: Number(mean),
      low: typeof std === "number" ? Math.max(0, Number(mean) - std) : null, // no score is below 0
      high: typeof std === "number" ? Number(mean) + std : null,
    }))
  );
  return {
    id: "bars",
    title: "Scores with their deviations",
    note: html`Lines are one standard deviation over seeds to each side: no intervals, which a stage
<code>intervals</code> would give.`,
    panels,
    sql,
    answer,
  };
}

function barsPanel(
  choice: Readonly<Record<string, string>>,
  rows: readonly Row[],
  { series, many }: { readonly series?: string; readonly many?: string },
  numbersOf: (row: Row) => Pick<BarPoint, "value" | "low" | "high">,
): Panel {
  const corpora = valuesOf(rows, "corpus").length;
  const points = rows.map((row): BarPoint => ({
    row: many !== undefined
      ? String(row[many] ?? "none")
      : corpora > 1
      ? `${row.corpus} ${row.language}`
      : String(row.language),
    series: series === undefined ? "" : String(row[series] ?? "none"),
    ...numbersOf(row),
  }));
  const names = [...new Set(points.map(({ row }) => row))].slice(0, maxBars);
  const systems = series === undefined ? [""] : valuesOf(rows, series).slice(0, maxSeries);
  const [{ metric, of }] = rows;
  return {
    choice,
    body: intervalBars({
      alt: `${metric} of ${of}, ${names.length} rows, one for each ${many ?? "language"}` +
        (series === undefined ? "." : ` by ${series}: ${systems.join(", ")}.`),
      rows: names,
      series: systems,
      points: points.filter(({ row, series }) => names.includes(row) && systems.includes(series)),
      title: `${metric} of ${of}`,
      seriesTitle: series ?? "",
    }),
  };
}

/** Scores over the number of training sentences. */
export async function curvesSection({ results, compared }: Asked): Promise<Section | undefined> {
  if (!results.has("intervals")) return undefined;
  const any = rowsOf(await results.ask("SELECT DISTINCT axes FROM intervals ORDER BY ALL"));
  const size = sizes.find((name) => {
    const values = withAxes(any).flatMap((row) => row[name] === undefined ? [] : [row[name]]);
    return new Set(values).size > 2 && values.every((value) => Number(value) > 0);
  });
  if (size === undefined) return undefined;
  const sql =
    `SELECT model, axes, corpus, language, metric, of, (axes->>'${size}')::DOUBLE AS ${size},
  value, low, high
FROM intervals WHERE over = 'sentences' AND (axes->>'${size}') IS NOT NULL AND value IS NOT NULL
ORDER BY ALL`;
  const answer = await results.ask(sql);
  const rows = withAxes(rowsOf(answer));
  const names = ["model", "language", ...axisNames(rows).filter((name) => name !== size)];
  const { series, choices } = rolesOf(rows, names, [size], [...compared, "language"]);
  const levels = results.has("crossings")
    ? rowsOf(await results.ask("SELECT language, metric, of, level, levelAxes FROM crossings"))
    : [];
  const panels = byChoice(rows, ["metric", "of", ...choices]).map(({ choice, rows }): Panel => {
    const systems = (series === undefined ? [""] : valuesOf(rows, series)).slice(0, maxSeries);
    const [{ metric, of, language }] = rows;
    return {
      choice,
      body: bandLines({
        alt: `${metric} of ${of} by ${size}, with intervals` +
          (series === undefined ? ` for ${language}.` : `; a line for each ${series}.`),
        series: systems,
        points: rows.map((row) => ({
          series: series === undefined ? "" : String(row[series] ?? "none"),
          x: Number(row[size]),
          value: Number(row.value),
          low: row.low as number | null,
          high: row.high as number | null,
        })).filter((point) => systems.includes(point.series)),
        levels: levels
          .filter((level) =>
            level.metric === metric && level.of === of &&
            rows.some((row) => row.language === level.language)
          )
          .map(({ level, levelAxes, language }) => ({
            value: Number(level),
            text: `${language}: ${levelText(levelAxes)}`,
          })),
        xTitle: `${size} (logarithmic)`,
        yTitle: `${metric} of ${of}`,
        seriesTitle: series ?? "",
        logarithmic: true,
        fromZero: true,
      }),
    };
  });
  const figures: Figure[] = [{
    id: "curves",
    title: "Learning curves",
    note:
      html`Bands are intervals over sentences and seeds. A dashed level is what another system scores.`,
    panels,
    sql,
    answer,
  }];
  if (results.has("crossings")) {
    const sql = "FROM crossings";
    figures.push({
      id: "crossings",
      title: "Where curves reach a level",
      panels: [],
      sql,
      answer: await results.ask(sql),
    });
  }
  return { id: "learning", title: "Learning curves", parts: figures };
}

function levelText(axes: unknown): string {
  return Object.entries(JSON.parse(String(axes)) as Record<string, unknown>)
    .map(([name, value]) => `${name} ${value}`).join(", ");
}
