/**
 * Sums of counts over resampled sentences, of all systems at once.
 *
 * The sums are a product of matrices, [resamples, sentences] times [sentences, statistics]. Counts
 * are small whole numbers, so that several share the 53 bits of a double.
 *
 * @module
 */
import { type CountTable, pairedSentences } from "./metric.ts";
import type { Resamples } from "./resamples.ts";
import { blockColumns, BlockProduct, blockRows } from "./block_product.ts";

/** A statistic inside a packed column: bits `shift` … `shift + bits − 1`, or all of it for 0 bits. */
interface Field {
  readonly column: number;
  readonly table: number;
  readonly statistic: number;
  readonly shift: number;
  readonly bits: number;
  /** Whether it is the place of an equal statistic of the first table, as of the same gold data. */
  readonly shared: boolean;
}

/**
 * The sums of each table, [resamples, width]. Sums of whole numbers are exact; others are added in
 * the order of sentences, whatever the other tables are.
 *
 * @param tables of one test set
 * @throws RangeError for tables of different numbers of sentences, or for counts that are no numbers
 */
export function resampledSums(
  tables: readonly CountTable[],
  resamples: Resamples,
): Float64Array[] {
  const sentences = pairedSentences(tables);
  const fields = pack(tables, sentences);
  const columns = 1 + Math.max(-1, ...fields.map(({ column }) => column));
  const panels = Math.ceil(columns / blockColumns);
  const product = new BlockProduct(sentences, panels);
  fillPanels(product, tables, fields, sentences);
  const sums = tables.map(({ width }) => new Float64Array(resamples.count * width));
  const { times, sums: packed } = product;
  for (let start = 0; start < resamples.count; start += blockRows) {
    const rows = Math.min(blockRows, resamples.count - start);
    times.fill(0);
    for (let row = 0; row < rows; row++) resamples.add(start + row, times, blockRows, row);
    product.run();
    for (const { column, table, statistic, shift, bits } of fields) {
      const width = tables[table].width;
      for (let row = 0; row < rows; row++) {
        const value = packed[column * blockRows + row];
        sums[table][(start + row) * width + statistic] = bits === 0
          ? value
          : Math.floor(value / 2 ** shift) % 2 ** bits;
      }
    }
  }
  return sums;
}

/** Places of all statistics. No resample of n sentences sums to more than n times the largest count. */
function pack(tables: readonly CountTable[], sentences: number): Field[] {
  const fields: Field[] = [];
  let column = -1, used = 53;
  tables.forEach(({ width, values }, table) => {
    for (let statistic = 0; statistic < width; statistic++) {
      if (table > 0 && areEqual(tables[table], tables[0], statistic, sentences)) {
        fields.push({ ...fields[statistic], table, shared: true });
        continue;
      }
      let largest = 0, whole = true;
      for (let at = statistic; at < values.length; at += width) {
        const value = values[at];
        if (value > largest) largest = value;
        if (value < 0 || !Number.isInteger(value)) whole = false;
      }
      const bits = whole ? bitsFor(sentences * largest) : 0;
      if (bits === 0 || used + bits > 53) {
        column++;
        used = 0;
      }
      fields.push({ column, table, statistic, shift: used, bits, shared: false });
      used = bits === 0 ? 53 : used + bits;
    }
  });
  return fields;
}

function areEqual(a: CountTable, b: CountTable, statistic: number, sentences: number): boolean {
  if (statistic >= b.width) return false;
  for (let i = 0; i < sentences; i++) {
    if (a.values[i * a.width + statistic] !== b.values[i * b.width + statistic]) return false;
  }
  return true;
}

/** The bits of a whole number; 0 where a double cannot hold all up to it. */
function bitsFor(limit: number): number {
  if (limit > Number.MAX_SAFE_INTEGER) return 0;
  let bits = 1;
  while (2 ** bits <= limit) bits++;
  return bits;
}

/** Writes the packed columns. */
function fillPanels(
  { panels }: BlockProduct,
  tables: readonly CountTable[],
  fields: readonly Field[],
  sentences: number,
): void {
  for (const { column, table, statistic, shift, shared } of fields) {
    if (shared) continue;
    const panel = panels[Math.floor(column / blockColumns)];
    const { width, values } = tables[table];
    const scale = 2 ** shift;
    for (let i = 0; i < sentences; i++) {
      panel[i * blockColumns + column % blockColumns] += values[i * width + statistic] * scale;
    }
  }
}
