/**
 * The results that matter: published numbers beside ours, and the matrices that a run ends with.
 *
 * @module
 */
import type { AskedTable } from "../answered_text.ts";
import { type Figure, numberText, type Panel } from "../figure.ts";
import { foreign, type Html, html } from "../html.ts";
import { comparisonTables, intervalTables } from "../interval_matrices.ts";
import type { Matrix, ShownTable } from "../matrix.ts";
import { byChoice, type Row, rowsOf } from "../results.ts";
import type { ComparisonRow } from "../../table/schemas/comparisons.ts";
import type { IntervalRow } from "../../table/schemas/intervals.ts";
import type { TransferRow } from "../../table/schemas/transfer.ts";
import { axisNames } from "../systems.ts";
import { transferTables } from "../transfer_matrix.ts";
import type { Asked, Section } from "./section.ts";

/** The most rows of a matrix in a page. */
const maxRows = 120;

/**
 * Published numbers beside ours. Ours must be of the same score and language, and agree in every
 * axis that is published but `encoder`, which says what the source used.
 */
const published = `WITH ours AS (
  SELECT * FROM intervals WHERE over IN ('sentences', 'mean') AND value IS NOT NULL
)
SELECT e.source, e.axes AS published_of, e.language, e.metric, e.of, e.isMeasured AS measured,
  e.value AS published, o.model, o.axes AS ours_of, o.value AS ours, o.low, o.high,
  o.value - e.value AS difference
FROM expected e LEFT JOIN ours o ON o.metric = e.metric AND o.of = e.of
  AND o.language IS NOT DISTINCT FROM e.language AND (e.model IS NULL OR o.model = e.model)
  AND len(list_filter(json_keys(e.axes), axis -> axis <> 'encoder'
    AND (o.axes->>axis) IS DISTINCT FROM (e.axes->>axis))) = 0
ORDER BY o.value IS NULL, e.source, e.axes, e.language, o.model, o.axes`;

const publishedAlone = "SELECT source, axes AS published_of, language, metric, of,\n" +
  "  isMeasured AS measured, value AS published\nFROM expected ORDER BY ALL";

/** Headline tables. */
export async function headlineSection(asked: Asked): Promise<Section | undefined> {
  const { results } = asked;
  const parts: (Html | Figure)[] = [];
  if (results.has("expected")) parts.push(await publishedFigure(asked));
  if (results.has("transfer")) {
    const sql = "FROM transfer";
    const rows = rowsOf(await results.ask(sql));
    const groups = byChoice(rows, ["metric", "of", ...results.axesOf("transfer", "model")]);
    parts.push(matrixFigure(
      "matrix",
      "The transfer matrix",
      groups.map(({ choice, rows }) => ({
        choice,
        tables: transferTables(rows as unknown as TransferRow[]),
      })),
      sql,
    ));
  }
  for (const each of [comparisonsShown, intervalsShown]) {
    if (!results.has(each.table)) continue;
    const sql = `FROM ${each.table}`;
    const rows = rowsOf(await results.ask(sql));
    const choices = choicesIn(
      rows,
      results.axesOf(each.table, each.first),
      each.axes,
      asked.compared,
    );
    parts.push(matrixFigure(
      each.table,
      each.title,
      byChoice(rows, choices).map(({ choice, rows }) => ({ choice, tables: each.make(rows) })),
      sql,
    ));
  }
  if (parts.length === 0) return undefined;
  return { id: "headline", title: "Results", parts };
}

/** How a table of results becomes matrices. */
interface Shown {
  readonly table: string;
  readonly title: string;
  /** Its first own column. */
  readonly first: string;
  /** The column with the axes of its systems. */
  readonly axes: string;
  make(rows: readonly Row[]): ShownTable[];
}

const comparisonsShown: Shown = {
  table: "comparisons",
  title: "Differences between systems",
  first: "modelA",
  axes: "axesA",
  make: (rows) => comparisonTables(rows as unknown as ComparisonRow[]),
};

const intervalsShown: Shown = {
  table: "intervals",
  title: "Scores of systems",
  first: "model",
  axes: "axes",
  make: (rows) => intervalTables(rows as unknown as IntervalRow[]),
};

/** Axes of a table by which its rows go into matrices of their own: not those that are compared. */
function choicesIn(
  rows: readonly Row[],
  names: readonly string[],
  axes: string,
  compared: readonly string[],
): string[] {
  const ofSystems = new Set(axisNames(rows, axes));
  return names.filter((name) => ofSystems.has(name) && !compared.includes(name));
}

async function publishedFigure({ results }: Asked): Promise<Figure> {
  const isComparable = results.has("intervals");
  const sql = isComparable ? published : publishedAlone;
  const answer = await results.ask(sql);
  const sources = new Set(rowsOf(answer).map(({ source }) => source)).size;
  return {
    id: "published",
    title: "Published numbers beside ours",
    note: html`${counted(answer.rows.length, "row")} from ${
      counted(sources, "place")
    }. A difference is ours minus the published number; it is marked where the interval of ours
does not hold the published one. Rows without a number of ours are of another quantity, or were not run.`,
    panels: [{ choice: {}, body: publishedTable(answer) }],
    sql,
  };
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function publishedTable(answer: AskedTable): Html {
  const isComparable = answer.columns.includes("ours");
  const lines = rowsOf(answer).slice(0, 250).map((row) => {
    const { difference, low, high, published } = row;
    const known = typeof difference === "number";
    const isOutside = known && typeof low === "number" && typeof high === "number" &&
      (Number(published) < low || Number(published) > high);
    const side = !isOutside ? "same" : difference > 0 ? "above" : "below";
    return html`
      <tr><td>${row.language ?? "all"}</td><td>${described(row.published_of)}</td><td>${row
        .of} ${row.metric}</td><td class="n">${shown(published)}${row.measured === false && html`
        <span class="hint">claimed, not measured</span>
      `}</td>${isComparable && html`
        <td class="n">${known ? html`${shown(row.ours)} [${shown(low)}, ${shown(high)}]` : "–"}</td>
        <td class="n ${known && side}">${known
          ? html`${isOutside ? (difference > 0 ? "▲ " : "▼ ") : ""}${signed(difference)}`
          : "–"}</td>
        <td>${known && html`${row.model} ${described(row.ours_of)}`}</td>
      `}<td>${foreign(String(row.source))}</td></tr>
    `;
  });
  const names = ["language", "published of", "score", "published"]
    .concat(isComparable ? ["ours", "difference", "ours of"] : [], "source");
  return html`
    <div class="scroll" tabindex="0" role="group" aria-label="Table: published numbers beside ours">
      <table class="data">
        <caption>Published numbers beside ours</caption>
        <thead>
          <tr>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr>
        </thead>
        <tbody>${lines}</tbody>
      </table>
    </div>
  `;
}

function matrixFigure(
  id: string,
  title: string,
  groups: readonly {
    readonly choice: Readonly<Record<string, string>>;
    readonly tables: readonly ShownTable[];
  }[],
  sql: string,
): Figure {
  const panels = groups.flatMap(({ choice, tables }) =>
    tables.flatMap((table): Panel[] =>
      table.matrices.map((matrix) => ({
        choice: {
          ...choice,
          ...tables.length > 1 ? { score: table.title } : {},
          ...table.matrices.length > 1 ? { table: matrix.about ?? "" } : {},
        },
        body: matrixHtml(table, matrix),
      }))
    )
  );
  return { id, title, panels, sql };
}

function matrixHtml({ title, foot }: ShownTable, { about, header, rows }: Matrix): Html {
  const caption = about === undefined ? title : `${title}; ${about}`;
  const lines = rows.slice(0, maxRows).map(([first, ...cells]) =>
    html`
      <tr><th scope="row">${foreign(first)}</th>${cells.map((cell) =>
        html`<td class="n">${cell}</td>`
      )}</tr>
    `
  );
  return html`
    <p class="note">${caption}</p>
    <div class="scroll" tabindex="0" role="group" aria-label="Table: ${caption}">
      <table class="data matrix">
        <caption>${caption}</caption>
        <thead>
          <tr>${header.map((name) => html`<th scope="col">${foreign(name)}</th>`)}</tr>
        </thead>
        <tbody>${lines}</tbody>
      </table>
    </div>
    ${rows.length > maxRows &&
      html`<p class="note">${maxRows} of ${rows.length} rows; the SQL gives them all.</p>`}
    ${foot !== undefined && html`<p class="note">${foot}</p>`}
  `;
}

function described(axes: unknown): string {
  return Object.entries(JSON.parse(String(axes ?? "{}")) as Record<string, unknown>)
    .map(([name, value]) => `${name}=${value}`).join(" ");
}

function shown(value: unknown): string {
  return typeof value === "number" ? numberText(value, 1) : "–";
}

function signed(value: number): string {
  return `${value > 0 ? "+" : ""}${numberText(value, 1)}`;
}
