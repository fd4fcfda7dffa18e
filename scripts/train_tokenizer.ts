/**
 * Learns a `tokenizer.json` from tables of sentences, such as the stage `download` writes them.
 *
 * `deno run -A scripts/train_tokenizer.ts 4000 tokenizer.json results/sample/sample/sentences/*.train.parquet`
 *
 * @module
 */
import { messageOf, UserError } from "../lib/core/errors.ts";
import { queryParquet } from "../lib/table/parquet_tables.ts";
import { trainTokenizer } from "../lib/tokenizers/train_tokenizer.ts";

/** The words of every sentence of some Parquet files with a column `tokens`. */
async function readWords(paths: readonly string[]): Promise<string[][]> {
  const sentences: string[][] = [];
  for (const path of paths) {
    const rows = await queryParquet(path, "SELECT tokens FROM input");
    for (const { tokens } of rows) sentences.push(tokens as string[]);
  }
  return sentences;
}

/** @throws {UserError} when a table cannot be read, the size is too small or nothing can be written */
async function learn(size: number, out: string, tables: readonly string[]): Promise<void> {
  const sentences = await readWords(tables);
  let json: string;
  try {
    json = trainTokenizer(sentences, { size });
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new UserError(`${cause.message}; special tokens are part of the size ${size}`, { cause });
  }
  try {
    await Deno.writeTextFile(out, json);
  } catch (cause) {
    throw new UserError(`Cannot write ${out}: ${messageOf(cause)}`, { cause });
  }
  const { length } = JSON.parse(json).model.vocab;
  console.log(
    `${out}: ${length} pieces, learnt from ${sentences.length} sentences` +
      (length < size ? `, which have no more` : ""),
  );
}

if (import.meta.main) {
  const [size, out, ...tables] = Deno.args;
  if (!/^[1-9]\d*$/.test(size) || tables.length === 0) {
    console.error(
      "usage: train_tokenizer.ts SIZE OUT TABLE.parquet…\n" +
        "  SIZE   pieces, special tokens included\n" +
        "  OUT    the tokenizer.json to be written\n" +
        "  TABLE  with a column tokens, such as results/*/*/sentences/*.train.parquet",
    );
    Deno.exit(2);
  }
  try {
    await learn(Number(size), out, tables);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(error.message);
    Deno.exit(2);
  }
}
