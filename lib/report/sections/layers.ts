/**
 * What happens inside models: attention to self by layer.
 *
 * @module
 */
import { bandLines, maxSeries } from "../charts/series.ts";
import { type Figure, type Panel } from "../figure.ts";
import { html } from "../html.ts";
import { byChoice, rowsOf } from "../results.ts";
import { rolesOf, valuesOf } from "../systems.ts";
import { sqlName } from "../../table/sql_text.ts";
import type { Asked, Section } from "./section.ts";

/** Attention to self per layer. */
export async function attentionSection({ results, compared }: Asked): Promise<Section | undefined> {
  if (!results.has("attention")) return undefined;
  const axes = results.axesOf("attention", "corpus").filter((name) => name !== "seed");
  const names = axes.map((name) => `${sqlName(name)}, `).join("");
  const sql = `SELECT ${names}of, layer, avg(onItself) AS onItself, avg(onItsWord) AS onItsWord,
  count(*) AS means, sum(pieces)::DOUBLE AS pieces
FROM attention GROUP BY ALL ORDER BY ALL`;
  const answer = await results.ask(sql);
  const rows = rowsOf(answer);
  const { series, choices } = rolesOf(rows, axes, ["of", "layer"], compared);
  // The published encoder has no axes: it stands beside every trained one.
  const isPublished = (row: typeof rows[number]) => axes.every((name) => row[name] === null);
  const published = axes.length > 0 ? rows.filter(isPublished) : [];
  const trained = rows.filter((row) => !published.includes(row));
  const name = (row: typeof rows[number]) =>
    published.includes(row) ? "published" : series === undefined ? "" : `${series} ${row[series]}`;
  const shown = trained.length > 0 ? trained : rows;
  const panels = byChoice(shown, ["of", ...choices]).map(({ choice, rows }): Panel => {
    const beside = published.filter((row) => rows.some(({ of }) => of === row.of));
    const systems = [
      ...beside.length > 0 ? ["published"] : [],
      ...series === undefined ? [""] : valuesOf(rows, series).map((value) => `${series} ${value}`),
    ].slice(0, maxSeries);
    return {
      choice,
      body: bandLines({
        alt: `Share of attention to self by layer, pieces of ${rows[0].of} words; ` +
          `lines: ${systems.join(", ")}.`,
        series: systems,
        points: [...beside, ...rows].map((row) => ({
          series: name(row),
          x: Number(row.layer),
          value: Number(row.onItself),
          low: null,
          high: null,
        })).filter(({ series }) => systems.includes(series)),
        xTitle: "layer",
        yTitle: "attention to self, %",
        seriesTitle: series ?? "",
      }),
    };
  });
  const figure: Figure = {
    id: "attention-layers",
    title: "Attention to self, by layer",
    note: html`The share of its attention that a piece puts on itself: means over heads, pieces,
languages and seeds.`,
    panels,
    sql,
    answer,
  };
  return { id: "attention", title: "Attention", parts: [figure] };
}
