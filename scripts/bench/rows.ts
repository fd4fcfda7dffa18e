/**
 * The rows of the comparison: shapes of models and what they are trained on.
 *
 * @module
 */
import type { EncoderConfig } from "../../lib/models/encoder/config.ts";
import {
  type CaseBatches,
  encoderOf,
  randomBatches,
  type Sentence,
  uniformBatches,
} from "./case.ts";

/** One row. */
export interface Row {
  readonly name: string;
  readonly title: string;
  readonly config: EncoderConfig;
  /** Full batches of uniform ids, or real sentences of very different length. */
  readonly data: "uniform" | "wikiann";
  /** Steps of either side before the other's turn. */
  readonly steps: number;
}

const full = "16 × 128, no padding";
const real = "32 WikiANN sentences in random order";

/** All rows, in the order of the table. */
export const rows: readonly Row[] = [
  {
    name: "xlmr-base",
    title: `12 × 768 as XLM-R-base, vocabulary 250,002; ${full}`,
    config: encoderOf({ layers: 12, width: 768, vocabulary: 250_002 }),
    data: "uniform",
    steps: 3,
  },
  {
    name: "distilbert",
    title: `6 × 768 as DistilBERT, multilingual vocabulary of 119,547; ${full}`,
    config: encoderOf({ layers: 6, width: 768, vocabulary: 119_547, family: "distilbert" }),
    data: "uniform",
    steps: 4,
  },
  {
    name: "small",
    title: `4 × 256, vocabulary 30,000; ${full}`,
    config: encoderOf({ layers: 4, width: 256, vocabulary: 30_000 }),
    data: "uniform",
    steps: 20,
  },
  {
    name: "wikiann-768",
    title: `6 × 768, vocabulary 119,547; ${real}`,
    config: encoderOf({ layers: 6, width: 768, vocabulary: 119_547 }),
    data: "wikiann",
    steps: 10,
  },
  {
    name: "wikiann-256",
    title: `4 × 256, vocabulary 30,000; ${real}`,
    config: encoderOf({ layers: 4, width: 256, vocabulary: 30_000 }),
    data: "wikiann",
    steps: 40,
  },
];

/**
 * The batches of a row.
 *
 * @param steps how many steps will be made; uniform batches are as many, real ones may start anew
 * @param sentences the real ones
 */
export function batchesOf(
  { config, data }: Row,
  steps: number,
  sentences: readonly Sentence[],
): CaseBatches {
  return data === "wikiann"
    ? randomBatches(sentences, 32)
    : uniformBatches(config, { batches: steps, size: 16, tokens: 128 });
}
