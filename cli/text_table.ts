/**
 * Tables as text: aligned for people; CSV, JSON, Markdown and LaTeX for programs and papers.
 *
 * @module
 */
import { showControls } from "../lib/core/controls.ts";
import { displayWidth } from "../lib/core/display_width.ts";
import { bestCells, latexRow } from "../lib/report/latex/latex_table.ts";
import { latexText, letterDefinitions } from "../lib/report/latex/latex_text.ts";
import { csvLine } from "../lib/table/csv.ts";
import type { Cell, QueryResult } from "../lib/table/duckdb.ts";
import { jsonText } from "./terminal.ts";

/** The forms in which `sql` prints. */
export const tableFormats = ["table", "csv", "json", "markdown", "latex"] as const;

/** One of {@linkcode tableFormats}. */
export type TableFormat = typeof tableFormats[number];

/** A cell as people read it. Numbers have at most `digits` decimals, or digits where small. */
export function cellText(cell: Cell, digits = 4): string {
  if (cell === null) return "";
  if (typeof cell === "number") {
    const small = Math.abs(cell) < 10 ** (1 - digits);
    return String(Number(small ? cell.toPrecision(digits) : cell.toFixed(digits)));
  }
  if (Array.isArray(cell)) return `[${cell.map((item) => cellText(item, digits)).join(", ")}]`;
  return String(cell);
}

/** A cell on one line, with controls shown. */
function lineText(cell: Cell): string {
  return showControls(cellText(cell).replace(/[ \t\r\n]+/g, " "));
}

/** Pads a text to a width, on the left for numbers. */
export function pad(text: string, width: number, right: boolean): string {
  const space = " ".repeat(Math.max(0, width - displayWidth(text)));
  return right ? space + text : text + space;
}

/** Lines of columns with a rule under the header, as wide as the given rows need. */
export class AlignedColumns {
  readonly #header: readonly string[];
  readonly #widths: number[];
  readonly #right: readonly boolean[];

  /**
   * @param rows those that the widths are for
   * @param right which columns stand on the right; those of numbers when left out
   */
  constructor(
    header: readonly string[],
    rows: readonly (readonly Cell[])[],
    right = columnsOfNumbers(header, rows),
  ) {
    this.#header = header.map(lineText);
    this.#right = right;
    this.#widths = this.#header.map(displayWidth);
    for (const row of rows) {
      row.forEach((cell, column) => {
        const width = displayWidth(lineText(cell));
        if (width > this.#widths[column]) this.#widths[column] = width;
      });
    }
  }

  /** The header and its rule. */
  head(): string[] {
    return [this.#line(this.#header), this.#widths.map((width) => "─".repeat(width)).join("  ")];
  }

  /** A row. A cell that is wider than its column moves the rest of the line. */
  line(row: readonly Cell[]): string {
    return this.#line(row.map(lineText));
  }

  #line(cells: readonly string[]): string {
    return cells.map((cell, column) => pad(cell, this.#widths[column], this.#right[column]))
      .join("  ").trimEnd();
  }
}

/**
 * Lines of columns with a rule under the header.
 *
 * @param right which columns stand on the right; those of numbers when left out
 */
export function alignedTable(
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
  right?: readonly boolean[],
): string {
  const aligned = new AlignedColumns(header, rows, right);
  return [...aligned.head(), ...rows.map((row) => aligned.line(row))].join("\n");
}

/** Which columns hold numbers and nothing else but NULL. */
function columnsOfNumbers(
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
): readonly boolean[] {
  return columns.map((_, column) => {
    const cells = rows.map((row) => row[column]).filter((cell) => cell !== null);
    return cells.length > 0 && cells.every((cell) => typeof cell === "number");
  });
}

/** How a table is written, row by row. Every text ends its lines. */
export interface RowWriter {
  /** What stands above the rows. */
  readonly head: string;
  /** A row, of which `index` others are above. */
  row(row: readonly Cell[], index: number): string;
  /** What stands below so many rows. */
  foot(rows: number): string;
}

/** How a table is written whose first rows are known. */
export function rowWriter(
  columns: readonly string[],
  format: TableFormat,
  first: readonly (readonly Cell[])[],
  right?: readonly boolean[],
): RowWriter {
  const foot = () => "";
  switch (format) {
    case "table": {
      const aligned = new AlignedColumns(columns, first, right);
      const head = aligned.head().map((line) => `${line}\n`).join("");
      return { head, row: (row) => `${aligned.line(row)}\n`, foot };
    }
    case "csv":
      return { head: `${csvLine(columns)}\r\n`, row: (row) => `${csvLine(row)}\r\n`, foot };
    case "json": {
      const object = (row: readonly Cell[]) =>
        Object.fromEntries(columns.map((name, i) => [name, exactJson(row[i])]));
      return {
        head: "",
        row: (row, index) =>
          `${index === 0 ? "[" : ","}\n  ${jsonText(object(row), 2).replaceAll("\n", "\n  ")}`,
        foot: (rows) => rows === 0 ? "[]\n" : "\n]\n",
      };
    }
    case "markdown": {
      const cell = (value: Cell) => lineText(value).replaceAll("|", "\\|");
      const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
      return {
        head: line(columns.map(cell)) + line(columns.map(() => "---")),
        row: (row) => line(row.map(cell)),
        foot,
      };
    }
    case "latex":
      return latexWriter(columns, first, right);
  }
}

/**
 * A table as LaTeX has it, with the rules of the package booktabs. In a column of texts such as
 * `82.7 ± 0.5`, the highest is in bold.
 *
 * @param first all rows, or more than a paper shows
 */
function latexWriter(
  columns: readonly string[],
  first: readonly (readonly Cell[])[],
  right = columnsOfNumbers(columns, first),
): RowWriter {
  const isSpread = columns.map((_, column) =>
    first.some((row) => row[column] !== null) &&
    first.every((row) => row[column] === null || /^[+−-]?[\d.]+ ± /.test(String(row[column])))
  );
  const best = bestCells(
    first.map((row) => row.map((cell, i) => isSpread[i] ? String(cell ?? "") : "")),
    "highest",
  );
  const line = (cells: readonly string[]) => `${latexRow(cells)}\n`;
  const cellOf = (cell: Cell, row: number, column: number) => {
    const text = latexText(cellText(cell));
    return best.has(`${row} ${column}`) ? `\\textbf{${text}}` : text;
  };
  const letters = columns.map((_, i) => right[i] || isSpread[i] ? "r" : "l").join("");
  const known = first.map((row) => row.map((cell, i) => cellOf(cell, -1, i)).join("")).join("");
  return {
    head: "% needs \\usepackage{booktabs}\n" +
      letterDefinitions(columns.map(latexText).join("") + known) +
      `\\begin{tabular}{${letters}}\n\\toprule\n${line(columns.map(latexText))}\\midrule\n`,
    row: (row, index) => line(row.map((cell, i) => cellOf(cell, index, i))),
    foot: () => "\\bottomrule\n\\end{tabular}\n",
  };
}

/** A value as JSON has it. A number that JSON cannot hold becomes text. */
function exactJson(cell: Cell): Cell {
  if (typeof cell === "number" && !Number.isFinite(cell)) return String(cell);
  return Array.isArray(cell) ? cell.map(exactJson) : cell;
}

/** A query's answer in one of the forms, without a final line break. */
export function formatResult({ columns, rows }: QueryResult, format: TableFormat): string {
  const { head, row, foot } = rowWriter(columns, format, rows);
  return (head + rows.map(row).join("") + foot(rows.length)).replace(/\r?\n$/, "");
}
