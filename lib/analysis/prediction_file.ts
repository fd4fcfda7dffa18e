/**
 * Reads somebody else's predictions: a word a line with its answers, a blank line after a sentence.
 *
 * @module
 */
import { UserError } from "../core/errors.ts";

/** A sentence of such a file. */
export interface PredictedSentence {
  /** The line of its first word, from 1. */
  readonly line: number;
  readonly words: readonly string[];
  /** Undefined where the file has a word and one answer a line. */
  readonly gold?: readonly string[];
  readonly predicted: readonly string[];
}

/** What a file says. */
export interface PredictionFile {
  readonly file: string;
  /** Whether answers are IOB2 tags of entities; else each is a class of its word. */
  readonly tagsEntities: boolean;
  readonly hasGold: boolean;
  readonly sentences: readonly PredictedSentence[];
}

const isTag = (text: string): boolean => /^(O|[BI]-.+)$/.test(text);

/**
 * Reads `word … gold predicted`, or `word predicted`, with spaces or tabs between columns: the last
 * two columns are the answers. Lines end with LF, CR LF or CR; `-DOCSTART-` lines are no words.
 *
 * @throws {UserError} at the first line that cannot be read
 */
export function parsePredictions(text: string, file: string): PredictionFile {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
  const rows = lines.map((line, i) => ({ line, number: i + 1, columns: columnsOf(line) }));
  const words = rows.filter(({ columns }) => columns.length > 0 && columns[0] !== "-DOCSTART-");
  if (words.length === 0) {
    throw new UserError({
      message: `Cannot read predictions from "${file}": it has no words`,
      hint: "a line is a word, the right answer and the predicted one",
    });
  }
  const width = Math.min(3, words[0].columns.length);
  const refuse = (
    row: typeof rows[number],
    column: number,
    message: string,
    hint: string,
  ): never => {
    const range = {
      file,
      line: row.number,
      column: placeOf(row.line, column),
      length: Math.max(1, row.columns[column]?.length ?? 1),
      lineText: row.line,
    };
    throw new UserError({ message, range, hint });
  };
  const answers = (columns: readonly string[]): readonly string[] =>
    columns.slice(-(width === 2 ? 1 : 2));
  const tagsEntities =
    words.some(({ columns }) => answers(columns).some((each) => /^[BI]-/.test(each))) ||
    words.every(({ columns }) => answers(columns).every((each) => each === "O"));
  const sentences: PredictedSentence[] = [];
  let open: typeof rows = [];
  const close = (): void => {
    if (open.length === 0) return;
    const column = (at: number): string[] => open.map(({ columns }) => columns.at(at)!);
    sentences.push({
      line: open[0].number,
      words: open.map(({ columns }) => columns[0]),
      ...width === 2 ? {} : { gold: column(-2) },
      predicted: column(-1),
    });
    open = [];
  };
  for (const row of rows) {
    const { columns } = row;
    if (columns.length === 0 || columns[0] === "-DOCSTART-") {
      close();
      continue;
    }
    if (columns.length < 2 || Math.min(3, columns.length) !== width) {
      refuse(
        row,
        columns.length - 1,
        `Cannot read a line of ${columns.length} columns, where the first has ` +
          `${words[0].columns.length}`,
        "a line is a word, the right answer and the predicted one; a blank line ends a sentence",
      );
    }
    const odd = answers(columns).find((each) => tagsEntities && !isTag(each));
    if (odd !== undefined) {
      refuse(
        row,
        columns.lastIndexOf(odd),
        `Cannot read the tag "${odd}"`,
        "tags of entities are IOB2: O, B-TYPE or I-TYPE",
      );
    }
    open.push(row);
  }
  close();
  return { file, tagsEntities, hasGold: width > 2, sentences };
}

/** Columns are parted by spaces and tabs alone: other white space can be a word. */
function columnsOf(line: string): string[] {
  return line.split(/[ \t]+/).filter((column) => column !== "");
}

/** Where a column begins in a line, from 1. */
function placeOf(line: string, column: number): number {
  const found = [...line.matchAll(/[^ \t]+/g)][Math.max(0, column)];
  return (found?.index ?? 0) + 1;
}
