/**
 * Element types of tensors, and the typed arrays that hold them.
 *
 * @module
 */

/** The element types that crosstie's graphs use. */
export type DType = "float32" | "float64" | "int32" | "int64" | "uint64" | "uint8" | "bool";

/** A typed array per element type; a `bool` takes one byte, 0 or 1. */
export interface TypedArrays {
  float32: Float32Array;
  float64: Float64Array;
  int32: Int32Array;
  int64: BigInt64Array;
  uint64: BigUint64Array;
  uint8: Uint8Array;
  bool: Uint8Array;
}

/** Any typed array that can hold a tensor. */
export type TypedArray = TypedArrays[DType];

/** A size along an axis: known, or a symbol ("B") or product of them ("12*B*T"). */
export type Dim = number | string;

/** A tensor in host memory. `data` may be a view of WebAssembly memory. */
export interface HostTensor {
  readonly dtype: DType;
  readonly dims: readonly number[];
  readonly data: TypedArray;
}

/** A float32 tensor in host memory. */
export interface FloatTensor extends HostTensor {
  readonly dtype: "float32";
  readonly data: Float32Array;
}

/** A float32 tensor of these dims. */
export function floatTensor(dims: readonly number[], data: Float32Array): FloatTensor {
  return { dtype: "float32", dims, data };
}

/** What is known of a value before it exists. */
export interface ValueInfo {
  readonly name: string;
  readonly dtype: DType;
  readonly dims: readonly Dim[];
}

const constructors = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

/** Whether an array's class is the one that holds `dtype`. */
export function holdsDType(data: TypedArray, dtype: DType): boolean {
  return data instanceof constructors[dtype];
}

/** A zeroed array for `size` elements. */
export function allocate(dtype: DType, size: number): TypedArray {
  return new constructors[dtype](size);
}

/** The number of elements of a tensor with these dims; 1 for a scalar. */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** Dims as people read them: `[B, T, 512]`. */
export function formatDims(dims: readonly Dim[]): string {
  return `[${dims.join(", ")}]`;
}
