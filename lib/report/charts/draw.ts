/**
 * Draws charts as SVG: Vega-Lite says what, Vega draws, and no browser is needed.
 *
 * @module
 */
import { None, parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { showControls } from "../../core/controls.ts";
import { escapeHtml } from "../html.ts";

/** A drawing of our own: what Vega-Lite takes, without what all charts share. */
export type ChartSpec = Omit<TopLevelSpec, "config" | "$schema"> & {
  readonly [key: string]: unknown;
};

/** A chart with what it shows, in words: whoever cannot see it is told. */
export interface Chart {
  readonly alt: string;
  readonly spec: ChartSpec;
}

/** The colours of systems, dark on light and light on dark, apart for colour-blind eyes. */
export const seriesColours = [1, 2, 3, 4, 5, 6].map((i) => `var(--c${i})`);
/** The shapes that go with them: a colour is never all that tells two systems apart. */
export const seriesShapes = [
  "circle",
  "square",
  "triangle-up",
  "diamond",
  "cross",
  "triangle-down",
];
/** And the dashes of lines. */
export const seriesDashes = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [1, 3]];

const ink = "currentColor";

const config = {
  background: null,
  font: "sans-serif",
  aria: false,
  view: { stroke: null },
  axis: {
    labelColor: ink,
    titleColor: ink,
    domainColor: ink,
    tickColor: ink,
    gridColor: ink,
    gridOpacity: .15,
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: "normal",
    labelLimit: 260,
  },
  legend: {
    labelColor: ink,
    titleColor: ink,
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: "normal",
    labelLimit: 320,
    orient: "top",
    columns: 3,
    symbolStrokeWidth: 2,
  },
  header: { labelColor: ink, titleColor: ink, labelFontSize: 12, titleFontSize: 12 },
  text: { color: ink, fontSize: 12 },
  rule: { color: ink },
};

/** The SVG of a chart: the same text for the same rows. It holds no style, script or address. */
export async function drawChart({ alt, spec }: Chart): Promise<string> {
  const own = withSafeNames({ ...spec, config }) as TopLevelSpec;
  const compiled = compile(own, { logger: strict });
  const view = new View(parse(compiled.spec), { renderer: "none", logLevel: None });
  try {
    return slender(await view.toSVG(), alt);
  } finally {
    view.finalize();
  }
}

/**
 * A drawing whose names Vega can hold and a page may show: its expressions end at two line separators, quoted or not, and
 * it looks names up in plain objects, which have a "constructor" (a mark that is not seen tells it).
 */
function withSafeNames(part: unknown): unknown {
  if (typeof part === "string") {
    const shown = showControls(part).replace(/[\u2028\u2029]/g, "␤");
    return shown in Object.prototype ? `${shown}\u2060` : shown;
  }
  if (Array.isArray(part)) return part.map(withSafeNames);
  if (typeof part !== "object" || part === null) return part;
  const entries = Object.entries(part).map(([key, value]) =>
    [withSafeNames(key), withSafeNames(value)] as [string, unknown]
  );
  return Object.fromEntries(entries);
}

/** What Vega-Lite complains of is a mistake of ours. */
const strict = {
  level: () => strict,
  error: refuse,
  warn: refuse,
  info: () => strict,
  debug: () => strict,
} as never;

function refuse(...messages: unknown[]): never {
  throw new Error(`Cannot draw a chart: ${messages.join(" ")}`);
}

/** Takes out of a drawing what only its program needs, and says what it shows. */
function slender(svg: string, alt: string): string {
  return svg
    .replace(
      /<[^>]*>/g,
      (tag) =>
        /^<path class="(background|foreground)"[^>]* (d=""|d="M0,0h0v0h0Z")/.test(tag)
          ? ""
          : tag.replace(
            / (aria-[a-z]+|role|pointer-events|xmlns:xlink|version|font-family)="[^"]*"/g,
            "",
          )
            .replace(/ (opacity|stroke-width|fill-opacity)="1"/g, "")
            .replace(/ transform="translate\(0,0\)"/, "")
            .replace(
              /-?\d+\.\d{3,}(e-\d+)?/g,
              (number) => String(Number(Number(number).toFixed(2))),
            ),
    )
    .replace(/^<svg /, () => `<svg role="img" aria-label="${escapeHtml(alt)}" `);
}
