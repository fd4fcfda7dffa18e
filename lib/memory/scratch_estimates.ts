/**
 * The memory of models that learn from nothing: recurrent layers over pieces and words.
 *
 * @module
 */
import type { TrainParams } from "../experiment/train_params.ts";
import { type BilstmCrfConfig, parseBilstmCrfConfig } from "../models/bilstm_crf/config.ts";
import { bilstmCrfParameters, modules } from "../models/bilstm_crf/graph.ts";
import { type ByteToSpanConfig, parseByteToSpanConfig } from "../models/byte_to_span/config.ts";
import { byteToSpanParameters, symbolsOf } from "../models/byte_to_span/graph.ts";
import { type CharNerConfig, parseCharNerConfig } from "../models/char_ner/config.ts";
import { charNerParameters } from "../models/char_ner/graph.ts";
import type { Estimate } from "../plan/stage.ts";
import { longestOf } from "./data_estimates.ts";
import { keptEpochs } from "./kept_epochs.ts";
import { type KnownExamples, type KnownScratch, type Lengths, those } from "./known.ts";

const bytesOfMib = 2 ** 20, floatBytes = 4;
/** Deno, ONNX Runtime, DuckDB and a stage's code, in MiB. */
const programMib = 235;
/** Floats that an entry has in a direction of a layer, in widths of its state: for its gradient … */
const keptStates = 20;
/** … and without gradients: four gates, and the eight values that a step gives. */
const passedStates = 13;
/** A word's pieces, with the blank before it: fewer make more words, which take more. */
const piecesOfWord = 5;
/** What packing sequences of different length leaves free, and more. */
const padded = 1.1;
/** Examples that a model answers at once. */
const answeredAtOnce = 32;
/** Bytes of an example in memory, and of each of its pieces. */
const exampleBytes = 2_000, pieceBytes = 40;

type ParameterSpecs = ReturnType<typeof charNerParameters>;

/** Of a model: its parameters, and widths of states that an entry has in all layers and directions. */
interface ScratchShape {
  readonly specs: ParameterSpecs;
  /** The table that is read by rows, where there is one. */
  readonly table?: string;
  /** Widths of states that a piece, and a word, has; and of what the layers read. */
  readonly ofPiece: { readonly states: number; readonly read: number };
  readonly ofWord: { readonly states: number; readonly read: number };
  /** How often a piece is read, where it is more than once. */
  readonly times?: { readonly learnt: number; readonly answered: number };
}

function bilstmShape(config: BilstmCrfConfig): ScratchShape {
  const { piece_layers, piece_hidden_size, piece_size, layers, hidden_size } = config;
  const isCnn = config.piece_encoder === "cnn";
  const word = isCnn ? piece_hidden_size : 2 * piece_layers * piece_hidden_size;
  return {
    specs: bilstmCrfParameters(config),
    table: modules.words,
    // A filter has three products and as many states for each piece.
    ofPiece: {
      states: isCnn ? piece_hidden_size / 2 : 2 * piece_layers * piece_hidden_size,
      read: 3 * piece_size + (isCnn ? 0 : 4 * (piece_layers - 1) * piece_hidden_size),
    },
    ofWord: {
      states: 2 * layers * hidden_size,
      read: 3 * (word + config.word_size) + 6 * (layers + 1) * hidden_size,
    },
  };
}

function charNerShape(config: CharNerConfig): ScratchShape {
  const { layers, hidden_size, piece_size } = config;
  return {
    specs: charNerParameters(config),
    ofPiece: { states: 2 * layers * hidden_size, read: 3 * piece_size + 6 * layers * hidden_size },
    ofWord: { states: 0, read: 0 },
  };
}

function byteToSpanShape(config: ByteToSpanConfig): ScratchShape {
  const { window, overlap, train_stride, layers, hidden_size, piece_size } = config;
  const { count } = symbolsOf(config);
  return {
    specs: byteToSpanParameters(config),
    // A window compares all symbols with all, when it says one.
    ofPiece: { states: layers * hidden_size, read: 4 * piece_size + 2 * count ** 2 / window },
    ofWord: { states: 0, read: 0 },
    times: { learnt: window / train_stride, answered: window / (window - overlap) },
  };
}

/** What each kind of model takes. */
const shapeOf = {
  bilstm_crf: (config: object) => bilstmShape(parseBilstmCrfConfig(config, "a model")),
  byte_to_span: (config: object) => byteToSpanShape(parseByteToSpanConfig(config, "a model")),
  char_ner: (config: object) => charNerShape(parseCharNerConfig(config, "a model")),
};

/** A kind of model that learns from nothing. */
export type ScratchKind = keyof typeof shapeOf;

/** The shape of a new model, by its params. */
const newShape: Record<ScratchKind, (params: Record<string, unknown>) => object> = {
  bilstm_crf: (params) => {
    const isCnn = params.pieceEncoder === "cnn";
    return {
      piece_size: params.pieceWidth ?? 256,
      piece_encoder: params.pieceEncoder ?? "lstm",
      piece_hidden_size: params.pieceHidden ?? (isCnn ? 30 : 256),
      piece_layers: params.pieceLayers ?? (isCnn ? 1 : 2),
      most_pieces: params.mostPieces ?? 64,
      word_buckets: params.wordBuckets ?? 0,
      word_size: params.wordWidth ?? 128,
      word_dropout: params.wordDropout ?? 0,
      hidden_size: params.hidden ?? 256,
      layers: params.layers ?? 1,
      dropout: params.dropout ?? 0,
      end_scores: params.endScores ?? false,
    };
  },
  byte_to_span: (params) => ({
    piece_size: params.pieceWidth ?? 256,
    hidden_size: params.hidden ?? 320,
    layers: params.layers ?? 4,
    window: params.window ?? 60,
    overlap: params.overlap ?? 30,
    train_stride: params.trainStride ?? 1,
    most_spans: params.mostSpans ?? 20,
    byte_dropout: params.byteDropout ?? 0,
    dropout: params.dropout ?? 0,
  }),
  char_ner: (params) => ({
    piece_size: params.pieceWidth ?? 128,
    hidden_size: params.hidden ?? 128,
    layers: params.layers ?? 5,
    piece_dropout: params.pieceDropout ?? 0,
    output_dropout: params.outputDropout ?? [],
  }),
};

/** Labels that a model is taken to have: four entity types. */
const labels = Object.fromEntries(
  ["O", ...["a", "b", "c", "d"].flatMap((type) => [`B-${type}`, `I-${type}`])]
    .map((label, i) => [i, label]),
);

/** Of the kinds that train such a model. */
export function training(kind: ScratchKind): Estimate {
  return ({ params, inputs, device }) => {
    const given = params as unknown as TrainParams & Record<string, unknown>;
    const trained = those("examples", inputs.examples);
    const start = inputs.start ?? [];
    const vocab_size = trained[0]?.vocabulary;
    if (start.length === 0 && vocab_size === undefined) return undefined;
    const config = start.length > 0
      ? those("scratch", start)[0]?.config
      : { model_type: kind, vocab_size, id2label: labels, ...newShape[kind](given) };
    if (config === undefined) return undefined;
    const known: KnownScratch = { of: "scratch", config };
    if (device !== "cpu" || trained.length === 0) return { known };
    const looked = [...trained, ...those("examples", inputs.watch)];
    return { memoryMib: trainingMib(shapeOf[kind](config), given, trained, looked), known };
  };
}

function trainingMib(
  shape: ScratchShape,
  given: TrainParams,
  trained: readonly KnownExamples[],
  looked: readonly KnownExamples[],
): number {
  const all = floatsOf(shape.specs);
  const dense = floatsOf(shape.specs.filter(({ name }) => name !== shape.table));
  const copies = (given.select === "last" ? 0 : 1) + keptEpochs(given);
  const gradients = dense * (given.accumulate > 1 ? 2 : 1);
  const { long, longest } = longestOf(trained);
  const examples = trained.reduce((sum, { train }) => sum + train, 0);
  const learnt = batchFloats(
    shape,
    (shape.times?.learnt ?? 1) * Math.max(longest, padded * given.batchSize * long),
    keptStates,
  );
  // What a step has kept is free again when the model answers.
  const floats = all * (4 + copies) + gradients +
    Math.max(learnt, answeredFloats(shape, longestOf(looked)));
  return programMib +
    (floatBytes * floats + examples * (exampleBytes + pieceBytes * long / 2)) / bytesOfMib;
}

/** Of the kinds that run such a model over examples. */
export function predicting(kind: ScratchKind): Estimate {
  return ({ inputs, device }) => {
    const [model] = those("scratch", inputs.model);
    const answered = those("examples", inputs.examples);
    if (!model || answered.length === 0 || device !== "cpu") return undefined;
    const shape = shapeOf[kind](model.config);
    const examples = answered.reduce((sum, { test }) => sum + test, 0);
    const { long, longest } = longestOf(answered);
    const floats = 2 * floatsOf(shape.specs) + answeredFloats(shape, { long, longest });
    const rows = examples * (exampleBytes + pieceBytes * long / 2);
    return { memoryMib: programMib + (floatBytes * floats + rows) / bytesOfMib };
  };
}

function floatsOf(specs: ParameterSpecs): number {
  return specs.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
}

/** What a batch of so many pieces has at once. */
function batchFloats({ ofPiece, ofWord }: ScratchShape, pieces: number, states: number): number {
  const of = (each: ScratchShape["ofPiece"]) => states * each.states + each.read;
  return pieces * of(ofPiece) + pieces / piecesOfWord * of(ofWord);
}

function answeredFloats(shape: ScratchShape, { long, longest }: Lengths): number {
  return batchFloats(
    shape,
    (shape.times?.answered ?? 1) *
      Math.max(longest, padded * answeredAtOnce * (2 * long + longest) / 3),
    passedStates,
  );
}
