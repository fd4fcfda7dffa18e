/**
 * For which entities a model is good.
 *
 * @module
 */
import { intervalBars } from "../charts/series.ts";
import { type Figure } from "../figure.ts";
import { html } from "../html.ts";
import { byChoice, rowsOf } from "../results.ts";
import { rolesOf, valuesOf } from "../systems.ts";
import { sqlName } from "../../table/sql_text.ts";
import { bucketKey } from "./bucket_examples.ts";
import type { Asked, Section } from "./section.ts";

/** F1 by kind of entity; of several seeds the first, whose intervals stand beside. */
export async function bucketsSection({ results, compared }: Asked): Promise<Section | undefined> {
  if (!results.has("buckets")) return undefined;
  const axes = results.axesOf("buckets", "model");
  const oneSeed = axes.includes("seed")
    ? "\nWHERE seed IS NOT DISTINCT FROM (SELECT min(seed) FROM buckets)"
    : "";
  const names = axes.filter((name) => name !== "seed");
  const sql = `SELECT ${names.map((name) => `${sqlName(name)}, `).join("")}model, language, ` +
    `feature, place, bucket, f1, low, high, gold, sentences\nFROM buckets${oneSeed}\nORDER BY ALL`;
  const answer = await results.ask(sql);
  const rows = rowsOf(answer);
  if (rows.length === 0) return undefined;
  const { series, choices } = rolesOf(
    rows,
    ["model", ...names],
    ["language", "feature", "place"],
    compared,
  );
  const hasSentences = results.has("worst") || results.has("predictions");
  const figure: Figure = {
    id: "bucket-bars",
    title: "Scores by kind of entity",
    note: html`${oneSeed === "" ? "" : "One seed. "}Intervals are over sentences.${
      hasSentences &&
      " Below a chart stand the kinds of which a sentence of the page is an example."
    }`,
    panels: byChoice(rows, ["feature", "language", ...choices]).map(({ choice, rows }) => {
      const systems = series === undefined ? [""] : valuesOf(rows, series).slice(0, 6);
      const names = valuesOf(
        [...rows].sort((a, b) => Number(a.place) - Number(b.place)),
        "bucket",
      );
      const { language, feature } = rows[0] as Record<string, string>;
      return {
        choice,
        examples: hasSentences
          ? Object.fromEntries(
            names.map((bucket) => [bucket, bucketKey({ language, feature, bucket })]),
          )
          : undefined,
        body: intervalBars({
          alt: `F1 by ${feature} on ${language}.`,
          rows: names,
          series: systems,
          points: rows.map((row) => ({
            row: String(row.bucket),
            series: series === undefined ? "" : String(row[series] ?? "none"),
            value: Number(row.f1),
            low: row.low as number | null,
            high: row.high as number | null,
          })).filter(({ series }) => systems.includes(series)),
          title: "F1, %",
          seriesTitle: series ?? "",
        }),
      };
    }),
    sql,
    answer,
  };
  return { id: "buckets", title: "Kinds of entities", parts: [figure] };
}
