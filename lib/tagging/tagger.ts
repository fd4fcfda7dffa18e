/**
 * A trained model of words, ready to tag any.
 *
 * @module
 */
import { isOrphanInside } from "../core/tags.ts";
import type { Answer } from "../models/model.ts";
import { decode, type Decoding } from "../predict/decode.ts";
import { type Window, windowsOf } from "../predict/windows.ts";
import type { RawSentence } from "../raw_text/raw_sentence.ts";
import { type LoadedModel, loadModel, type ModelOptions, type ModelPlace } from "./load_model.ts";
import type { SentenceTagger, TaggedSentence, WordTag } from "./tagged_sentence.ts";

/** How a tagger runs. */
export interface TaggerOptions extends ModelOptions {
  /** How tags are chosen of spans; others are always the likeliest ones. */
  readonly decoding: Decoding;
}

/** Tags sentences of any length. */
export class Tagger implements SentenceTagger {
  readonly labels: readonly string[];
  /** Whether the tags are of spans: `O`, `B-X`, `I-X`. */
  readonly hasSpans: boolean;
  readonly window: number;
  readonly #model: LoadedModel;
  readonly #decoding: Decoding;

  private constructor(model: LoadedModel, decoding: Decoding) {
    this.labels = model.labels;
    this.hasSpans = isIob2(model.labels);
    this.window = model.window;
    this.#model = model;
    this.#decoding = decoding;
  }

  /**
   * Loads a model that labels words.
   *
   * @throws {UserError} when it labels no words, or its files do not fit
   */
  static async load(place: ModelPlace, options: TaggerOptions): Promise<Tagger> {
    return new Tagger(await loadModel(place, "words", options), options.decoding);
  }

  /** A tag for every word of every sentence. */
  async tag(sentences: readonly (readonly string[])[]): Promise<WordTag[][]> {
    const { predictor, tokenizer, labels, window } = this.#model;
    const windows: (Window & { readonly sentence: number })[] = sentences.flatMap((words, i) =>
      windowsOf(tokenizer.encode(words, Infinity), words.length, window)
        .map((each) => ({ ...each, sentence: i }))
    );
    const answers = await predictor.answer(windows.map(({ example }) => example));
    const ofWords: Answer[][] = sentences.map(({ length }) => new Array(length));
    windows.forEach(({ sentence, words }, w) =>
      words.forEach((word, i) => ofWords[sentence][word] = answers[w][i])
    );
    return ofWords.map((given) => {
      const rows = given.map(({ logProbabilities }) => logProbabilities!);
      const decoded = given.map(({ label }) => label);
      // Where windows meet, their labels may not go together.
      const isWhole = given[0]?.isDecoded &&
        decoded.every((label, word) => !isOrphanInside(labels[label], labels[decoded[word - 1]]));
      const chosen = isWhole
        ? decoded
        : decode(rows, labels, this.hasSpans ? this.#decoding : "argmax");
      return chosen.map((label, word) => ({
        tag: labels[label],
        probability: Math.exp(rows[word][label]),
      }));
    });
  }

  async tagged(sentences: readonly RawSentence[]): Promise<TaggedSentence[]> {
    const tags = await this.tag(sentences.map(({ words }) => words.map(({ text }) => text)));
    const { hasSpans } = this;
    return sentences.map((sentence, i) => ({ ...sentence, tags: tags[i], hasSpans }));
  }

  /** Frees the model. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#model.predictor.release();
  }
}

function isIob2(labels: readonly string[]): boolean {
  const known = new Set(labels);
  return known.has("O") && labels.length > 1 &&
    labels.every((label) =>
      label === "O" || /^B-./.test(label) || /^I-./.test(label) && known.has(`B-${label.slice(2)}`)
    );
}
