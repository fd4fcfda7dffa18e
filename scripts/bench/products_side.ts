/**
 * The rate of plain matrix products, measured in a process of its own whenever it is asked.
 *
 * Usage: products_side.ts FOLDER ROWS THREADS
 *
 * @module
 */
import { readConfig } from "../../lib/weights/published_weights.ts";
import { productRate } from "./operations.ts";
import { answerQuestions } from "./side.ts";

if (import.meta.main) {
  const [folder, rows, threads] = Deno.args;
  const { config } = await readConfig(folder);
  const rate = await productRate(config, Number(rows), Number(threads));
  await answerQuestions(() => rate.measure());
  await rate.release();
}
