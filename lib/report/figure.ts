/**
 * A figure of a page: what it shows, drawn for each choice, with its numbers and its SQL beside it.
 *
 * @module
 */
import type { Cell } from "../table/cells.ts";
import type { AskedTable } from "./answered_text.ts";
import { type Chart, drawChart } from "./charts/draw.ts";
import { foreign, type Html, html, trusted } from "./html.ts";

/** What one choice shows. */
export interface Panel {
  /** What is chosen, such as `{ h: "8", source: "en" }`; nothing where there is one panel. */
  readonly choice: Readonly<Record<string, string>>;
  readonly body: Chart | Html;
  /** What sentences of the page may be examples of, by the names that stand in the chart. */
  readonly examples?: Readonly<Record<string, string>>;
}

/** A figure. */
export interface Figure {
  /** Its place in the page: letters, digits and `-`. */
  readonly id: string;
  readonly title: string;
  /** What a reader must know to read it. */
  readonly note?: Html;
  readonly panels: readonly Panel[];
  /** The question whose answer is shown. */
  readonly sql?: string;
  /** The answer, row by row. */
  readonly answer?: AskedTable;
}

/** The most panels that a figure has: the rest is a question away. */
export const maxPanels = 48;
/** The most rows of an answer that stand in a page. */
const maxRows = 250;
/** The most characters of a value that stand in a page. */
const maxCharacters = 300;

/** Draws a figure. */
export async function drawFigure(figure: Figure): Promise<Html> {
  const { id, title, note, sql, answer } = figure;
  const panels = figure.panels.slice(0, maxPanels);
  const left = figure.panels.length - panels.length;
  const drawn: Html[] = [];
  for (const [i, { choice, body, examples }] of panels.entries()) {
    const names = Object.entries(choice).map(([name, value]) =>
      html`
        ${name}: ${foreign(value)}
      `
    );
    drawn.push(html`
      <div class="panel" data-choice="${JSON.stringify(choice)}" ${examples && html`
        data-examples="${JSON.stringify(examples)}"
      `}>
      ${names.length > 0 && panels.length > 1 && html`<p class="choice">${names}</p>`}
      ${"spec" in body
        ? html`
          <div class="scroll chart" tabindex="0" role="group"
            aria-label="Chart ${i + 1} of ${title}">${trusted(await drawChart(body))}</div>
        `
        : body}
      </div>
    `);
  }
  return html`
    <figure id="${id}">
    <figcaption><h3>${title}</h3>${note && html`<p>${note}</p>`}</figcaption>
    <div class="panels">${drawn}</div>
    ${left > 0 &&
      html`<p class="note">${left} more of these are left out here; ask for them below.</p>`}
    ${answer && html`
      <details class="numbers" ${panels.length === 0 && html`
        open
      `}><summary>Numbers</summary>${dataTable(answer, title)}</details>
    `}
    ${sql && html`
      <details class="sql">
        <summary>SQL</summary>
        <pre tabindex="0"><code>${sql}</code></pre>
      </details>
    `}
    </figure>
  `;
}

/** How a table is shown. */
export interface TableLook {
  /** The decimals of numbers; as many as tell them apart where left out. */
  readonly decimals?: number;
  /** The most rows; the rest is told. */
  readonly rows?: number;
}

/** An answer as a table that can be sorted, searched and saved. */
export function dataTable(
  { columns, rows }: AskedTable,
  caption: string,
  { decimals, rows: most = maxRows }: TableLook = {},
): Html {
  const isNumeric = columns.map((_, i) =>
    rows.some((row) => row[i] !== null) &&
    rows.every((row) => row[i] === null || typeof row[i] === "number")
  );
  const kind = (i: number) =>
    isNumeric[i] && html`
      class="n"
    `;
  const head = columns.map((column, i) =>
    html`
      <th scope="col" ${kind(i)}>${column}</th>
    `
  );
  const lines = rows.slice(0, most).map((row) =>
    html`
      <tr>${row.map((cell, i) => html`<td${kind(i)}>${cellHtml(cell, decimals)}</td>`)}</tr>
    `
  );
  return html`
    <div class="scroll" tabindex="0" role="group" aria-label="Table: ${caption}">
      <table class="data">
        <caption>${caption}</caption>
        <thead>
          <tr>${head}</tr>
        </thead>
        <tbody>${lines}</tbody>
      </table>
    </div>
    ${rows.length > most &&
      html`<p class="note">${most} of ${rows.length} rows; the SQL gives them all.</p>`}
  `;
}

function cellHtml(cell: Cell, decimals?: number): Html {
  if (cell === null) return html`<span class="none" title="NULL">–</span>`;
  if (typeof cell === "number") return html`${numberText(cell, decimals)}`;
  if (typeof cell === "boolean") return html`${String(cell)}`;
  const text = typeof cell === "string" ? cell : JSON.stringify(cell);
  const shown = [...text].slice(0, maxCharacters).join("");
  return foreign(shown === text ? text : `${shown}…`);
}

/** A number as people read it. */
export function numberText(value: number, decimals?: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : value < 0 ? "−∞" : "–";
  if (Math.abs(value) >= 1e9) return value.toExponential(1).replaceAll("-", "−").replace("e+", "e");
  if (decimals !== undefined) return value.toFixed(decimals).replace("-", "−");
  const small = value !== 0 && Math.abs(value) < .001;
  return String(Number(small ? value.toPrecision(3) : value.toFixed(3))).replace("-", "−");
}
