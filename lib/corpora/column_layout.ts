/**
 * How a line of a column file falls into columns.
 *
 * @module
 */
import { trimLineEnd } from "./tagged_lines.ts";

/** What may stand between columns; `whitespace` is any run of spaces and tabs. */
export const separators = ["space", "tab", "comma", "semicolon", "whitespace"] as const;

/** A separator of {@linkcode separators}. */
export type Separator = (typeof separators)[number];

/** How lines fall into columns. */
export interface ColumnLayout {
  readonly separator: Separator;
  /** At every separator, or in two columns at the first or the last one. */
  readonly splitAt: "every" | "first" | "last";
  /** Whether columns may be in double quotes, with `""` for a quote within (RFC 4180). */
  readonly quotes: boolean;
}

/** The most columns that a line may have. */
export const mostColumns = 1_000;

const characters: Record<Separator, string> = {
  space: " ",
  tab: "\t",
  comma: ",",
  semicolon: ";",
  whitespace: " \t",
};

/**
 * The columns of a line, at most one more than {@linkcode mostColumns}. White space at its end is ignored, unless a tab there may stand before an
 * empty column.
 */
export function splitColumns(line: string, layout: ColumnLayout, keepsEnd = false): string[] {
  const { separator, splitAt, quotes } = layout;
  const text = keepsEnd && separator === "tab" ? trimSpaces(line) : trimLineEnd(line);
  const between = characters[separator];
  if (splitAt !== "every") return splitOnce(text, between, splitAt);
  if (quotes) return splitQuoted(text, between);
  return separator === "whitespace"
    ? text.trimStart().split(/[ \t]+/, mostColumns + 1)
    : text.split(between, mostColumns + 1);
}

/** Whether a text has the separator in it. */
export function hasSeparator(text: string, separator: Separator): boolean {
  return [...characters[separator]].some((character) => text.includes(character));
}

/** Where a column begins in its line, from 1. */
export function columnPlace(line: string, columns: readonly string[], at: number): number {
  if (at === columns.length - 1) {
    return trimLineEnd(line).length - trimLineEnd(columns[at]).length + 1;
  }
  let place = 0;
  for (let i = 0; i < at; i++) {
    const end = line.indexOf(columns[i], place) + columns[i].length;
    const next = line.indexOf(columns[i + 1], end + 1);
    if (next < 0) break;
    place = next;
  }
  return place + 1;
}

function trimSpaces(line: string): string {
  let end = line.length;
  while (end > 0 && line[end - 1] === " ") end--;
  return line.slice(0, end);
}

function splitOnce(text: string, between: string, at: "first" | "last"): string[] {
  const places = [...between]
    .map((character) => at === "first" ? text.indexOf(character) : text.lastIndexOf(character))
    .filter((place) => place >= 0);
  if (places.length === 0) return [text];
  const place = at === "first" ? Math.min(...places) : Math.max(...places);
  const [left, right] = [text.slice(0, place), text.slice(place + 1)];
  return between.length === 1 ? [left, right] : [trimLineEnd(left), right.trimStart()];
}

function splitQuoted(text: string, between: string): string[] {
  const columns: string[] = [];
  let at = 0;
  for (;;) {
    let column = "";
    const end = text[at] === '"' ? closingQuote(text, at + 1) : undefined;
    if (end !== undefined) {
      column = text.slice(at + 1, end).replace(/""/g, '"');
      at = end + 1;
    }
    let next = at;
    while (next < text.length && !between.includes(text[next])) next++;
    columns.push(column + text.slice(at, next));
    if (next >= text.length || columns.length > mostColumns) return columns;
    at = next + 1;
  }
}

/** Where a quoted column ends: at a quote that no other one follows. */
function closingQuote(text: string, from: number): number | undefined {
  for (let i = text.indexOf('"', from); i >= 0; i = text.indexOf('"', i + 2)) {
    if (text[i + 1] !== '"') return i;
  }
  return undefined;
}
