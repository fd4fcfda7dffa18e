/**
 * Tables as text: aligned for people, CSV, JSON and Markdown for programs and papers.
 *
 * @module
 */
import { displayWidth } from "../lib/core/display_width.ts";
import type { Cell, QueryResult } from "../lib/table/duckdb.ts";

/** The forms in which `sql` prints. */
export const tableFormats = ["table", "csv", "json", "markdown"] as const;

/** One of {@linkcode tableFormats}. */
export type TableFormat = typeof tableFormats[number];

/** A cell as people read it: of a number at most `digits` decimals, or digits where it is small. */
export function cellText(cell: Cell, digits = 4): string {
  if (cell === null) return "";
  if (typeof cell === "number") {
    const small = Math.abs(cell) < 10 ** (1 - digits);
    return String(Number(small ? cell.toPrecision(digits) : cell.toFixed(digits)));
  }
  if (Array.isArray(cell)) return `[${cell.map((item) => cellText(item, digits)).join(", ")}]`;
  return String(cell);
}

/** Pads a text to a width, on the left for numbers. */
export function pad(text: string, width: number, right: boolean): string {
  const space = " ".repeat(Math.max(0, width - displayWidth(text)));
  return right ? space + text : text + space;
}

/**
 * Lines of columns with a rule under the header.
 *
 * @param right which columns stand on the right; those of numbers when left out
 */
export function alignedTable(
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
  right = header.map((_, column) =>
    rows.length > 0 && rows.every((row) => row[column] === null || typeof row[column] === "number")
  ),
): string {
  const texts = rows.map((row) => row.map((cell) => cellText(cell).replace(/\s+/g, " ")));
  const widths = header.map((name, column) =>
    Math.max(displayWidth(name), ...texts.map((row) => displayWidth(row[column])))
  );
  const line = (cells: readonly string[]) =>
    cells.map((cell, column) => pad(cell, widths[column], right[column])).join("  ").trimEnd();
  return [line(header), widths.map((width) => "─".repeat(width)).join("  "), ...texts.map(line)]
    .join("\n");
}

function csvField(cell: Cell): string {
  const text = typeof cell === "number" ? String(cell) : cellText(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A query's answer in one of the forms, without a final line break. */
export function formatResult({ columns, rows }: QueryResult, format: TableFormat): string {
  switch (format) {
    case "table":
      return alignedTable(columns, rows);
    case "csv":
      return [columns, ...rows].map((row) => row.map(csvField).join(",")).join("\r\n");
    case "json":
      return JSON.stringify(
        rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]]))),
        null,
        2,
      );
    case "markdown": {
      const cell = (value: Cell) => cellText(value).replaceAll("|", "\\|").replace(/\s+/g, " ");
      const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
      return [line(columns), line(columns.map(() => "---")), ...rows.map((r) => line(r.map(cell)))]
        .join("\n");
    }
  }
}
