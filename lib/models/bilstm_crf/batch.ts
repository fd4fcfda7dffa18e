/**
 * The tensors of a batch of a BiLSTM-CRF: different words in rows of pieces, sentences in rows of
 * words, and the labels of each sentence.
 *
 * @module
 */
import { askedWords } from "../asked_words.ts";
import { chainFeeds } from "../label_chain.ts";
import type { Batch, Example } from "../model.ts";
import { indices, sequenceRows } from "../sequence_rows.ts";
import { labelsOf } from "../word_config.ts";
import type { BilstmCrfConfig } from "./config.ts";
import { modules } from "./graph.ts";

/** Puts examples into the rows that `bilstmCrfGraph` reads. A word that occurs twice is read once. */
export function bilstmCrfBatch(config: BilstmCrfConfig, examples: readonly Example[]): Batch {
  const read = examples.map(askedWords);
  const asked = read.map((each) => each.asked.length);
  const weight = asked.reduce((a, b) => a + b, 0);
  const sentences = read.flatMap(({ asked }, i) => asked.length > 0 ? [i] : []);
  const pieces = examples.reduce((sum, { inputIds }) => sum + inputIds.length, 0);
  if (weight === 0) return { feeds: {}, sizes: {}, weight, pieces, asked, rows: {} };

  const unique = new Map<string, { index: number; pieces: readonly number[] }>();
  const wordIndex = sentences.map((i) =>
    read[i].places.map((places) => {
      const pieces = places.slice(0, config.most_pieces).map((at) => examples[i].inputIds[at]);
      const key = pieces.join();
      const known = unique.get(key);
      if (known) return known.index;
      const index = unique.size;
      unique.set(key, { index, pieces });
      return index;
    })
  );
  const words = [...unique.values()].map(({ pieces }) => pieces);
  const ofPieces = sequenceRows(words.map(({ length }) => length));
  const ofWords = sequenceRows(wordIndex.map(({ length }) => length));
  const wordRows = words.map((pieces) => bucketOf(pieces, config.word_buckets));

  const { feeds, sizes } = chainFeeds(
    labelsOf(config).length,
    sentences.map((i, s) => ({
      rows: read[i].places.map((_, t) => ofWords.at(s, t)),
      gold: read[i].gold,
    })),
  );
  const { longest: P, rows: R } = ofPieces, { longest: T, rows: B } = ofWords, W = words.length;
  const byWord = (of: (word: number) => number) => indices(words.map((_, w) => of(w)));
  return {
    feeds: {
      pieceIds: ofPieces.ids((word, p) => words[word][p]),
      pieceForward: ofPieces.forward,
      ...(config.piece_encoder === "lstm"
        ? { pieceBackward: ofPieces.backward, firstPieces: byWord((w) => ofPieces.at(w, 0)) }
        : {}),
      lastPieces: byWord((w) => ofPieces.at(w, words[w].length - 1)),
      ...(config.word_buckets > 0 ? { wordRows: indices(wordRows) } : {}),
      wordAt: ofWords.ids((sentence, t) => wordIndex[sentence][t]),
      wordForward: ofWords.forward,
      wordBackward: ofWords.backward,
      ...feeds,
    },
    sizes: { P, R, W, T, B, ...sizes },
    weight,
    pieces,
    asked,
    askedUnits: read.map((each) => each.asked),
    rows: config.word_buckets > 0 ? { [modules.words]: BigInt64Array.from(wordRows, BigInt) } : {},
  };
}

/** The row of a whole word: a hash of its pieces (Fowler, Noll & Vo's 1a, by pieces). */
export function bucketOf(pieces: readonly number[], buckets: number): number {
  let hash = 0x811c9dc5;
  for (const piece of pieces) hash = Math.imul(hash ^ piece, 0x01000193) >>> 0;
  return buckets > 0 ? ((hash ^ (hash >>> 15)) >>> 0) % buckets : 0;
}
