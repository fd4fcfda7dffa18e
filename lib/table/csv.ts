/**
 * Tables as CSV, as RFC 4180 has it: NULL is nothing, an empty text is `""`.
 *
 * @module
 */
import type { Cell } from "./cells.ts";

/** One line, without its end. */
export function csvLine(cells: readonly Cell[]): string {
  let line = "";
  for (let i = 0; i < cells.length; i++) line += (i === 0 ? "" : ",") + csvField(cells[i]);
  return line;
}

function csvField(cell: Cell): string {
  if (cell === null) return "";
  const text = typeof cell === "string" ? cell : plainText(cell);
  return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A value in full; lists as `[a, b]`. */
function plainText(cell: Cell): string {
  return Array.isArray(cell) ? `[${cell.map(plainText).join(", ")}]` : String(cell ?? "NULL");
}

/** Writes a new file of rows under a header. Lines end in `\n`. */
export async function writeCsv(
  path: string,
  columns: readonly string[],
  batches: AsyncIterable<readonly Cell[][]>,
): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  const writer = file.writable.getWriter();
  const write = (lines: readonly string[]) =>
    writer.write(new TextEncoder().encode(lines.map((line) => `${line}\n`).join("")));
  await write([csvLine(columns)]);
  for await (const rows of batches) await write(rows.map(csvLine));
  await writer.close();
}
