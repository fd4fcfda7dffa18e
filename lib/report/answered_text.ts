/**
 * Puts answers in the place of questions: a Markdown text asks in SQL, and becomes a page.
 *
 * @module
 */
import { messageOf, UserError } from "../core/errors.ts";
import type { Cell } from "../table/cells.ts";

/** The answer to a question. */
export interface AskedTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/**
 * A text in which each block between "```sql answer" and "```" has become the table that answers it.
 * Other blocks stay as they are.
 *
 * @param file the name that errors show
 * @throws {UserError} with file and line when a block does not end, or a question fails or gives no
 * rows
 */
export async function answeredText(
  text: string,
  file: string,
  ask: (sql: string) => Promise<AskedTable>,
): Promise<string> {
  const lines = text.split("\n");
  const page: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    if (!/^```/.test(lines[at])) {
      page.push(lines[at]);
      continue;
    }
    const length = lines.slice(at + 1).findIndex((line) => /^```\s*$/.test(line));
    if (length < 0) {
      throw new UserError({
        message: `Cannot read ${file}:${at + 1}: a block that begins here does not end`,
        hint: "close it with a line of ```",
      });
    }
    const block = lines.slice(at, at + length + 2);
    if (/^```sql answer\s*$/.test(lines[at])) {
      page.push(...await answer(block.slice(1, -1).join("\n"), `${file}:${at + 1}`, ask));
    } else page.push(...block);
    at += length + 1;
  }
  return page.join("\n");
}

async function answer(
  sql: string,
  place: string,
  ask: (sql: string) => Promise<AskedTable>,
): Promise<string[]> {
  let found: AskedTable;
  try {
    found = await ask(sql);
  } catch (cause) {
    const hint = cause instanceof UserError ? cause.problems[0].hint : undefined;
    const [reason] = messageOf(cause).split("\n");
    throw new UserError({ message: `Cannot answer the question at ${place}: ${reason}`, hint }, {
      cause,
    });
  }
  if (found.rows.length > 0) return markdownTable(found);
  throw new UserError({
    message: `Cannot answer the question at ${place}: there are no rows`,
    hint: "mend its conditions: a table that is empty would be left out unnoticed",
  });
}

/** A Markdown table, line by line. Columns of numbers stand on the right; NULL is a dash. */
export function markdownTable({ columns, rows }: AskedTable): string[] {
  const isNumeric = columns.map((_, i) =>
    rows.every((row) =>
      row[i] === null || typeof row[i] === "number" || /^[+−-]?\d[^a-z]*$/.test(String(row[i]))
    )
  );
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(columns.map(cellText)),
    line(isNumeric.map((numeric) => numeric ? "--:" : "---")),
    ...rows.map((row) => line(row.map(cellText))),
  ];
}

function cellText(cell: Cell): string {
  if (cell === null) return "–";
  const text = typeof cell === "number" ? String(Number(cell.toFixed(3))) : String(cell);
  return text.replace(/\s+/g, " ").trim().replaceAll("|", "\\|");
}
