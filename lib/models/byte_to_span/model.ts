/**
 * Byte-to-span as a model.
 *
 * @module
 */
import { CounterRandom } from "../../core/random.ts";
import { type AskedWords, askedWords } from "../asked_words.ts";
import { typesOf } from "../char_ner/types.ts";
import type { Answer, Batch, Draw, Example, Model } from "../model.ts";
import { indices } from "../sequence_rows.ts";
import { labelsOf } from "../word_config.ts";
import type { ByteToSpanConfig } from "./config.ts";
import { byteToSpanGraph, symbolsOf } from "./graph.ts";
import {
  apart,
  type ByteSpan,
  type SaidSpan,
  spansIn,
  windowStarts,
  type WordBytes,
  wordsIn,
} from "./spans.ts";

/** Probabilities are told at least so far from 0 and 1: a word's answer has no distribution. */
const surest = 1e-6;

/**
 * Byte-to-span. It says spans of bytes; a word has a tag where a span holds it whole. The probability
 * of a tag is that of the symbols that said it, or, of what is in no span, that the window that sees
 * most around it says what it says; what is left is shared evenly by all other tags.
 */
export const byteToSpanModel: Model<ByteToSpanConfig> = {
  name: "byte_to_span",
  graph: byteToSpanGraph,
  batch: byteToSpanBatch,
  answers(config, { logits }, { words }) {
    const labels = labelsOf(config), { names } = typesOf(labels), symbols = symbolsOf(config);
    const [N, W, V] = logits.dims as number[];
    const values = logits.data as Float32Array;
    let window = 0;
    /** What the next window says, and how likely that is. */
    const next = (length: number): { spans: SaidSpan[]; probability: number } => {
      const said: number[] = [], probabilities: number[] = [];
      for (let step = 0; step < N; step++) {
        const row = values.subarray((step * W + window) * V, (step * W + window + 1) * V);
        const symbol = row.indexOf(Math.max(...row));
        let sum = 0;
        for (const x of row) sum += Math.exp(x - row[symbol]);
        probabilities.push(1 / sum);
        if (symbol === symbols.stop) break;
        said.push(symbol);
      }
      window++;
      return {
        spans: symbols.read(said, probabilities, length),
        probability: probabilities.reduce((a, b) => a * b, 1),
      };
    };
    return words!.map((each) => {
      if (each.asked.length === 0) return [];
      const bytes = wordBytes(each), length = lengthOf(bytes);
      const found = windowStarts(length, answerWindows(config)).map((start) => {
        const { spans, probability } = next(Math.min(config.window, length - start));
        const moved = spans.map((span) => ({
          ...span,
          start: span.start + start,
          end: span.end + start,
        }));
        return { start, spans: moved, probability };
      });
      const tags = bytes.map((word): { label: number; probability: number } => ({
        label: 0,
        probability: inSight(found, word, config.window).probability,
      }));
      for (const { probability, ...span } of apart(found.flatMap(({ spans }) => spans))) {
        const held = wordsIn(span, bytes);
        if (!held) continue;
        for (let word = held[0]; word <= held[1]; word++) {
          const tag = `${word === held[0] ? "B" : "I"}-${names[span.type + 1]}`;
          tags[word] = { label: labels.indexOf(tag), probability };
        }
      }
      return each.asked.map((word): Answer => {
        const { label, probability } = tags[word], gold = each.gold[word];
        const p = Math.min(1 - surest, Math.max(surest, probability));
        const other = Math.log((1 - p) / (labels.length - 1));
        const logProbabilities = labels.map((_, i) => i === label ? Math.log(p) : other);
        return { label, isDecoded: true, gold, loss: -logProbabilities[gold], logProbabilities };
      });
    });
  },
};

/** Windows as a model that answers reads them. */
function answerWindows({ window, overlap }: ByteToSpanConfig) {
  return { stride: window - overlap, overlap };
}

/** Where the words lie in the bytes of the sentence, which begin after `<s>`. */
function wordBytes({ places }: AskedWords): WordBytes {
  return places.map((own) => [own[0] - 1, own[own.length - 1]] as const);
}

function lengthOf(words: WordBytes): number {
  return words[words.length - 1][1];
}

/** The window in which a word has the most bytes on its shorter side. */
function inSight<T extends { readonly start: number }>(
  windows: readonly T[],
  [from, to]: readonly [number, number],
  size: number,
): T {
  const around = ({ start }: T) => Math.min(from - start, start + size - to);
  return windows.reduce((best, each) => around(each) > around(best) ? each : best);
}

/** The entities of a sentence in bytes, by the labels of its words. */
function goldSpans(labels: readonly string[], { gold }: AskedWords, bytes: WordBytes): ByteSpan[] {
  const { ofLabel, before } = typesOf(labels);
  const spans: ByteSpan[] = [];
  gold.forEach((label, word) => {
    if (ofLabel[label] === 0) return;
    const [from, to] = bytes[word], type = ofLabel[label] - 1;
    const last = spans.at(-1);
    const goesOn = before[label] > 0 && word > 0 && ofLabel[gold[word - 1]] === ofLabel[label];
    if (last && goesOn) spans[spans.length - 1] = { ...last, end: to };
    else spans.push({ start: from, end: to, type });
  });
  return spans;
}

/** A window of a sentence. */
interface Window {
  readonly bytes: readonly number[];
  readonly symbols: readonly number[];
}

/**
 * Puts sentences into windows: those that the model answers for, and those that it learns from, which
 * begin at a byte that is drawn anew in every epoch.
 */
export function byteToSpanBatch(
  config: ByteToSpanConfig,
  examples: readonly Example[],
  { seed, epoch, places }: Draw,
): Batch {
  const words = examples.map(askedWords);
  const asked = words.map((each) => each.asked.length);
  const pieces = examples.reduce((sum, { inputIds }) => sum + inputIds.length, 0);
  if (asked.every((count) => count === 0)) {
    return { feeds: {}, sizes: {}, weight: 0, pieces, asked, words, rows: {} };
  }
  const labels = labelsOf(config), symbols = symbolsOf(config);
  const answered: Window[] = [], learnt: Window[] = [];
  words.forEach((each, i) => {
    if (each.asked.length === 0) return;
    const bytes = wordBytes(each), length = lengthOf(bytes);
    const spans = goldSpans(labels, each, bytes);
    const windowAt = (start: number): Window => ({
      bytes: examples[i].inputIds.slice(1 + start, 1 + Math.min(length, start + config.window)),
      // NOTE: an entity that a window cuts is not asked for there.
      symbols: symbols.of(spansIn(spans, start, config.window)),
    });
    const { train_stride: stride, overlap } = config;
    const random = new CounterRandom("windows", seed, epoch, places[i]);
    const first = Math.floor(stride * random.uniform());
    for (const start of windowStarts(length, answerWindows(config))) answered.push(windowAt(start));
    for (const start of windowStarts(length, { stride, overlap, first })) {
      learnt.push(windowAt(start));
    }
  });
  const own = windowFeeds("window", answered), training = windowFeeds("train", learnt);
  const trainW = learnt.length;
  const trainN = Math.max(...learnt.map(({ symbols }) => symbols.length));
  const saidIds = new BigInt64Array(trainN * trainW).fill(BigInt(symbols.stop));
  const saidAt: number[] = [], gold: number[] = [];
  learnt.forEach((window, w) =>
    window.symbols.forEach((symbol, n) => {
      // A step reads the symbol before, the first one the sign to begin.
      saidIds[n * trainW + w] = BigInt(n === 0 ? symbols.go : window.symbols[n - 1]);
      saidAt.push(n * trainW + w);
      gold.push(symbol);
    })
  );
  const N = 3 * config.most_spans + 1;
  return {
    feeds: {
      ...own.feeds,
      ...training.feeds,
      steps: { dtype: "float32", dims: [N, 1], data: new Float32Array(N) },
      saidIds: { dtype: "int64", dims: [trainN, trainW], data: saidIds },
      saidGoesOn: {
        dtype: "float32",
        dims: [trainN, trainW, 1],
        data: new Float32Array(trainN * trainW).fill(1),
      },
      saidAt: indices(saidAt),
      goldSymbols: indices(gold),
    },
    sizes: { ...own.sizes, ...training.sizes, N, trainN, M: gold.length },
    weight: gold.length,
    pieces,
    asked,
    words,
    rows: {},
  };
}

/** Windows as columns that end together. */
function windowFeeds(prefix: string, windows: readonly Window[]) {
  const W = windows.length, P = Math.max(...windows.map(({ bytes }) => bytes.length));
  const ids = new BigInt64Array(P * W), goesOn = new Float32Array(P * W);
  windows.forEach(({ bytes }, w) =>
    bytes.forEach((id, i) => {
      const at = (P - bytes.length + i) * W + w;
      ids[at] = BigInt(id);
      goesOn[at] = i > 0 ? 1 : 0;
    })
  );
  return {
    feeds: {
      [`${prefix}Ids`]: { dtype: "int64", dims: [P, W], data: ids },
      [`${prefix}GoesOn`]: { dtype: "float32", dims: [P, W, 1], data: goesOn },
    } as const,
    sizes: { [`${prefix}P`]: P, [`${prefix}W`]: W },
  };
}
