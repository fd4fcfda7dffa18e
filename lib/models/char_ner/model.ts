/**
 * CharNER as a model.
 *
 * @module
 */
import { askedWords } from "../asked_words.ts";
import type { Answer, Batch, Example, Model } from "../model.ts";
import { indices, sequenceRows } from "../sequence_rows.ts";
import { labelsOf } from "../word_config.ts";
import type { CharNerConfig } from "./config.ts";
import { charNerGraph } from "./graph.ts";
import { typesOf } from "./types.ts";

/**
 * CharNER. The score of a tag at a word is that of its type at all of the word's pieces, and of what
 * stands before the word: the likeliest well-formed tags are then the likeliest types of all pieces
 * that change at spaces alone, which is the decoder of Kuru et al. 2016, §3.3.
 */
export const charNerModel: Model<CharNerConfig> = {
  name: "char_ner",
  graph: charNerGraph,
  batch: charNerBatch,
  answers(config, { logProbabilities }, { words }) {
    const labels = labelsOf(config), { names, ofLabel, before } = typesOf(labels);
    const values = logProbabilities.data as Float32Array, width = names.length;
    let row = 0;
    /** ln p of every tag at a word of so many pieces. */
    const next = (pieces: number, isFirst: boolean): number[] => {
      const separator = isFirst ? undefined : row++;
      const sums = new Array<number>(width).fill(0);
      for (let piece = 0; piece < pieces; piece++, row++) {
        for (let type = 0; type < width; type++) sums[type] += values[row * width + type];
      }
      const score = (label: number) =>
        sums[ofLabel[label]] +
        (separator === undefined ? 0 : values[separator * width + before[label]]);
      return normalised(labels.map((_, label) => score(label)));
    };
    return words!.map(({ places, asked, gold }) => {
      if (asked.length === 0) return [];
      const rows = places.map(({ length }, word) => next(length, word === 0));
      return asked.map((word): Answer => {
        const row = rows[word], right = gold[word];
        return {
          label: row.indexOf(Math.max(...row)),
          gold: right,
          loss: -row[right],
          logProbabilities: row,
        };
      });
    });
  },
};

/** Puts examples into the rows that `charNerGraph` reads. */
export function charNerBatch(config: CharNerConfig, examples: readonly Example[]): Batch {
  const words = examples.map(askedWords);
  const asked = words.map((each) => each.asked.length);
  const pieces = examples.reduce((sum, { inputIds }) => sum + inputIds.length, 0);
  const sentences = words.flatMap(({ asked }, i) => asked.length > 0 ? [i] : []);
  if (sentences.length === 0) {
    return { feeds: {}, sizes: {}, weight: 0, pieces, asked, words, rows: {} };
  }
  const { ofLabel, before } = typesOf(labelsOf(config));
  const rows = sequenceRows(sentences.map((i) => examples[i].inputIds.length));
  const typedAt: number[] = [], goldTypes: number[] = [];
  sentences.forEach((i, s) => {
    const { places, gold } = words[i];
    const add = (place: number, type: number) => {
      typedAt.push(rows.at(s, place));
      goldTypes.push(type);
    };
    places.forEach((own, word) => {
      if (word > 0) add(own[0] - 1, before[gold[word]]);
      for (const place of own) add(place, ofLabel[gold[word]]);
    });
  });
  return {
    feeds: {
      pieceIds: rows.ids((s, place) => examples[sentences[s]].inputIds[place]),
      forward: rows.forward,
      backward: rows.backward,
      typedAt: indices(typedAt),
      goldTypes: indices(goldTypes),
    },
    sizes: { T: rows.longest, B: rows.rows, M: typedAt.length },
    weight: typedAt.length,
    pieces,
    asked,
    words,
    rows: {},
  };
}

/** Scores as ln p. */
function normalised(scores: readonly number[]): number[] {
  const most = Math.max(...scores);
  const logSum = most + Math.log(scores.reduce((sum, x) => sum + Math.exp(x - most), 0));
  return scores.map((score) => score - logSum);
}
