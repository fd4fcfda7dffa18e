/**
 * A trained model of words, ready to tag any.
 *
 * @module
 */
import type { ClassifierConfig } from "../models/encoder/model.ts";
import { decode, type Decoding } from "../predict/decode.ts";
import type { Predictor } from "../predict/predictor.ts";
import { type Window, windowsOf } from "../predict/windows.ts";
import type { WordTokenizer } from "../tokenizers/tokenizer.ts";

/** What a model says of a word. */
export interface WordTag {
  readonly tag: string;
  /** The model's probability of the tag at this word, 0 … 1. */
  readonly probability: number;
}

/** What a tagger is made of. */
export interface TaggerParts {
  readonly predictor: Predictor<ClassifierConfig>;
  readonly tokenizer: WordTokenizer;
  /** The names of the answers, by index. */
  readonly labels: readonly string[];
  /** Pieces at most that the model reads at once, special tokens included. */
  readonly window: number;
  /** How tags are chosen of spans; others are always the likeliest ones. */
  readonly decoding: Decoding;
}

/** Tags sentences of any length. */
export class Tagger {
  readonly labels: readonly string[];
  /** Whether the tags are of spans: `O`, `B-X`, `I-X`. */
  readonly hasSpans: boolean;
  readonly window: number;
  readonly #parts: TaggerParts;

  constructor(parts: TaggerParts) {
    this.labels = parts.labels;
    this.hasSpans = isIob2(parts.labels);
    this.window = parts.window;
    this.#parts = parts;
  }

  /** A tag for every word of every sentence. */
  async tag(sentences: readonly (readonly string[])[]): Promise<WordTag[][]> {
    const { predictor, tokenizer, labels, window, decoding } = this.#parts;
    const windows: (Window & { readonly sentence: number })[] = sentences.flatMap((words, i) =>
      windowsOf(tokenizer.encode(words, Infinity), words.length, window)
        .map((each) => ({ ...each, sentence: i }))
    );
    const answers = await predictor.answer(windows.map(({ example }) => example));
    const logits: (readonly number[])[][] = sentences.map(({ length }) => new Array(length));
    windows.forEach(({ sentence, words }, w) =>
      words.forEach((word, i) => logits[sentence][word] = answers[w][i].logProbabilities!)
    );
    return logits.map((rows) =>
      decode(rows, labels, this.hasSpans ? decoding : "argmax").map((label, word) => ({
        tag: labels[label],
        probability: Math.exp(rows[word][label]),
      }))
    );
  }

  /** Frees the model. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.predictor.release();
  }
}

function isIob2(labels: readonly string[]): boolean {
  const known = new Set(labels);
  return known.has("O") && labels.length > 1 &&
    labels.every((label) =>
      label === "O" || /^B-./.test(label) || /^I-./.test(label) && known.has(`B-${label.slice(2)}`)
    );
}
