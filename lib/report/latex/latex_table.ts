/**
 * Matrices of results as tables for a paper, with the rules of booktabs.
 *
 * @module
 */
import type { Matrix, ShownTable } from "../matrix.ts";
import { latexText, letterDefinitions } from "./latex_text.ts";

/** The packages that the tables need. */
export const latexPackages = ["booktabs", "graphicx"];

/** What LaTeX says first of a file of tables. */
export const latexHead = `% needs ${
  latexPackages.map((name) => `\\usepackage{${name}}`).join(" ")
}\n`;

/** A table has its targets in rows where there are more of them: it is as wide as a page then. */
const mostTargets = 10;

/**
 * Each matrix as a floating table: systems and targets, the best of each target in bold, and a
 * caption that says what is shown, what the numbers after ± are, and how the stars were corrected.
 *
 * @param label what `\ref` finds them by: letters, digits and `-`; a number follows where there are
 * several
 */
export function latexTables(tables: readonly ShownTable[], label: string): string {
  const all = tables.flatMap((table) => table.matrices.map((matrix) => ({ table, matrix })));
  const text = all.map(({ table, matrix }, i) =>
    latexTable(table, matrix, all.length > 1 ? `${label}-${i + 1}` : label)
  ).join("\n");
  return latexHead + letterDefinitions(text) + text;
}

function latexTable({ title, foot, best }: ShownTable, matrix: Matrix, label: string): string {
  const { about } = matrix;
  const targets = matrix.header.length - 1;
  const marked = best === undefined ? new Set<string>() : bestCells(matrix.rows, best);
  const cells = matrix.rows.map(([name, ...texts], row) => [
    latexText(name),
    ...texts.map((text, i) =>
      marked.has(`${row} ${i + 1}`) ? `\\textbf{${latexText(text)}}` : latexText(text)
    ),
  ]);
  const lines = [matrix.header.map(latexText), ...cells];
  const isTurned = targets > mostTargets && targets > matrix.rows.length;
  const shown = isTurned ? lines[0].map((_, column) => lines.map((line) => line[column])) : lines;
  if (isTurned) shown[0][0] = "target";
  const bold = marked.size > 0 ? [`The ${best} of each target is in bold`] : [];
  const caption = [
    about === undefined ? title : `${title}; ${about}`,
    ...bold,
    ...foot ? [foot] : [],
  ]
    .map((sentence) => latexText(sentence.replace(/\.$/, ""))).join(". ");
  return [
    "\\begin{table}",
    "  \\centering",
    `  \\caption{${caption}.}`,
    `  \\label{tab:${label}}`,
    "  \\smallskip",
    "",
    "  \\sbox0{%",
    indent(tabular(shown), 4) + "}%",
    "  \\ifdim\\wd0>\\linewidth\\resizebox{\\linewidth}{!}{\\usebox0}\\else\\usebox0\\fi",
    "\\end{table}",
    "",
  ].join("\n");
}

function tabular([header, ...rows]: readonly (readonly string[])[]): string {
  return [
    `\\begin{tabular}{l${"r".repeat(header.length - 1)}}`,
    "\\toprule",
    latexRow(header),
    "\\midrule",
    ...rows.map(latexRow),
    "\\bottomrule",
    "\\end{tabular}",
  ].join("\n");
}

/** A row of a tabular. What a row ends with would take a bracket or star that follows. */
export function latexRow(cells: readonly string[]): string {
  return `${/^[[*]/.test(cells[0] ?? "") ? "{}" : ""}${cells.join(" & ")} \\\\`;
}

function indent(text: string, spaces: number): string {
  return text.replace(/^/gm, " ".repeat(spaces));
}

/**
 * Which cells are the best of their column, as they are shown: what is the same in print is equally
 * good. None is where a column has fewer than two numbers, or all of them are the same.
 *
 * @param rows texts that begin with their number, such as `82.7 ± 0.5` or `81.2 [80.1, 82.4]`
 * @returns `row column` of each
 */
export function bestCells(
  rows: readonly (readonly string[])[],
  best: "highest" | "lowest",
): ReadonlySet<string> {
  const marked = new Set<string>();
  for (let column = 0; column < (rows[0]?.length ?? 0); column++) {
    const numbers = rows.map((row) => leadingNumber(row[column]));
    const known = numbers.filter((value) => value !== undefined);
    const [least, most] = [Math.min(...known), Math.max(...known)];
    if (known.length < 2 || least === most) continue;
    const good = best === "highest" ? most : least;
    numbers.forEach((value, row) => {
      if (value === good) marked.add(`${row} ${column}`);
    });
  }
  return marked;
}

function leadingNumber(text: string): number | undefined {
  const [number] = /^[+−-]?\d+(\.\d+)?/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number.replace("−", "-"));
}
