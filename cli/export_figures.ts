/**
 * The charts of a report as figures of a paper.
 *
 * @module
 */
import type { PaperFigure } from "../lib/export/paper.ts";
import { drawChart } from "../lib/report/charts/draw.ts";
import { maxPanels } from "../lib/report/figure.ts";
import { svgPdf } from "../lib/report/latex/svg_pdf.ts";
import { pageColours, reportFigures } from "../lib/report/page.ts";
import { Results } from "../lib/report/results.ts";
import type { ReadOnlyTables } from "../lib/table/read_only.ts";

/** Every chart of every figure, named after the figure. */
export async function paperFigures(
  tables: ReadOnlyTables,
  names: readonly string[],
): Promise<PaperFigure[]> {
  const colours = await pageColours();
  const figures: PaperFigure[] = [];
  for (const { id, title, panels } of await reportFigures(await Results.of(tables, names))) {
    for (const [i, { choice, body }] of panels.slice(0, maxPanels).entries()) {
      if (!("spec" in body)) continue;
      const chosen = Object.entries(choice).map(([name, value]) => `, ${name}: ${value}`).join("");
      figures.push({
        id: panels.length > 1 ? `${id}-${i + 1}` : id,
        caption: `${title}${chosen}. ${body.alt}`,
        pdf: svgPdf(await drawChart(body), colours),
      });
    }
  }
  return figures;
}
