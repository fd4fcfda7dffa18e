/**
 * The tables and figures that a paper would use.
 *
 * @module
 */
import { join } from "node:path";
import { latexPackages, latexTables } from "../report/latex/latex_table.ts";
import { latexText, letterDefinitions } from "../report/latex/latex_text.ts";
import type { ShownTable } from "../report/matrix.ts";

/** A figure of a paper. */
export interface PaperFigure {
  /** Letters, digits and `-`. */
  readonly id: string;
  readonly caption: string;
  /** The bytes of a PDF of one page. */
  readonly pdf: Uint8Array;
}

/** What goes into a paper. */
export interface PaperContents {
  readonly title: string;
  readonly tables: readonly { readonly name: string; readonly shown: readonly ShownTable[] }[];
  readonly figures: readonly PaperFigure[];
}

/** Writes a file for each table and figure, and `appendix.tex`, which compiles and has them all. */
export async function writePaper(folder: string, contents: PaperContents): Promise<void> {
  const { title, tables, figures } = contents;
  await Deno.mkdir(folder, { recursive: true });
  for (const { name, shown } of tables) {
    await Deno.writeTextFile(join(folder, `${name}.tex`), latexTables(shown, name));
  }
  for (const { id, pdf } of figures) await Deno.writeFile(join(folder, `${id}.pdf`), pdf);
  const captions = figures.map(({ caption }) => latexText(caption));
  const body = [
    `\\section*{${latexText(title)}}`,
    ...tables.map(({ name }) => `\\input{${name}}`),
    ...figures.flatMap(({ id }, i) => [
      "\\begin{figure}",
      "  \\centering",
      `  \\sbox0{\\includegraphics{${id}.pdf}}`,
      "  \\ifdim\\wd0>\\linewidth\\includegraphics[width=\\linewidth,height=.8\\textheight," +
      `keepaspectratio]{${id}.pdf}\\else\\usebox0\\fi`,
      `  \\caption{${captions[i]}}`,
      `  \\label{fig:${id}}`,
      "\\end{figure}",
    ]),
  ];
  await Deno.writeTextFile(
    join(folder, "appendix.tex"),
    [
      "\\documentclass{article}",
      ...latexPackages.map((name) => `\\usepackage{${name}}`),
      // A paper whose every page is a table has more of them than LaTeX keeps waiting.
      "\\extrafloats{200}",
      `${letterDefinitions(title + captions.join(""))}\\begin{document}`,
      ...body,
      "\\end{document}",
      "",
    ].join("\n"),
  );
}
