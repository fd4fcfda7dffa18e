/**
 * Transfer from every source to every target, in colours.
 *
 * @module
 */
import { heatMap } from "../charts/heat_map.ts";
import { type Figure, numberText, type Panel } from "../figure.ts";
import { html } from "../html.ts";
import { byChoice, type Row, rowsOf } from "../results.ts";
import { valuesOf } from "../systems.ts";
import type { Asked, Section } from "./section.ts";

/** Heat maps of scores and gaps. */
export async function transferSection({ results }: Asked): Promise<Section | undefined> {
  if (!results.has("transfer")) return undefined;
  const axes = results.axesOf("transfer", "model");
  const sql = "FROM transfer";
  const answer = await results.ask(sql);
  const groups = byChoice(rowsOf(answer), ["model", "metric", "of", ...axes]);
  const panels = groups.flatMap(({ choice, rows }): Panel[] => {
    const sources = valuesOf(rows, "source"), targets = valuesOf(rows, "target");
    if (sources.length * targets.length < 2) return [];
    const hasGap = rows.some(({ gap }) => gap !== null);
    return [
      panel({ choice, rows, sources, targets, column: "mean", shows: "score" }),
      ...hasGap
        ? [
          panel({
            choice,
            rows,
            sources,
            targets,
            column: "gap",
            shows: "gap to the target's own",
          }),
        ]
        : [],
    ];
  });
  if (panels.length === 0) return undefined;
  const figure: Figure = {
    id: "heat",
    title: "From every source to every target",
    note:
      html`Means over seeds. A gap is the score minus that of a model trained on the target itself.`,
    panels,
    sql,
    answer,
  };
  return { id: "transfer", title: "Transfer", parts: [figure] };
}

function panel(given: {
  readonly choice: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
  readonly sources: readonly string[];
  readonly targets: readonly string[];
  readonly column: "mean" | "gap";
  readonly shows: string;
}): Panel {
  const { choice, rows, sources, targets, column, shows } = given;
  const known = rows.filter((row) => typeof row[column] === "number");
  const values = known.map((row) => Number(row[column]));
  const isShare = values.every((value) => value >= 0 && value <= 100);
  const widest = Math.max(1, ...values.map(Math.abs));
  return {
    choice: { ...choice, shows },
    body: heatMap({
      alt: `${rows[0].metric} of ${rows[0].of}, ${shows}: ${sources.length} sources in rows, ` +
        `${targets.length} targets in columns, from ${numberText(Math.min(...values), 1)} to ` +
        `${numberText(Math.max(...values), 1)}.`,
      rowTitle: "source",
      columnTitle: "target",
      rows: sources,
      columns: targets,
      domain: column === "gap"
        ? [-widest, 0, widest]
        : isShare
        ? [0, 100]
        : [Math.min(...values), Math.max(...values)],
      cells: known.map((row) => ({
        row: String(row.source),
        column: String(row.target),
        value: Number(row[column]),
        text: targets.length > 16
          ? Number(row[column]).toFixed(0).replace("-", "−")
          : numberText(Number(row[column]), 1),
      })),
    }),
  };
}
