/**
 * Long short-term memory step by step, from a state that is given: for encoders whose last state a
 * decoder goes on with, and decoders that read what they have said.
 *
 * @module
 */
import { productOf } from "../autodiff/dims.ts";
import { add, mul, sigmoid, tanh } from "../autodiff/elementwise.ts";
import type { Tensor } from "../autodiff/primitive.ts";
import { gemm, linear } from "../autodiff/products.ts";
import { scan } from "../autodiff/scan.ts";
import { reshape, slice } from "../autodiff/shapes.ts";
import { type ParameterSpec, uniformParameter } from "./parameters.ts";

/** What a layer remembers: h and c, [B, H] each. */
export interface LstmState {
  readonly hidden: Tensor;
  readonly cell: Tensor;
}

const namesOf = (name: string, layer: number) => {
  const of = (kind: string) => `${name}.${kind}_l${layer}`;
  return {
    input: of("weight_ih"),
    state: of("weight_hh"),
    inputBias: of("bias_ih"),
    stateBias: of("bias_hh"),
  };
};

/** Parameters of a stack of layers in one direction, as torch.nn.LSTM has them. */
export function oneWayParameters(
  name: string,
  { input, hidden, layers }: {
    readonly input: number;
    readonly hidden: number;
    readonly layers: number;
  },
): ParameterSpec[] {
  const bound = 1 / Math.sqrt(hidden), gates = 4 * hidden;
  return Array.from({ length: layers }, (_, layer) => {
    const names = namesOf(name, layer);
    return [
      uniformParameter(names.input, [gates, layer === 0 ? input : hidden], bound),
      uniformParameter(names.state, [gates, hidden], bound),
      uniformParameter(names.inputBias, [gates], bound),
      uniformParameter(names.stateBias, [gates], bound),
    ];
  }).flat();
}

/** x W ᵀ + b of a layer: [N, D] → [N, 4H]. */
export function gatesOf(
  parameter: (name: string) => Tensor,
  name: string,
  layer: number,
  x: Tensor,
): Tensor {
  const names = namesOf(name, layer);
  const bias = add(parameter(names.inputBias), parameter(names.stateBias));
  return linear(x, parameter(names.input), bias, names.input);
}

/** One step (the equations are at `lstmStates` of `lstm.ts`), given gates [B, 4H] of the input. */
export function lstmStep(
  parameter: (name: string) => Tensor,
  name: string,
  layer: number,
  gates: Tensor,
  { hidden, cell }: LstmState,
): LstmState {
  const weight = parameter(namesOf(name, layer).state), H = weight.dims[1] as number;
  const z = gemm(hidden, weight, { transB: true, plus: gates });
  const part = (from: number) => slice(z, 1, from * H, (from + 1) * H);
  const [i, f, o] = [part(0), part(1), part(3)].map((x) => sigmoid(x));
  const next = add(mul(f, cell), mul(i, tanh(part(2))));
  return { hidden: mul(o, tanh(next)), cell: next };
}

/**
 * A layer over a sequence.
 *
 * @param x [T·B, D] in sequence-first order
 * @param continues float32 [T, B, 1]: 0 where the state starts anew, 1 elsewhere
 * @returns h of all steps [T·B, H], and the state after the last one
 */
export function lstmLayer(
  parameter: (name: string) => Tensor,
  name: string,
  layer: number,
  x: Tensor,
  continues: Tensor,
  initial: LstmState,
): { readonly states: Tensor; readonly last: LstmState } {
  const [T, B] = continues.dims;
  const gates = gatesOf(parameter, name, layer, x), width = gates.dims[1] as number;
  const { last: [hidden, cell], given: [states] } = scan(
    [initial.hidden, initial.cell],
    [reshape(gates, [T, B, width]), continues],
    ([before, cellBefore], [entry, k]) => {
      const state = { hidden: mul(before, k), cell: mul(cellBefore, k) };
      const next = lstmStep(parameter, name, layer, entry, state);
      return { next: [next.hidden, next.cell], given: [next.hidden] };
    },
    { name: "lstm" },
  );
  return {
    states: reshape(states, [productOf([T, B]), width / 4]),
    last: { hidden, cell },
  };
}
