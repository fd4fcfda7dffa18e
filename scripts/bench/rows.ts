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
  /**
   * A name in data/encoders.yaml: where the mirror has it, its weights and tokenizer are taken;
   * elsewhere weights are random, and sentences have other pieces.
   */
  readonly encoder?: string;
  /** Whether PyTorch trains in bfloat16 too, by `torch.autocast`. */
  readonly inBfloat16: boolean;
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
    inBfloat16: false,
    steps: 3,
  },
  {
    name: "distilbert",
    title: `6 × 768 as DistilBERT, multilingual vocabulary of 119,547; ${full}`,
    config: encoderOf({ layers: 6, width: 768, vocabulary: 119_547, family: "distilbert" }),
    data: "uniform",
    inBfloat16: true,
    steps: 4,
  },
  {
    name: "small",
    title: `4 × 256, vocabulary 30,000; ${full}`,
    config: encoderOf({ layers: 4, width: 256, vocabulary: 30_000 }),
    data: "uniform",
    inBfloat16: true,
    steps: 20,
  },
  {
    name: "e5-small",
    title: `multilingual-e5-small, 12 × 384, vocabulary 250,037; ${real}`,
    config: encoderOf({ layers: 12, width: 384, heads: 12, vocabulary: 250_037, family: "bert" }),
    data: "wikiann",
    encoder: "multilingual-e5-small",
    inBfloat16: true,
    steps: 5,
  },
  {
    name: "wikiann-768",
    title: `6 × 768, vocabulary 119,547; ${real}`,
    config: encoderOf({ layers: 6, width: 768, vocabulary: 119_547 }),
    data: "wikiann",
    inBfloat16: false,
    steps: 10,
  },
  {
    name: "wikiann-256",
    title: `4 × 256, vocabulary 30,000; ${real}`,
    config: encoderOf({ layers: 4, width: 256, vocabulary: 30_000 }),
    data: "wikiann",
    inBfloat16: false,
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
