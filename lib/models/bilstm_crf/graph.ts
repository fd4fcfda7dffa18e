/**
 * A BiLSTM-CRF as symbolic tensors: pieces make words (LSTM or convolution), words make emissions, a CRF makes labels
 * (Lample et al. 2016, §2 and §4.1; Ma & Hovy 2016; the Byte-CRF and Char-CRF of Mueller et al. 2020).
 *
 * @module
 */
import { productOf } from "../../autodiff/dims.ts";
import { mul } from "../../autodiff/elementwise.ts";
import { input } from "../../autodiff/leaves.ts";
import type { Tensor } from "../../autodiff/primitive.ts";
import { gemm, linear } from "../../autodiff/products.ts";
import { gatherRows } from "../../autodiff/rows.ts";
import { concat, reshape } from "../../autodiff/shapes.ts";
import { characterCnn, cnnParameters } from "../../nn/character_cnn.ts";
import { crfParameters } from "../../nn/crf.ts";
import { DropoutSites } from "../../nn/dropout_sites.ts";
import { bidirectionalLstm, bothWays, lstmParameters } from "../../nn/lstm.ts";
import { linearParameters, type ParameterSpec } from "../../nn/parameters.ts";
import { type Dropout, wholeVectors } from "../dropped_vectors.ts";
import { chainInputs, chainLoss } from "../label_chain.ts";
import type { ModelGraph } from "../model.ts";
import { labelsOf } from "../word_config.ts";
import type { BilstmCrfConfig } from "./config.ts";

/** The names of the modules. */
export const modules = {
  pieces: "pieces.weight",
  words: "words.weight",
  pieceLstm: "piece_lstm",
  pieceCnn: "piece_cnn",
  wordLstm: "word_lstm",
  classifier: "classifier",
  crf: "crf",
  moves: "moves.weight",
} as const;

/** Layers over the pieces of a word, and over the words of a sentence. */
function shapesOf(config: BilstmCrfConfig) {
  const { piece_size, piece_hidden_size, piece_layers, word_buckets, word_size } = config;
  // Filters make a word, or the last states of all layers in both directions.
  const ofPieces = config.piece_encoder === "cnn"
    ? piece_hidden_size
    : 2 * piece_layers * piece_hidden_size;
  return {
    pieces: { input: piece_size, hidden: piece_hidden_size, layers: piece_layers },
    words: {
      input: ofPieces + (word_buckets > 0 ? word_size : 0),
      hidden: config.hidden_size,
      layers: config.layers,
    },
  };
}

/** All parameters. The vectors of whole words start at 0: one that was never seen says nothing. */
export function bilstmCrfParameters(config: BilstmCrfConfig): ParameterSpec[] {
  const { vocab_size, piece_size, word_buckets, word_size, hidden_size, end_scores } = config;
  const shapes = shapesOf(config), labels = labelsOf(config).length;
  const table = (name: string, shape: number[], init: ParameterSpec["init"]) =>
    ({ name, shape, init, decay: false }) as const;
  return [
    table(modules.pieces, [vocab_size, piece_size], {
      kind: "uniform",
      bound: Math.sqrt(3 / piece_size), // of unit length on average, as Lample et al. start
    }),
    ...(word_buckets > 0
      ? [table(modules.words, [word_buckets, word_size], { kind: "zeros" })]
      : []),
    ...(config.piece_encoder === "cnn"
      ? cnnParameters(modules.pieceCnn, piece_size, config.piece_hidden_size)
      : lstmParameters(modules.pieceLstm, shapes.pieces)),
    ...lstmParameters(modules.wordLstm, shapes.words),
    ...linearParameters(
      1 / Math.sqrt(2 * hidden_size),
      modules.classifier,
      labels,
      2 * hidden_size,
    ),
    ...crfParameters(modules.crf, labels, end_scores),
    // From 0, that training begins as that of a plain CRF.
    ...(config.state_transitions
      ? [table(modules.moves, [labels * labels, 2 * hidden_size], { kind: "zeros" })]
      : []),
  ];
}

/**
 * Builds the graph. It reads what `bilstmCrfBatch` makes of sentences: W different words, whose pieces
 * lie in R rows of P, S sentences, whose words lie in B rows of T, and their N + 1 labels at most.
 * It answers with `emissions` float32 [T·B, L], `moves` [T·B, L²] where states add to transitions (as
 * in the baseline of MasakhaNER; Rijhwani et al. 2020), and with the scores of the CRF as they are.
 */
export function bilstmCrfGraph(config: BilstmCrfConfig): ModelGraph {
  const specs = bilstmCrfParameters(config), labels = labelsOf(config).length;
  const parameters = new Map(specs.map(({ name, shape }) => [name, input(name, "float32", shape)]));
  const parameter = (name: string) => parameters.get(name)!;
  const float = (name: string, ...dims: (string | number)[]) => input(name, "float32", dims);
  const int64 = (name: string, ...dims: string[]) => input(name, "int64", dims);
  /** A convolution reads words one way. */
  const backwards = config.piece_encoder === "cnn" ? undefined : {
    pieceBackward: float("pieceBackward", "P", "R", 1),
    firstPieces: int64("firstPieces", "W"),
  };
  const batch = {
    pieceIds: int64("pieceIds", "P", "R"),
    pieceForward: float("pieceForward", "P", "R", 1),
    ...backwards,
    lastPieces: int64("lastPieces", "W"),
    ...(config.word_buckets > 0 ? { wordRows: int64("wordRows", "W") } : {}),
    wordAt: int64("wordAt", "T", "B"),
    wordForward: float("wordForward", "T", "B", 1),
    wordBackward: float("wordBackward", "T", "B", 1),
  };
  const chain = chainInputs();
  const shapes = shapesOf(config);

  /** Emissions [T·B, L], moves [T·B, L²], and the vectors of whole words that were looked up. */
  const emit = (dropout: Dropout) => {
    const looked = gatherRows(parameter(modules.pieces), batch.pieceIds);
    const pieces = reshape(looked, [productOf(["P", "R"]), config.piece_size]);
    const drop = (layer: number, x: Tensor) => dropout(`pieces.${layer}`, config.dropout, x);
    const ends = backwards
      // A direction ends at the last piece of a word or at the first: [W, H] each.
      ? bidirectionalLstm(
        parameter,
        modules.pieceLstm,
        pieces,
        { forward: batch.pieceForward, backward: backwards.pieceBackward },
        shapes.pieces,
        drop,
      ).flatMap(({ forward, backward }) => [
        gatherRows(forward, batch.lastPieces),
        gatherRows(backward, backwards.firstPieces),
      ])
      : [
        characterCnn(
          parameter,
          modules.pieceCnn,
          drop(0, pieces),
          batch.pieceForward,
          batch.lastPieces,
        ),
      ];
    const wholeWords = batch.wordRows && gatherRows(parameter(modules.words), batch.wordRows);
    const vectors = concat([
      ...ends,
      ...(wholeWords
        ? [mul(wholeWords, wholeVectors(dropout, "wholeWords", config.word_dropout, ["W", 1]))]
        : []),
    ], 1);
    const words = reshape(gatherRows(vectors, batch.wordAt), [
      productOf(["T", "B"]),
      shapes.words.input,
    ]);
    const top = bidirectionalLstm(
      parameter,
      modules.wordLstm,
      words,
      { forward: batch.wordForward, backward: batch.wordBackward },
      shapes.words,
      (layer, x) => dropout(`words.${layer}`, config.dropout, x),
    ).at(-1)!;
    const rows = dropout("output", config.dropout, bothWays(top));
    const { classifier } = modules;
    const weight = parameter(`${classifier}.weight`), bias = parameter(`${classifier}.bias`);
    return {
      emissions: linear(rows, weight, bias, classifier),
      ...(config.state_transitions
        ? { moves: gemm(rows, parameter(modules.moves), { transB: true, name: "state_moves" }) }
        : {}),
      wholeWords,
    };
  };

  const sites = new DropoutSites();
  const training = emit((site, rate, x) => sites.apply(site, rate, x));
  const { loss, answers } = chainLoss(
    parameter,
    { module: modules.crf, labels, ends: config.end_scores },
    training,
    chain,
  );
  const { emissions, moves } = emit((_site, _rate, x) => x);
  return {
    inputs: Object.values(batch),
    gold: Object.values(chain),
    specs,
    parameters,
    dropout: { sites: sites.sites, masks: sites.masks },
    loss,
    answers: { emissions, ...(moves ? { moves } : {}), ...answers },
    rows: training.wholeWords ? [{ table: modules.words, looked: training.wholeWords }] : [],
  };
}
