/**
 * Prints answers of any size: rows as they come, a screenful at a time for people.
 *
 * @module
 */
import { showControls } from "../lib/core/controls.ts";
import { displayWidth } from "../lib/core/display_width.ts";
import { latexTables } from "../lib/report/latex/latex_table.ts";
import { shownAnswer } from "../lib/report/shown_answer.ts";
import type { Cell } from "../lib/table/duckdb.ts";
import type { Answer } from "../lib/table/read_only.ts";
import { type RowWriter, rowWriter, type TableFormat } from "./text_table.ts";

/**
 * How many rows decide what a table looks like: widths, what is best. Later ones are printed as they
 * come.
 */
const lookedAt: Partial<Readonly<Record<TableFormat, number>>> = { table: 1_000, latex: 20_000 };

/** Where an answer goes. */
export interface AnswerTarget {
  /** Whether it is a terminal, which would obey control characters. */
  readonly isTerminal: boolean;
  /** Takes some text; waits until there is room for more. */
  write(text: string): Promise<void>;
  /** How large a screen is, and who is asked whether to go on when one is full. */
  readonly screen?: { readonly lines: number; readonly columns: number; more(): Promise<boolean> };
}

/** Prints an answer. Rows are taken only as fast as they are read. */
export async function printAnswer(
  answer: Answer,
  format: TableFormat,
  target: AnswerTarget,
): Promise<void> {
  const { columns, types, batches } = answer;
  const isPlan = format === "table" && columns.join() === "explain_key,explain_value";
  const pager = new Pager(target);
  const held: Cell[][] = [];
  let writer: RowWriter | undefined, count = 0;
  const begin = (): RowWriter =>
    isPlan ? planWriter : rowWriter(columns, format, held, types.map(isNumeric));
  const write = (rows: readonly (readonly Cell[])[]): Promise<boolean> => {
    const texts = rows.map((row) => writer!.row(row, count++));
    return pager.write(texts);
  };
  for await (const rows of batches) {
    if (writer === undefined) {
      for (const row of rows) held.push(row);
      if (held.length < (lookedAt[format] ?? 0)) continue;
      writer = begin();
      if (!await pager.write([writer.head]) || !await write(held.splice(0))) return;
    } else if (!await write(rows)) return;
  }
  if (writer === undefined) {
    const shown = format === "latex" && held.length > 0
      ? shownAnswer({ columns, rows: held })
      : undefined;
    if (shown) {
      await pager.write([latexTables(shown, "results")]);
      return;
    }
    writer = begin();
    if (!await pager.write([writer.head]) || !await write(held)) return;
  }
  await pager.write([writer.foot(count)]);
}

/** A plan is a drawing, which stands as it is. */
const planWriter: RowWriter = {
  head: "",
  row: (row) => `${showControls(String(row[1])).trimEnd()}\n`,
  foot: () => "",
};

/** Whether values of a type of DuckDB are numbers, which stand on the right. */
function isNumeric(type: string): boolean {
  return /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DOUBLE|FLOAT|BIGNUM|DECIMAL\(.*\))$/.test(type);
}

/** Writes texts, and stops where a screen is full. */
class Pager {
  readonly #target: AnswerTarget;
  #lines = 0;

  constructor(target: AnswerTarget) {
    this.#target = target;
  }

  /** @returns false when nobody wants more */
  async write(texts: readonly string[]): Promise<boolean> {
    const { screen, isTerminal } = this.#target;
    const shown = isTerminal ? texts.map(showLines) : texts;
    if (!screen) {
      await this.#target.write(shown.join(""));
      return true;
    }
    for (const text of shown) {
      for (const line of text.split(/(?<=\n)/)) {
        const height = Math.ceil(displayWidth(line.trimEnd()) / screen.columns) || 1;
        if (this.#lines + height >= screen.lines) {
          if (!await screen.more()) return false;
          this.#lines = 0;
        }
        this.#lines += height;
        await this.#target.write(line);
      }
    }
    return true;
  }
}

/** A text of lines as a terminal may have it. */
function showLines(text: string): string {
  return showControls(text.replaceAll("\r\n", "\n"));
}
