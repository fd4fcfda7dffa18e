/**
 * What can be declared of a column file.
 *
 * @module
 */
import type { ColumnLayout } from "./column_layout.ts";
import { taggedLinesDefaults, type TaggedLinesOptions } from "./tagged_lines.ts";

/** A column by its number, from 1, or by its name in the header. */
export type ColumnName = number | string;

/** How a column file is laid out. */
export interface ConllOptions extends TaggedLinesOptions, ColumnLayout {
  /** The column of the word; the first one where nothing is said. */
  readonly token?: ColumnName;
  /** The column of the tag; the last one where nothing is said. */
  readonly tag?: ColumnName;
  /** A column that numbers the words of a sentence. */
  readonly index?: ColumnName;
  /** Whether the first line names the columns. */
  readonly header: boolean;
  /** How lines begin that are no words. */
  readonly comments?: string;
}

/** What holds for a column file where the catalogue says nothing else. */
export const conllDefaults: ConllOptions = {
  ...taggedLinesDefaults,
  separator: "space",
  splitAt: "every",
  quotes: false,
  header: false,
};
