/**
 * The tensors of a batch of a BiLSTM-CRF: different words in rows of pieces, sentences in rows of
 * words, and the labels of each sentence.
 *
 * @module
 */
import { askedWords } from "../asked_words.ts";
import { packRows } from "../encoder/row_packing.ts";
import { chainFeeds } from "../label_chain.ts";
import type { Batch, Example } from "../model.ts";
import { type BilstmCrfConfig, labelsOf } from "./config.ts";
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
  const ofPieces = rowsOf(words.map(({ length }) => length));
  const ofWords = rowsOf(wordIndex.map(({ length }) => length));
  const pieceIds = new BigInt64Array(ofPieces.size);
  words.forEach((word, w) => word.forEach((id, p) => pieceIds[ofPieces.at(w, p)] = BigInt(id)));
  const wordAt = new BigInt64Array(ofWords.size);
  wordIndex.forEach((indices, s) =>
    indices.forEach((index, t) => wordAt[ofWords.at(s, t)] = BigInt(index))
  );
  const wordRows = words.map((pieces) => bucketOf(pieces, config.word_buckets));

  const { feeds, sizes } = chainFeeds(
    labelsOf(config).length,
    sentences.map((i, s) => ({
      rows: read[i].places.map((_, t) => ofWords.at(s, t)),
      gold: read[i].gold,
    })),
  );
  const int64 = (dims: readonly number[], values: readonly number[] | BigInt64Array) =>
    ({
      dtype: "int64",
      dims,
      data: values instanceof BigInt64Array ? values : BigInt64Array.from(values, BigInt),
    }) as const;
  const float = (dims: readonly number[], values: ArrayLike<number>) =>
    ({ dtype: "float32", dims, data: Float32Array.from(values) }) as const;
  const { longest: P, rows: R } = ofPieces, { longest: T, rows: B } = ofWords, W = words.length;
  const byWord = (of: (word: number) => number) => int64([W], words.map((_, w) => of(w)));
  return {
    feeds: {
      pieceIds: int64([P, R], pieceIds),
      pieceForward: float([P, R, 1], ofPieces.forward),
      pieceBackward: float([P, R, 1], ofPieces.backward),
      firstPieces: byWord((w) => ofPieces.at(w, 0)),
      lastPieces: byWord((w) => ofPieces.at(w, words[w].length - 1)),
      ...(config.word_buckets > 0 ? { wordRows: int64([W], wordRows) } : {}),
      wordAt: int64([T, B], wordAt),
      wordForward: float([T, B, 1], ofWords.forward),
      wordBackward: float([T, B, 1], ofWords.backward),
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

/** Sequences in rows: where each entry lies, and where a state goes on, each way. */
function rowsOf(lengths: readonly number[]) {
  const { B: rows, T: longest, places } = packRows(lengths);
  const at = (sequence: number, entry: number) =>
    (places[sequence].offset + entry) * rows + places[sequence].row;
  const size = longest * rows;
  const forward = new Float32Array(size), backward = new Float32Array(size);
  lengths.forEach((length, s) => {
    for (let t = 0; t < length; t++) {
      forward[at(s, t)] = t > 0 ? 1 : 0;
      backward[at(s, t)] = t < length - 1 ? 1 : 0;
    }
  });
  return { rows, longest, size, at, forward, backward };
}

/** The row of a whole word: a hash of its pieces (Fowler, Noll & Vo's 1a, by pieces). */
export function bucketOf(pieces: readonly number[], buckets: number): number {
  let hash = 0x811c9dc5;
  for (const piece of pieces) hash = Math.imul(hash ^ piece, 0x01000193) >>> 0;
  return buckets > 0 ? ((hash ^ (hash >>> 15)) >>> 0) % buckets : 0;
}
