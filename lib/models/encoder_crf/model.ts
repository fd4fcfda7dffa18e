/**
 * Encoders with a CRF as models.
 *
 * @module
 */
import { askedWords } from "../asked_words.ts";
import { encoderBatch } from "../encoder/batch.ts";
import { chainAnswers, chainFeeds } from "../label_chain.ts";
import type { Batch, Example, Model } from "../model.ts";
import type { EncoderCrfConfig } from "./config.ts";
import { encoderCrfGraph } from "./graph.ts";

/** An encoder that labels all words of a sentence together. */
export const encoderCrfModel: Model<EncoderCrfConfig> = {
  name: "encoder_crf",
  graph: (config) => encoderCrfGraph(config),
  batch: encoderCrfBatch,
  answers: ({ labels }, outputs, batch) => chainAnswers(labels, outputs, batch),
};

/** Puts examples into the rows that `encoderCrfGraph` reads: every word at its first piece. */
export function encoderCrfBatch(config: EncoderCrfConfig, examples: readonly Example[]): Batch {
  const read = examples.map(askedWords);
  const asked = read.map((each) => each.asked.length);
  const weight = asked.reduce((a, b) => a + b, 0);
  const pieces = examples.reduce((sum, { inputIds }) => sum + inputIds.length, 0);
  if (weight === 0) return { feeds: {}, sizes: {}, weight, pieces, asked, rows: {} };
  const atWords = examples.map((example, i) => {
    const firsts = asked[i] > 0 ? read[i].places.map(([first]) => first) : [];
    return { ...example, asked: firsts, gold: firsts.map(() => 0) };
  });
  const { feeds: { labelPositions, labels: _, ...feeds }, sizes: { B, T }, rows } = encoderBatch(
    config.encoder,
    atWords,
  );
  // b·T + t → t·B + b, the order in which an encoder has its rows
  const wordRows = (labelPositions.data as BigInt64Array).map((at) =>
    at % BigInt(T) * BigInt(B) + at / BigInt(T)
  );
  let next = 0;
  const chain = chainFeeds(
    config.labels.length,
    atWords.flatMap(({ asked: { length } }, i) =>
      length === 0 ? [] : [{ rows: Array.from({ length }, () => next++), gold: read[i].gold }]
    ),
  );
  return {
    feeds: {
      ...feeds,
      wordRows: { dtype: "int64", dims: [wordRows.length], data: wordRows },
      ...chain.feeds,
    },
    sizes: { B, T, W: wordRows.length, ...chain.sizes },
    weight,
    pieces,
    asked,
    askedUnits: read.map((each) => each.asked),
    rows,
  };
}
