/**
 * Learns a `tokenizer.json` from tables of sentences, such as the stage `download` writes them.
 *
 * `deno run -A scripts/train_tokenizer.ts 4000 tokenizer.json results/…/train.parquet…`
 *
 * @module
 */
import { queryParquet } from "../lib/table/duckdb.ts";
import { trainTokenizer } from "../lib/text/train_tokenizer.ts";

/** The words of every sentence of some Parquet files with a column `tokens`. */
async function readWords(paths: readonly string[]): Promise<string[][]> {
  const sentences: string[][] = [];
  for (const path of paths) {
    const rows = await queryParquet(path, "SELECT tokens FROM input");
    for (const { tokens } of rows) sentences.push(tokens as string[]);
  }
  return sentences;
}

if (import.meta.main) {
  const [size, out, ...tables] = Deno.args;
  if (!(Number(size) > 0) || tables.length === 0) {
    console.error("usage: train_tokenizer.ts SIZE OUT TABLE.parquet…");
    Deno.exit(2);
  }
  await Deno.writeTextFile(out, trainTokenizer(await readWords(tables), { size: Number(size) }));
}
