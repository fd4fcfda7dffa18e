/**
 * The metrics of the table scores as functions of counts, in percent.
 *
 * @module
 */
import { f1, type Metric, precision, recall } from "../statistics/metric.ts";
import type { ScoreParams } from "./score_params.ts";

/** Statistics of a class in a sentence: correct, predicted, gold. */
export const classWidth = 3;

/** How things are counted: a value of the column `counting`. */
export type Counting = "default" | "strict" | "words" | "sentences";

/** What can be asked of counts, each as it reads in a message. */
const countings: Readonly<Record<Counting, string>> = {
  default: "entities",
  strict: "entities read strictly",
  words: "words",
  sentences: "texts",
};

type Asked = Pick<ScoreParams, "metric" | "of">;

/** The ways of counting that a metric is made of. */
export function countingsOf({ metric }: Asked): Counting[] {
  if (metric.startsWith("strict")) return ["strict"];
  return metric === "accuracy" ? ["words", "sentences"] : ["default", "words", "sentences"];
}

/** The same in words: "entities, words or texts". */
export function countedWords(asked: Asked): string {
  const words = countingsOf(asked).map((each) => countings[each]);
  const last = words.pop()!;
  return words.length > 0 ? `${words.join(", ")} or ${last}` : last;
}

/**
 * A metric of the table scores, in percent: of the sums of one class, or for `macro` of those of all
 * classes one after the other, `classWidth` each. NaN where nothing is to be found and nothing was,
 * where the table of scores says 0.
 *
 * Macro is what the task's scorer gives for these very sentences: a class of which nothing is right
 * counts 0; one that is nowhere, or for single answers nowhere in the gold data, does not count.
 */
export function countMetric({ metric, of }: Asked, counting: Counting): Metric {
  const name = metric.startsWith("strict") ? metric.slice(6).toLowerCase() : metric;
  // Each answer has one class, so that the recall of all is their accuracy.
  const share = name === "f1" ? f1 : name === "precision" ? precision : recall;
  if (of !== "macro") return (sums) => 100 * share(sums);
  const needsGold = counting === "words" || counting === "sentences";
  return (sums) => {
    let total = 0, classes = 0;
    for (let at = 0; at < sums.length; at += classWidth) {
      const [correct, predicted, gold] = [sums[at], sums[at + 1], sums[at + 2]];
      if (gold === 0 && (needsGold || predicted === 0)) continue;
      classes++;
      if (correct > 0) total += share(sums.subarray(at, at + classWidth));
    }
    return 100 * total / classes;
  };
}
