/**
 * Sums of counts over resampled sentences, of all systems at once.
 *
 * The sums are a product of matrices, [resamples, sentences] times [sentences, statistics]. Two
 * things make it fast: counts are small whole numbers, so several share the 53 bits of a double, and
 * a block of 4 resamples × 2 doubles stays in registers.
 *
 * @module
 */
import { type CountTable, pairedSentences } from "./metric.ts";
import type { Resamples } from "./resamples.ts";

/** Resamples and packed columns that are summed at once. */
const [blockRows, blockColumns] = [4, 2];

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
  const panels = panelsOf(tables, fields, sentences, Math.ceil(columns / blockColumns));
  const sums = tables.map(({ width }) => new Float64Array(resamples.count * width));
  const times = new Float64Array(sentences * blockRows);
  const packed = new Float64Array(panels.length * blockColumns * blockRows);
  for (let start = 0; start < resamples.count; start += blockRows) {
    const rows = Math.min(blockRows, resamples.count - start);
    times.fill(0);
    for (let row = 0; row < rows; row++) resamples.add(start + row, times, blockRows, row);
    panels.forEach((panel, p) => multiply(times, panel, packed, p * blockColumns * blockRows));
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

/** Pairs of packed columns, each [sentences, 2]. */
function panelsOf(
  tables: readonly CountTable[],
  fields: readonly Field[],
  sentences: number,
  count: number,
): Float64Array[] {
  const panels = Array.from({ length: count }, () => new Float64Array(sentences * blockColumns));
  for (const { column, table, statistic, shift, shared } of fields) {
    if (shared) continue;
    const panel = panels[Math.floor(column / blockColumns)];
    const { width, values } = tables[table];
    const scale = 2 ** shift;
    for (let i = 0; i < sentences; i++) {
      panel[i * blockColumns + column % blockColumns] += values[i * width + statistic] * scale;
    }
  }
  return panels;
}

/** `sums[at + 4c + r]` = Σ_i `times[i, r]` · `panel[i, c]`. */
function multiply(times: Float64Array, panel: Float64Array, sums: Float64Array, at: number): void {
  let a0 = 0, a1 = 0, a2 = 0, a3 = 0, b0 = 0, b1 = 0, b2 = 0, b3 = 0;
  for (let i = 0, t = 0; i < panel.length; i += 2, t += 4) {
    const a = panel[i], b = panel[i + 1];
    const t0 = times[t], t1 = times[t + 1], t2 = times[t + 2], t3 = times[t + 3];
    a0 += t0 * a;
    a1 += t1 * a;
    a2 += t2 * a;
    a3 += t3 * a;
    b0 += t0 * b;
    b1 += t1 * b;
    b2 += t2 * b;
    b3 += t3 * b;
  }
  sums[at] = a0;
  sums[at + 1] = a1;
  sums[at + 2] = a2;
  sums[at + 3] = a3;
  sums[at + 4] = b0;
  sums[at + 5] = b1;
  sums[at + 6] = b2;
  sums[at + 7] = b3;
}
