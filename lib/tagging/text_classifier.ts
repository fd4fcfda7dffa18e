/**
 * Classifies texts: by a model's own classes, or zero-shot by labels that it has never seen, of which
 * a model of inference says whether the text entails them (Yin et al. 2019, sec. 4).
 *
 * @module
 */
import { UserError } from "../core/errors.ts";
import type { Example } from "../models/model.ts";
import type { RawText } from "../raw_text/read_sentences.ts";
import { askPair, askText, type EncodedExample } from "../tasks/asking.ts";
import { hypothesesOf } from "./hypotheses.ts";
import { type LoadedModel, loadModel, type ModelOptions, type ModelPlace } from "./load_model.ts";

/** A class of a text. */
export interface TextClass {
  readonly label: string;
  /** 0 … 1; those of all classes add up to 1. */
  readonly probability: number;
  /** Zero-shot: the model's probability that the text entails the label's hypothesis, 0 … 1. */
  readonly entailment?: number;
}

/** A text with its classes, the likeliest first. */
export interface ClassifiedText extends RawText {
  readonly classes: readonly TextClass[];
  /** Words at its end that the model had no room for. */
  readonly lostWords: number;
}

/** Labels that a model is to choose among, with the template of their hypotheses. */
export interface ZeroShot {
  readonly labels: readonly string[];
  /** With `{}` for the label. */
  readonly template: string;
}

/** How much is held at a time: what comes first. */
const most = { texts: 256, characters: 262_144 };

/** A model of texts, ready to classify any. */
export class TextClassifier {
  /** The classes, in the order given. */
  readonly labels: readonly string[];
  readonly window: number;
  readonly #model: LoadedModel;
  readonly #asked: Asked;

  private constructor(model: LoadedModel, asked: Asked) {
    this.labels = asked.labels;
    this.window = model.window;
    this.#model = model;
    this.#asked = asked;
  }

  /**
   * Loads a model that classifies texts.
   *
   * @param zeroShot labels that it has not learnt; its own classes if left out
   * @throws {UserError} when it classifies no texts, or its files do not fit; with labels, when its
   * classes are not those of inference, or labels or template cannot be used; without, when they are
   */
  static async load(
    place: ModelPlace,
    options: ModelOptions,
    zeroShot?: ZeroShot,
  ): Promise<TextClassifier> {
    const hypotheses = zeroShot && hypothesesOf(zeroShot.template, zeroShot.labels);
    const model = await loadModel(place, "texts", options);
    try {
      const entails = entailmentIn(model.labels);
      if (!zeroShot && entails !== undefined) throw asksForLabels(place.name);
      if (zeroShot && entails === undefined) throw noInference(place.name, model.labels);
      const { labels } = zeroShot ?? model;
      return new TextClassifier(model, zeroShot ? { labels, hypotheses, entails } : { labels });
    } catch (error) {
      await model.predictor.release();
      throw error;
    }
  }

  /** Groups of classified texts, all of them in the order given. */
  async *stream(texts: AsyncIterable<RawText>): AsyncGenerator<ClassifiedText[]> {
    let held: RawText[] = [], characters = 0;
    for await (const text of texts) {
      held.push(text);
      characters += text.text.length;
      if (held.length < most.texts && characters < most.characters) continue;
      yield await this.classify(held);
      [held, characters] = [[], 0];
    }
    if (held.length > 0) yield await this.classify(held);
  }

  /** Texts with their classes, in the order given. */
  async classify(texts: readonly RawText[]): Promise<ClassifiedText[]> {
    const { predictor } = this.#model;
    const examples = texts.map(({ text }) => this.#examplesOf(text));
    const flat: Example[] = examples.flat();
    const answers = (await predictor.answer(flat)).map(([answer]) => answer.logProbabilities!);
    let at = 0;
    return texts.map((text, i) => {
      const own = answers.slice(at, at += examples[i].length);
      const lostWords = Math.max(...examples[i].map((example) => lostOf(example)));
      return { ...text, classes: this.#classesOf(own), lostWords };
    });
  }

  /** What is asked about a text: its class, or whether it entails each hypothesis. */
  #examplesOf(text: string): EncodedExample[] {
    const { tokenizer, window, tokenTypes } = this.#model;
    const { hypotheses } = this.#asked;
    if (hypotheses === undefined) return [askText(tokenizer, text, 0, window)];
    const options = { maxTokens: window, tokenTypes };
    return hypotheses.map((hypothesis) => askPair(tokenizer, [text, hypothesis], 0, options));
  }

  #classesOf(answers: readonly (readonly number[])[]): TextClass[] {
    const { labels, entails } = this.#asked;
    const classes = entails === undefined
      ? labels.map((label, i) => ({ label, probability: Math.exp(answers[0][i]) }))
      : entailed(labels, answers.map((row) => row[entails]));
    return classes.sort((a, b) => b.probability - a.probability);
  }

  /** Frees the model. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#model.predictor.release();
  }
}

/** What a model is asked. */
interface Asked {
  readonly labels: readonly string[];
  /** Zero-shot: the hypothesis of each label, and the answer that says that a text entails it. */
  readonly hypotheses?: readonly string[];
  readonly entails?: number;
}

/**
 * Labels by ln P(entailment) of their hypotheses: each one's share of the sum.
 *
 * NOTE: transformers' pipeline takes the softmax of the logits of entailment, which leaves out what a
 * model says against it. Where it says nothing against any label, both are the same.
 */
function entailed(labels: readonly string[], logs: readonly number[]): TextClass[] {
  const highest = Math.max(...logs);
  const sum = logs.reduce((sum, log) => sum + Math.exp(log - highest), 0);
  return labels.map((label, i) => ({
    label,
    probability: Math.exp(logs[i] - highest) / sum,
    entailment: Math.exp(logs[i]),
  }));
}

function lostOf({ lostOfTexts, lostWords }: EncodedExample): number {
  return lostOfTexts ? lostOfTexts[0] : lostWords;
}

/** The answers of inference, by how their names begin. */
const answers = ["entail", "neutral", "contradict"];

/** The answer that says that the first text entails the second, of a model of inference. */
function entailmentIn(labels: readonly string[]): number | undefined {
  const at = answers.map((start) =>
    labels.flatMap((label, i) => label.toLowerCase().startsWith(start) ? [i] : [])
  );
  const isInference = labels.length === answers.length && at.every(({ length }) => length === 1);
  return isInference ? at[0][0] : undefined;
}

function noInference(name: string, labels: readonly string[]): UserError {
  return new UserError({
    message: `Cannot classify by labels with ${name}: its classes are ` +
      `${labels.map((label) => `"${label}"`).join(", ")}, and not those of inference`,
    hint: "give a model whose classes are entailment, neutral and contradiction in its id2label, " +
      "such as encoder.train makes of entail.tokenize; without --labels it says its own classes",
  });
}

function asksForLabels(name: string): UserError {
  return new UserError({
    message: `Cannot classify texts with ${name} alone: it says whether one text entails another`,
    hint: "name the labels that it is to choose among: --labels positive,negative,neutral",
  });
}
