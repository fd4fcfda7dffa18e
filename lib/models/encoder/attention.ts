/**
 * Where an encoder looks: how much of a piece's attention stays with the piece, layer by layer.
 *
 * @module
 */
import { mul } from "../../autodiff/elementwise.ts";
import { input } from "../../autodiff/leaves.ts";
import type { Tensor } from "../../autodiff/primitive.ts";
import { concat, reduceMean, reduceSum, reshape } from "../../autodiff/shapes.ts";
import type { HostTensor } from "../../onnx/dtype.ts";
import type { Example } from "../model.ts";
import { encoderBatch } from "./batch.ts";
import type { EncoderConfig } from "./config.ts";
import { encode } from "./encoder.ts";
import { encoderParameters } from "./parameters.ts";
import { packRows } from "./row_packing.ts";

/** The graph that measures attention, with the inputs that it reads. */
export interface AttentionGraph {
  readonly inputs: readonly Tensor[];
  readonly outputs: {
    /** float32 [L, B, T]: the share that a piece puts on itself, a mean over heads. */
    readonly onItself: Tensor;
    /** The same of the share that it puts on all pieces of its word, itself included. */
    readonly onItsWord: Tensor;
  };
}

/**
 * Builds it. It reads an encoder's parameters and its `inputIds`, `positionIds` and `attentionBias`,
 * with `tokenTypes` its `tokenTypeIds`, and two masks: `samePiece` float32 [T, T] (the identity) and
 * `sameWord` float32 [B, 1, T, T], 1 where pieces are of one word and 0 elsewhere.
 *
 * The shares are those of a softmax over all pieces of the sentence, special ones among them.
 */
export function attentionGraph(config: EncoderConfig, tokenTypes = false): AttentionGraph {
  const parameters = new Map(
    encoderParameters(config).map(({ name, shape }) => [name, input(name, "float32", shape)]),
  );
  const ids = (name: string) => input(name, "int64", ["B", "T"]);
  const inputIds = ids("inputIds"), positionIds = ids("positionIds");
  const attentionBias = input("attentionBias", "float32", ["B", 1, "T", "T"]);
  const types = tokenTypes ? { tokenTypeIds: ids("tokenTypeIds") } : {};
  const samePiece = input("samePiece", "float32", ["T", "T"]);
  const sameWord = input("sameWord", "float32", ["B", 1, "T", "T"]);
  // The weights of a layer's attention pass the site of their dropout, which leaves them as they are.
  const weights: Tensor[] = [];
  const context = {
    config,
    parameter: (name: string) => parameters.get(name)!,
    dropout: (site: string, _rate: number, x: Tensor) => {
      if (/^layer\.\d+\.attention$/.test(site)) weights.push(x);
      return x;
    },
  };
  encode(context, { inputIds, positionIds, attentionBias, ...types });
  const share = (mask: Tensor) =>
    concat(
      weights.map((layer) => {
        // [B, H, T, T] → [B, H, T] → [B, T]
        const kept = reduceMean(reduceSum(mul(layer, mask), [3]), [1]);
        return reshape(kept, [1, "B", "T"]);
      }),
      0,
    );
  return {
    inputs: [
      ...[inputIds, positionIds, attentionBias, ...Object.values(types)],
      ...[samePiece, sameWord, ...parameters.values()],
    ],
    outputs: { onItself: share(samePiece), onItsWord: share(sameWord) },
  };
}

/** The feeds of some examples, without parameters, and where the pieces of each lie. */
export interface AttentionBatch {
  readonly feeds: Readonly<Record<string, HostTensor>>;
  /** Rows B and their pieces T. */
  readonly B: number;
  readonly T: number;
  /** For each example, the place b·T + t of its first piece. */
  readonly starts: readonly number[];
}

/** Puts examples into the rows that {@linkcode attentionGraph} reads. */
export function attentionBatch(
  config: EncoderConfig,
  examples: readonly Example[],
  tokenTypes = false,
): AttentionBatch {
  const { feeds } = encoderBatch(config, examples, tokenTypes);
  const { B, T, places } = packRows(examples.map(({ inputIds }) => inputIds.length));
  const samePiece = Float32Array.from({ length: T * T }, (_, i) => i % (T + 1) === 0 ? 1 : 0);
  const sameWord = new Float32Array(B * T * T);
  const starts = places.map(({ row, offset }) => row * T + offset);
  examples.forEach(({ wordIds }, i) => {
    wordIds.forEach((word, from) => {
      const row = (starts[i] + from) * T + places[i].offset;
      wordIds.forEach((other, to) => {
        if (from === to || (word >= 0 && word === other)) sameWord[row + to] = 1;
      });
    });
  });
  const { inputIds, positionIds, attentionBias, tokenTypeIds } = feeds;
  return {
    feeds: {
      ...{ inputIds, positionIds, attentionBias },
      ...(tokenTypes ? { tokenTypeIds } : {}),
      samePiece: { dtype: "float32", dims: [T, T], data: samePiece },
      sameWord: { dtype: "float32", dims: [B, 1, T, T], data: sameWord },
    },
    B,
    T,
    starts,
  };
}
