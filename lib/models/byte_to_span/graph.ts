/**
 * Byte-to-span as symbolic tensors: an encoder reads a window of bytes, and a decoder that goes on
 * from its state says spans (Gillick et al. 2016, §3.2; Sutskever et al. 2014).
 *
 * @module
 */
import { productOf } from "../../autodiff/dims.ts";
import { add, cast, greater, mul, sub } from "../../autodiff/elementwise.ts";
import { fill, input, scalar } from "../../autodiff/leaves.ts";
import type { Tensor } from "../../autodiff/primitive.ts";
import { gemm, linear } from "../../autodiff/products.ts";
import { gatherRows } from "../../autodiff/rows.ts";
import { scan } from "../../autodiff/scan.ts";
import { reduceSum, reshape, slice } from "../../autodiff/shapes.ts";
import { DropoutSites } from "../../nn/dropout_sites.ts";
import { smoothedCrossEntropy } from "../../nn/loss.ts";
import {
  gatesOf,
  lstmLayer,
  type LstmState,
  lstmStep,
  oneWayParameters,
} from "../../nn/lstm_cell.ts";
import { linearParameters, type ParameterSpec } from "../../nn/parameters.ts";
import { byteSpecials } from "../../tokenizers/byte_tokenizer.ts";
import { typesOf } from "../char_ner/types.ts";
import { type Dropout, wholeVectors } from "../dropped_vectors.ts";
import type { GraphOptions, ModelGraph } from "../model.ts";
import { labelsOf } from "../word_config.ts";
import type { ByteToSpanConfig } from "./config.ts";
import { Symbols } from "./spans.ts";

const modules = {
  bytes: "bytes.weight",
  symbols: "symbols.weight",
  encoder: "encoder",
  decoder: "decoder",
  classifier: "classifier",
} as const;

/** The symbols of a model. */
export function symbolsOf(config: ByteToSpanConfig): Symbols {
  return new Symbols(config.window, typesOf(labelsOf(config)).names.length - 1);
}

/** All parameters. */
export function byteToSpanParameters(config: ByteToSpanConfig): ParameterSpec[] {
  const { vocab_size, piece_size, hidden_size, layers } = config;
  const { count } = symbolsOf(config);
  const shape = { input: piece_size, hidden: hidden_size, layers };
  const table = (name: string, rows: number): ParameterSpec => ({
    name,
    shape: [rows, piece_size],
    init: { kind: "uniform", bound: Math.sqrt(3 / piece_size) },
    decay: false,
  });
  return [
    table(modules.bytes, vocab_size),
    table(modules.symbols, count + 1),
    ...oneWayParameters(modules.encoder, shape),
    ...oneWayParameters(modules.decoder, shape),
    ...linearParameters(1 / Math.sqrt(hidden_size), modules.classifier, count, hidden_size),
  ];
}

/** Windows that a graph reads: W of up to P bytes, which end together. */
function windowInputs(prefix: string) {
  const [P, W] = [`${prefix}P`, `${prefix}W`];
  return {
    ids: input(`${prefix}Ids`, "int64", [P, W]),
    /** 0 at the first byte of each window and before it. */
    goesOn: input(`${prefix}GoesOn`, "float32", [P, W, 1]),
  };
}

/**
 * Builds the graph. For the loss it reads windows of training sentences with the symbols of their
 * spans (N of each at most, M in all); it answers for other windows with `logits` float32 [N, W,
 * symbols], each step of which has read the likeliest symbol of the step before.
 */
export function byteToSpanGraph(
  config: ByteToSpanConfig,
  { labelSmoothing = 0 }: GraphOptions = {},
): ModelGraph {
  const { layers, hidden_size: H, piece_size: D } = config;
  const specs = byteToSpanParameters(config), { count, go } = symbolsOf(config);
  const parameters = new Map(specs.map(({ name, shape }) => [name, input(name, "float32", shape)]));
  const parameter = (name: string) => parameters.get(name)!;
  const answered = windowInputs("window"), learnt = windowInputs("train");
  const steps = input("steps", "float32", ["N", 1]);
  const said = {
    ids: input("saidIds", "int64", ["trainN", "trainW"]),
    goesOn: input("saidGoesOn", "float32", ["trainN", "trainW", 1]),
    at: input("saidAt", "int64", ["M"]),
    gold: input("goldSymbols", "int64", ["M"]),
  };
  const { classifier } = modules;
  const classify = (rows: Tensor) =>
    linear(rows, parameter(`${classifier}.weight`), parameter(`${classifier}.bias`), classifier);

  /** The state of every layer after windows. */
  const encoded = ({ ids, goesOn }: typeof answered, dropout: Dropout): LstmState[] => {
    const [P, W] = ids.dims;
    // What is hidden is read as the piece that hides.
    const kept = wholeVectors(dropout, "bytes", config.byte_dropout, [P, W, 1]);
    const hidden = slice(parameter(modules.bytes), 0, byteSpecials.mask, byteSpecials.mask + 1);
    const looked = gatherRows(parameter(modules.bytes), ids);
    const shown = add(mul(looked, kept), mul(hidden, sub(scalar(1), kept)));
    let rows = reshape(shown, [productOf([P, W]), D]);
    const zeros = { hidden: fill(0, [W, H]), cell: fill(0, [W, H]) };
    return Array.from({ length: layers }, (_, layer) => {
      const { states, last } = lstmLayer(parameter, modules.encoder, layer, rows, goesOn, zeros);
      rows = dropout(`encoder.${layer}`, config.dropout, states);
      return last;
    });
  };

  const sites = new DropoutSites();
  const dropout: Dropout = (site, rate, x) => sites.apply(site, rate, x);
  const initial = encoded(learnt, dropout);
  let rows = reshape(gatherRows(parameter(modules.symbols), said.ids), [
    productOf(said.ids.dims),
    D,
  ]);
  for (let layer = 0; layer < layers; layer++) {
    const { decoder } = modules;
    const { states } = lstmLayer(parameter, decoder, layer, rows, said.goesOn, initial[layer]);
    rows = dropout(`decoder.${layer}`, config.dropout, states);
  }
  const loss = smoothedCrossEntropy(
    classify(gatherRows(rows, said.at)),
    said.gold,
    labelSmoothing,
  );

  const states = encoded(answered, (_site, _rate, x) => x);
  const W = answered.ids.dims[1];
  const first = add(
    fill(0, [W, D]),
    slice(parameter(modules.symbols), 0, go, go + 1),
  );
  const { given: [logits] } = scan(
    [first, ...states.flatMap(({ hidden, cell }) => [hidden, cell])],
    [steps],
    ([read, ...before]) => {
      const after: Tensor[] = [];
      let x = read;
      for (let layer = 0; layer < layers; layer++) {
        const next = lstmStep(
          parameter,
          modules.decoder,
          layer,
          gatesOf(parameter, modules.decoder, layer, x),
          { hidden: before[2 * layer], cell: before[2 * layer + 1] },
        );
        after.push(next.hidden, next.cell);
        x = next.hidden;
      }
      const scores = classify(x);
      const symbols = slice(parameter(modules.symbols), 0, 0, count);
      return { next: [gemm(likeliest(scores, count), symbols), ...after], given: [scores] };
    },
    { name: "greedy" },
  );
  return {
    inputs: [...Object.values(answered), steps],
    gold: [...Object.values(learnt), ...Object.values(said)],
    specs,
    parameters,
    dropout: { sites: sites.sites, masks: sites.masks },
    loss,
    answers: { logits },
    rows: [],
  };
}

/** 1 at the greatest score of each row [W, V] that no other exceeds, and 0 elsewhere. */
function likeliest(scores: Tensor, count: number): Tensor {
  const W = scores.dims[0];
  const exceeds = greater(reshape(scores, [W, 1, count]), reshape(scores, [W, count, 1]));
  const exceeded = reduceSum(cast(exceeds, "float32"), [2]);
  return cast(greater(scalar(0.5), exceeded), "float32");
}
