/**
 * BiLSTM-CRFs as models.
 *
 * @module
 */
import { isOrphanInside } from "../../core/tags.ts";
import { likeliestPath, logMarginals, type PathScores, withForbidden } from "../../nn/crf_paths.ts";
import type { Answer, Batch, Model } from "../model.ts";
import { bilstmCrfBatch } from "./batch.ts";
import { type BilstmCrfConfig, labelsOf } from "./config.ts";
import { bilstmCrfGraph } from "./graph.ts";

/**
 * A BiLSTM-CRF. It learns from every sequence of labels, as corpora have some that are not well
 * formed; its answers are the likeliest well-formed ones (as in AllenNLP), with the probabilities of
 * labels at each word for themselves.
 */
export const bilstmCrfModel: Model<BilstmCrfConfig> = {
  name: "bilstm_crf",
  graph: (config) => bilstmCrfGraph(config),
  batch: bilstmCrfBatch,
  answers(config, outputs, batch) {
    const names = labelsOf(config), labels = names.length;
    const numbers = (name: string) => outputs[name].data as Float32Array;
    const emissions = numbers("emissions");
    const scores: PathScores = {
      labels,
      transitions: numbers("transitions"),
      start: numbers("start"),
      end: numbers("end"),
    };
    const strict = withForbidden(scores, {
      start: (label) => isOrphanInside(names[label]),
      pair: (from, to) => isOrphanInside(names[to], names[from]),
    });
    let sentence = 0;
    return batch.asked.map((count, i) => {
      if (count === 0) return [];
      const { rows, gold } = wordsOfSentence(batch, sentence++, emissions, labels);
      const path = likeliestPath(rows, strict), marginals = logMarginals(rows, scores);
      return batch.askedUnits![i].map((word): Answer => ({
        label: path[word],
        isDecoded: true,
        gold: gold[word],
        loss: -marginals[word][gold[word]],
        logProbabilities: Array.from(marginals[word]),
      }));
    });
  },
};

/** The emissions [L] and right labels of the words of a sentence. */
function wordsOfSentence(
  { feeds, sizes: { S, N } }: Batch,
  sentence: number,
  emissions: Float32Array,
  labels: number,
) {
  const value = (name: string, at: number) => Number(feeds[name].data[at]);
  const rows: Float32Array[] = [], gold: number[] = [];
  const add = (row: number, label: number) => {
    rows.push(emissions.subarray(row * labels, (row + 1) * labels));
    gold.push(label);
  };
  add(value("firstAt", sentence), value("goldFirst", sentence));
  for (let n = 0; n < N; n++) {
    const at = n * S + sentence;
    if (value("holds", at) === 0) break;
    add(value("restAt", at), value("goldRest", at));
  }
  return { rows, gold };
}
