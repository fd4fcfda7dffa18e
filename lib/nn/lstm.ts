/**
 * Long short-term memory: recurrent layers over rows that hold several sequences.
 *
 * A row of T entries holds sequences one after another, so that little is padding; the state starts
 * anew at each of them. Values are rows [T·B, D] in sequence-first order (row t·B + b).
 *
 * @module
 */
import { productOf } from "../autodiff/dims.ts";
import { add, mul, sigmoid, sub, tanh } from "../autodiff/elementwise.ts";
import { fill, scalar } from "../autodiff/leaves.ts";
import type { Tensor } from "../autodiff/primitive.ts";
import { gemm, linear } from "../autodiff/products.ts";
import { scan, withVjp } from "../autodiff/scan.ts";
import { concat, reshape, slice } from "../autodiff/shapes.ts";
import { type ParameterSpec, uniformParameter } from "./parameters.ts";

/** Where the state goes on from the entry before, for each direction: float32 [T, B, 1], 1 or 0. */
export interface Continues {
  /** 0 at the first entry of each sequence. */
  readonly forward: Tensor;
  /** 0 at the last one. */
  readonly backward: Tensor;
}

/** The shape of a stack of bidirectional layers. */
export interface LstmShape {
  /** Width of the input. */
  readonly input: number;
  /** Width H of the state, in each direction. */
  readonly hidden: number;
  readonly layers: number;
}

const directions = ["forward", "backward"] as const;
type Direction = typeof directions[number];

/** Names of a direction's parameters, as torch.nn.LSTM has them, below a module called `name`. */
function namesOf(name: string, layer: number, direction: Direction) {
  const suffix = `l${layer}${direction === "backward" ? "_reverse" : ""}`;
  const of = (kind: string) => `${name}.${kind}_${suffix}`;
  return {
    input: of("weight_ih"),
    state: of("weight_hh"),
    inputBias: of("bias_ih"),
    stateBias: of("bias_hh"),
  };
}

/**
 * For every layer and direction W [4H, D], R [4H, H] and two biases [4H], with the gates in the order
 * input, forget, cell, output. All start uniform in ±1/√H, as in PyTorch.
 */
export function lstmParameters(name: string, shape: LstmShape): ParameterSpec[] {
  const { input, hidden, layers } = shape;
  const bound = 1 / Math.sqrt(hidden), gates = 4 * hidden;
  return Array.from({ length: layers }, (_, layer) =>
    directions.flatMap((direction) => {
      const names = namesOf(name, layer, direction);
      const width = layer === 0 ? input : 2 * hidden;
      return [
        uniformParameter(names.input, [gates, width], bound),
        uniformParameter(names.state, [gates, hidden], bound),
        uniformParameter(names.inputBias, [gates], bound),
        uniformParameter(names.stateBias, [gates], bound),
      ];
    })).flat();
}

/** What a stack of layers gives: of every layer and direction the states [T·B, H]. */
export type LstmStates = readonly Readonly<Record<Direction, Tensor>>[];

/**
 * A stack of bidirectional layers: each reads both directions of the one below.
 *
 * @param parameter the parameter of that name
 * @param x [T·B, D]
 * @param between what becomes of a layer's input, such as dropout; the lowest layer's among them
 */
export function bidirectionalLstm(
  parameter: (name: string) => Tensor,
  name: string,
  x: Tensor,
  continues: Continues,
  shape: LstmShape,
  between: (layer: number, x: Tensor) => Tensor = (_, x) => x,
): LstmStates {
  const states: Record<Direction, Tensor>[] = [];
  let rows = x;
  for (let layer = 0; layer < shape.layers; layer++) {
    const read = between(layer, rows);
    const [forward, backward] = directions.map((direction) =>
      oneWay(parameter, namesOf(name, layer, direction), read, continues[direction], direction)
    );
    states.push({ forward, backward });
    rows = bothWays({ forward, backward });
  }
  return states;
}

/** The states of both directions beside each other: [T·B, 2H]. */
export function bothWays({ forward, backward }: Readonly<Record<Direction, Tensor>>): Tensor {
  return concat([forward, backward], 1);
}

/** One layer in one direction: [T·B, D] → [T·B, H]. */
function oneWay(
  parameter: (name: string) => Tensor,
  names: ReturnType<typeof namesOf>,
  x: Tensor,
  continues: Tensor,
  direction: Direction,
): Tensor {
  const bias = add(parameter(names.inputBias), parameter(names.stateBias));
  const gates = linear(x, parameter(names.input), bias, names.input);
  return lstmStates(gates, parameter(names.state), continues, direction === "backward");
}

/**
 * The states of a layer (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000), as
 * in PyTorch. With kₜ = 0 where a sequence starts and 1 elsewhere:
 *
 *     (zi, zf, zg, zo) = xₜ Wᵀ + b + kₜ hₜ₋₁ Rᵀ      i, f, o = σ(zi), σ(zf), σ(zo)   g = tanh(zg)
 *     cₜ = f kₜ cₜ₋₁ + i g                           hₜ = o tanh(cₜ)
 *
 * The vjp is written out: all but one product is made for all steps at once (docs/adr/0016).
 *
 * @param gates x W ᵀ + b [T·B, 4H]
 * @param weight R [4H, H]
 * @param continues k [T, B, 1]
 * @param reverse whether the last entry comes first
 * @returns h [T·B, H]
 */
export function lstmStates(
  gates: Tensor,
  weight: Tensor,
  continues: Tensor,
  reverse: boolean,
): Tensor {
  const [T, B] = continues.dims, hidden = weight.dims[1] as number;
  const steps = (x: Tensor) => reshape(x, [T, B, x.dims[1]]);
  const rows = (x: Tensor) => reshape(x, [productOf([T, B]), x.dims[2]]);
  const part = (x: Tensor, from: number, to = from + 1) =>
    slice(x, x.dims.length - 1, from * hidden, to * hidden);
  const zeros = fill(0, [B, hidden]);
  const { given: [h, ...seen] } = scan(
    [zeros, zeros],
    [steps(gates), continues],
    ([before, cellBefore], [x, k]) => {
      const state = mul(before, k), cell = mul(cellBefore, k);
      const z = gemm(state, weight, { transB: true, plus: x });
      const inputForget = sigmoid(part(z, 0, 2)), g = tanh(part(z, 2)), o = sigmoid(part(z, 3));
      const [i, f] = [part(inputForget, 0), part(inputForget, 1)];
      const after = add(mul(f, cell), mul(i, g));
      const squashed = tanh(after);
      const next = mul(o, squashed);
      return { next: [next, after], given: [next, state, cell, i, f, g, o, squashed] };
    },
    { reverse, name: "lstm" },
  );
  return withVjp(rows(h), [gates, weight], (dh) => {
    const [state, cell, i, f, g, o, squashed] = seen;
    const one = scalar(1), slope = (y: Tensor) => mul(y, sub(one, y));
    // z̄ = (c̄, c̄, c̄, h̄) · factors
    const factors = concat([
      mul(g, slope(i)),
      mul(cell, slope(f)),
      mul(i, sub(one, mul(g, g))),
      mul(squashed, slope(o)),
    ], 2);
    const { given: [spread] } = scan(
      [fill(0, [B, 4 * hidden]), zeros],
      [
        steps(dh),
        mul(o, sub(one, mul(squashed, squashed))),
        mul(factors, continues),
        mul(f, continues),
      ],
      ([dzAfter, dcAfter], [dy, outward, inward, kept]) => {
        const dhAll = gemm(dzAfter, weight, { plus: dy });
        const dc = add(dcAfter, mul(dhAll, outward));
        const spread = concat([dc, dc, dc, dhAll], 1);
        return { next: [mul(spread, inward), mul(dc, kept)], given: [spread] };
      },
      { reverse: !reverse, name: "lstm.vjp" },
    );
    const dz = rows(mul(spread, factors));
    return [dz, gemm(dz, rows(state), { transA: true })];
  });
}
