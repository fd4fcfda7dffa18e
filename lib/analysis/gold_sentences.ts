/**
 * The words and right answers of test sets, as tables of predictions have them.
 *
 * @module
 */
import { queryParquet } from "../table/parquet_tables.ts";
import type { PredictionRow } from "../table/schemas/predictions.ts";
import { type TestSet, testSetKey } from "./evaluations.ts";
import type { GoldSentences } from "./foreign_evaluations.ts";

type Word = Pick<PredictionRow, "sentence" | "unit" | "text" | "gold">;

/** The test sets that tables of predictions know, by their keys: each is read once. */
export async function goldSentences(
  paths: readonly string[],
  wanted: readonly TestSet[],
): Promise<Map<string, GoldSentences>> {
  const found = new Map<string, GoldSentences>();
  const open = new Map(wanted.map((each) => [testSetKey(each), each]));
  for (const path of paths) {
    if (open.size === 0) break;
    const there = await queryParquet(
      path,
      "SELECT DISTINCT corpus, language, split FROM input ORDER BY ALL",
    ) as unknown as TestSet[];
    for (const testSet of there) {
      const key = testSetKey(testSet);
      if (!open.delete(key)) continue;
      const words = await queryParquet(path, wordsOf(testSet)) as unknown as Word[];
      const { corpus, language, split } = testSet;
      found.set(key, {
        instance: `${corpus}, ${language}, ${split}`,
        sentences: [...Map.groupBy(words, ({ sentence }) => sentence).values()].map((own) => ({
          words: own.map(({ text }) => text),
          gold: own.map(({ gold }) => gold),
        })),
      });
    }
  }
  return found;
}

function wordsOf({ corpus, language, split }: TestSet): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  return `SELECT DISTINCT sentence, unit, text, gold FROM input WHERE corpus = ${quoted(corpus)}
    AND language = ${quoted(language)} AND split = ${quoted(split)} ORDER BY sentence, unit`;
}
