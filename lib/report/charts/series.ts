/**
 * Lines with bands, and bars with intervals: one colour, shape and dash for each system.
 *
 * @module
 */
import { type Chart, seriesColours, seriesDashes, seriesShapes } from "./draw.ts";

/** The most systems that one chart tells apart. */
export const maxSeries = seriesColours.length;

/** A number of a system with its interval. */
export interface Point {
  readonly series: string;
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** A number that stands in a row of its own. */
export interface BarPoint extends Point {
  readonly row: string;
}

/** A number at a place of an axis. */
export interface LinePoint extends Point {
  readonly x: number;
}

/** How systems are told apart. */
function seriesScale(series: readonly string[], range: readonly unknown[]) {
  return { domain: series, range: range.slice(0, series.length) };
}

/** A legend in one line where its names are short. */
function legendOf(title: string, series: readonly string[]) {
  return { title, symbolOpacity: 1, columns: series.join("").length < 70 ? series.length : 2 };
}

/** Bars from 0 in groups, with a line for each interval. */
export function intervalBars(given: {
  readonly alt: string;
  readonly rows: readonly string[];
  readonly series: readonly string[];
  readonly points: readonly BarPoint[];
  readonly title: string;
  readonly seriesTitle: string;
}): Chart {
  const { alt, rows, series, points, title, seriesTitle } = given;
  const y = { field: "row", type: "nominal", sort: rows, title: null };
  const yOffset = { field: "series", sort: series, scale: { paddingInner: .1 } };
  const several = series.length > 1;
  const isNothing = points.every(({ value, high }) => Math.max(value, high ?? value) === 0);
  const scale = isNothing ? { domain: [0, 1] } : {};
  return {
    alt,
    spec: {
      width: 520,
      height: { step: several ? 13 : 20, for: several ? "offset" : "position" },
      data: { values: points },
      encoding: { y, ...several ? { yOffset } : {} },
      layer: [
        {
          mark: { type: "bar" },
          encoding: {
            x: { field: "value", type: "quantitative", title, scale },
            color: {
              field: "series",
              type: "nominal",
              scale: seriesScale(series, seriesColours),
              legend: several ? legendOf(seriesTitle, series) : null,
            },
          },
        },
        {
          transform: [{ filter: "isValid(datum.low) && isValid(datum.high)" }],
          mark: { type: "rule", strokeWidth: 1.5 },
          encoding: {
            x: { field: "low", type: "quantitative", title, scale },
            x2: { field: "high" },
          },
        },
      ],
    } as unknown as Chart["spec"],
  };
}

/** Lines with their bands, and levels that they may reach. */
export function bandLines(given: {
  readonly alt: string;
  readonly series: readonly string[];
  readonly points: readonly LinePoint[];
  readonly levels?: readonly { readonly value: number; readonly text: string }[];
  readonly xTitle: string;
  readonly yTitle: string;
  readonly seriesTitle: string;
  readonly logarithmic?: boolean;
  /** Whether the vertical axis begins at 0. */
  readonly fromZero?: boolean;
  /** Whether each point has a mark. */
  readonly marks?: boolean;
}): Chart {
  const { alt, series, points, levels = [], xTitle, yTitle, seriesTitle } = given;
  const several = series.length > 1;
  const legend = several ? legendOf(seriesTitle, series) : null;
  const colour = {
    field: "series",
    type: "nominal",
    scale: seriesScale(series, seriesColours),
    legend,
  };
  const x = {
    field: "x",
    type: "quantitative",
    title: xTitle,
    scale: given.logarithmic ? { type: "log", nice: false } : { nice: false, zero: false },
    axis: given.logarithmic
      ? { values: [...new Set(points.map((point) => point.x))].sort((a, b) => a - b), grid: false }
      : { grid: false, tickMinStep: 1 },
  };
  const scale = { zero: given.fromZero ?? false };
  const banded = points.filter(({ low, high }) => low !== null && high !== null);
  return {
    alt,
    spec: {
      width: 520,
      height: 260,
      layer: [
        ...banded.length === 0 ? [] : [{
          data: { values: banded },
          mark: { type: "area", opacity: .18 },
          encoding: {
            x,
            y: { field: "low", type: "quantitative", title: yTitle, scale },
            y2: { field: "high" },
            color: colour,
          },
        }],
        {
          data: { values: points },
          mark: { type: "line", strokeWidth: 2 },
          encoding: {
            x,
            y: { field: "value", type: "quantitative", title: yTitle, scale },
            color: colour,
            strokeDash: {
              field: "series",
              type: "nominal",
              scale: seriesScale(series, seriesDashes),
              legend,
            },
          },
        },
        ...given.marks === false ? [] : [{
          data: { values: points },
          mark: { type: "point", filled: true, size: 44, opacity: 1 },
          encoding: {
            x,
            y: { field: "value", type: "quantitative", title: yTitle, scale },
            color: colour,
            shape: {
              field: "series",
              type: "nominal",
              scale: seriesScale(series, seriesShapes),
              legend,
            },
          },
        }],
        ...levels.length === 0 ? [] : [
          {
            data: { values: levels },
            mark: { type: "rule", strokeDash: [3, 3] },
            encoding: { y: { field: "value", type: "quantitative" } },
          },
          {
            data: { values: levels },
            mark: { type: "text", align: "right", baseline: "bottom", dy: -3 },
            encoding: {
              x: { value: 520 },
              y: { field: "value", type: "quantitative" },
              text: { field: "text" },
            },
          },
        ],
      ],
    } as unknown as Chart["spec"],
  };
}

/** Effects with their intervals, a row each, beside 0. */
export function effects(given: {
  readonly alt: string;
  readonly points: readonly BarPoint[];
  readonly series: readonly string[];
}): Chart {
  const { alt, points, series } = given;
  const order = points.map(({ row }) => row);
  const y = { field: "row", type: "nominal", sort: order, title: null, axis: { grid: true } };
  const verdict = (range: readonly unknown[]) => ({
    field: "series",
    type: "nominal",
    scale: { domain: series, range },
    legend: { title: "verdict" },
  });
  const colours = ["var(--good)", "var(--bad)", "var(--open)"];
  return {
    alt,
    spec: {
      width: 460,
      height: { step: 22 },
      data: { values: points },
      layer: [
        { mark: { type: "rule", strokeDash: [3, 3] }, encoding: { x: { datum: 0 } } },
        {
          mark: { type: "rule", strokeWidth: 2 },
          encoding: {
            y,
            x: { field: "low", type: "quantitative", title: "effect, in its unit" },
            x2: { field: "high" },
            color: verdict(colours),
          },
        },
        {
          mark: { type: "point", filled: true, size: 70, opacity: 1 },
          encoding: {
            y,
            x: { field: "value", type: "quantitative" },
            color: verdict(colours),
            shape: verdict(["triangle-up", "triangle-down", "circle"]),
          },
        },
      ],
    } as unknown as Chart["spec"],
  };
}

/** What ran when: a bar per piece of work, a row per stage. */
export function timeline(given: {
  readonly alt: string;
  readonly rows: readonly string[];
  readonly bars: readonly { readonly row: string; readonly start: number; readonly end: number }[];
  readonly unit: string;
}): Chart {
  const { alt, rows, bars, unit } = given;
  return {
    alt,
    spec: {
      width: 520,
      height: { step: 22 },
      data: { values: bars },
      mark: { type: "bar", height: { band: .7 }, opacity: .55, color: "var(--c1)" },
      encoding: {
        y: { field: "row", type: "nominal", sort: rows, title: null, axis: { grid: true } },
        x: { field: "start", type: "quantitative", title: `working time since the start, ${unit}` },
        x2: { field: "end" },
      },
    } as unknown as Chart["spec"],
  };
}
