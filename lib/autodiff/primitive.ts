/**
 * The closed list of primitives, which is the specification of lib/autodiff: every rule table is
 * typed over it, so that a forgotten rule is a type error.
 *
 * @module
 */
import type { Dim, DType, TypedArray } from "../onnx/dtype.ts";

/** A value of the graph to be: what computes it, its dtype and its dims. */
export interface Tensor {
  readonly primitive: Primitive;
  readonly dtype: DType;
  readonly dims: readonly Dim[];
  /** For errors and profiles; may be empty. */
  readonly name: string;
}

type Leaf = { readonly inputs: readonly [] };
type Unary = { readonly inputs: readonly [x: Tensor] };
type Binary = { readonly inputs: readonly [a: Tensor, b: Tensor] };

/** What a scan does at every step. */
export interface ScanBody {
  /** The number of steps. */
  readonly length: Dim;
  /** Whether the last entry of the sequences comes first. */
  readonly reverse: boolean;
  /** State: what it is before a step and after it. */
  readonly carried: readonly { readonly before: Tensor; readonly after: Tensor }[];
  /** A step's entry of each sequence. */
  readonly read: readonly Tensor[];
  /** What each step gives; a scan that is differentiated gives what its gradient reads, too. */
  readonly given: Tensor[];
}

/** Every primitive: its inputs and settings. Settings that repeat the output's dims are left out. */
interface Primitives {
  // Leaves
  /** Fed from outside, or bound by a scan to what a step reads. */
  input: Leaf;
  constant: Leaf & { readonly data: TypedArray };
  /** One value everywhere. */
  fill: Leaf & { readonly value: number };
  /** A size as a float32 scalar. */
  size: Leaf & { readonly of: Dim };

  // Elementwise; binary ones broadcast
  add: Binary;
  sub: Binary;
  mul: Binary;
  div: Binary;
  maximum: Binary;
  /** a > b, as bool. */
  greater: Binary;
  neg: Unary;
  exp: Unary;
  log: Unary;
  sqrt: Unary;
  tanh: Unary;
  erf: Unary;
  sigmoid: Unary;
  relu: Unary;
  gelu: Unary;
  /** To the output's dtype. */
  cast: Unary;
  /** a where the mask holds, b elsewhere. */
  select: { readonly inputs: readonly [mask: Tensor, a: Tensor, b: Tensor] };
  /** scale · x where the mask holds, 0 elsewhere; same dims, no broadcasting. */
  dropout: { readonly inputs: readonly [x: Tensor, mask: Tensor]; readonly scale: number };

  // Products
  /** alpha · op(a) op(b) + beta · c on matrices; op transposes where asked, c is a row or matrix. */
  gemm: {
    readonly inputs: readonly [a: Tensor, b: Tensor] | readonly [a: Tensor, b: Tensor, c: Tensor];
    readonly transA: boolean;
    readonly transB: boolean;
    readonly alpha: number;
    readonly beta: number;
  };
  /** alpha · op(a) op(b) over the last two axes; all axes before must be equal. */
  matmul: Binary & {
    readonly transA: boolean;
    readonly transB: boolean;
    readonly alpha: number;
  };

  // Shapes
  reshape: Unary;
  transpose: Unary & { readonly perm: readonly number[] };
  broadcastTo: Unary;
  reduceSum: Unary & { readonly axes: readonly number[]; readonly keepDims: boolean };
  concat: { readonly inputs: readonly Tensor[]; readonly axis: number };
  slice: Unary & { readonly axis: number; readonly start: number; readonly end: number };

  // Rows
  /** Rows of a table by index. */
  gatherRows: { readonly inputs: readonly [table: Tensor, indices: Tensor] };
  /** Zeros, with each row of updates [N, D] added at its index [N]. */
  scatterAddRows: { readonly inputs: readonly [updates: Tensor, indices: Tensor] };
  /** 1 at the index along a new last axis, 0 elsewhere. */
  oneHot: { readonly inputs: readonly [indices: Tensor] };

  // Normalisation and loss, along the last axis
  softmax: Unary;
  logSoftmax: Unary;
  /** log Σ eˣ; the axis goes. */
  logSumExp: Unary;
  layerNorm: {
    readonly inputs: readonly [x: Tensor, gain: Tensor, bias: Tensor];
    readonly epsilon: number;
  };
  /** The mean or inverse deviation that a layerNorm has used: [N, 1]. */
  layerNormStatistic: {
    readonly inputs: readonly [normalised: Tensor];
    readonly which: "mean" | "invStd";
  };
  /** −log softmax(logits)[label] per row. */
  crossEntropy: { readonly inputs: readonly [logits: Tensor, labels: Tensor] };

  // Recurrence
  /** Steps one after another. Its inputs: first states, sequences, and what its body reads around it. */
  scan: { readonly inputs: readonly Tensor[]; readonly body: ScanBody };
  /** Of a scan: the states after the last step, then what the steps gave, stacked. */
  scanPart: { readonly inputs: readonly [scan: Tensor]; readonly index: number };
  /** A value that brings its vjp along: one cotangent per input. */
  withVjp: {
    readonly inputs: readonly Tensor[];
    readonly value: Tensor;
    readonly vjp: (cotangent: Tensor) => readonly (Tensor | null)[];
  };
}

/** The name of a primitive. */
export type Op = keyof Primitives;

/** The primitive called K; the closed discriminated union when K is left out. */
export type Primitive<K extends Op = Op> = {
  [P in K]: { readonly op: P } & Primitives[P];
}[K];

/** A tensor computed by a primitive. */
export function tensorOf(
  primitive: Primitive,
  dtype: DType,
  dims: readonly Dim[],
  name = "",
): Tensor {
  return { primitive, dtype, dims, name };
}
