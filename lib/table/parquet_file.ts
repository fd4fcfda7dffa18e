/**
 * Tells a Parquet file from others, without DuckDB.
 *
 * @module
 */
import { openFile } from "../core/small_file.ts";

/** What Parquet files begin and end with. */
const magic = "PAR1";

/** Whether a file begins and ends as Parquet files do: not one that was cut short. */
export function isParquet(path: string): boolean {
  using file = openFile(path);
  if (file.statSync().size < 2 * magic.length) return false;
  const read = (from: number, whence: Deno.SeekMode): string => {
    const bytes = new Uint8Array(magic.length);
    file.seekSync(from, whence);
    file.readSync(bytes);
    return new TextDecoder().decode(bytes);
  };
  return read(0, Deno.SeekMode.Start) === magic &&
    read(-magic.length, Deno.SeekMode.End) === magic;
}
