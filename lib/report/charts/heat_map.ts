/**
 * A matrix of numbers in colours.
 *
 * @module
 */
import type { Chart } from "./draw.ts";

/** A cell of a matrix. */
export interface HeatCell {
  readonly row: string;
  readonly column: string;
  readonly value: number;
  /** What is written in it. */
  readonly text: string;
}

/** What a matrix shows. */
export interface HeatMap {
  readonly alt: string;
  readonly rowTitle: string;
  readonly columnTitle: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly cells: readonly HeatCell[];
  /**
   * Values of the colours: of one scale from least to most, or, with three, of one that goes both
   * ways from its middle.
   */
  readonly domain: readonly [number, number] | readonly [number, number, number];
}

/** Dark where little, light where much: cividis, which colour-blind eyes see in the same order. */
const oneWay = ["#00224e", "#35456c", "#666970", "#948e77", "#c8b866", "#fee838"];
const bothWays = ["#b35806", "#f7f7f7", "#2d6fa8"];

/** The chart of a matrix. */
export function heatMap(
  { alt, rowTitle, columnTitle, rows, columns, cells, domain }: HeatMap,
): Chart {
  const diverges = domain.length === 3;
  const [low, high] = [domain[0], domain[domain.length - 1]];
  const share = `(datum.value - ${low}) / (${high - low || 1})`;
  const isDark = diverges ? `abs(${share} - 0.5) > 0.38` : `${share} < 0.5`;
  const size = Math.max(30, Math.min(54, Math.floor(700 / columns.length)));
  return {
    alt,
    spec: {
      width: size * columns.length,
      height: 26 * rows.length,
      data: { values: cells },
      encoding: {
        x: {
          field: "column",
          type: "nominal",
          sort: columns,
          title: columnTitle,
          axis: { orient: "top", labelAngle: columns.length > 16 ? -60 : 0, domain: false },
        },
        y: { field: "row", type: "nominal", sort: rows, title: rowTitle, axis: { domain: false } },
      },
      layer: [
        {
          mark: { type: "rect" },
          encoding: {
            color: {
              field: "value",
              type: "quantitative",
              scale: {
                domain,
                range: diverges ? bothWays : oneWay,
                clamp: true,
              },
              legend: null,
            },
          },
        },
        {
          mark: { type: "text", fontSize: size < 36 ? 10 : 12 },
          encoding: {
            text: { field: "text" },
            color: { condition: { test: isDark, value: "#ffffff" }, value: "#000000" },
          },
        },
      ],
    } as unknown as Chart["spec"],
  };
}
