/**
 * Sequences in rows, one after another, as recurrent layers read them (`lib/nn/lstm.ts`).
 *
 * @module
 */
import type { HostTensor } from "../onnx/dtype.ts";
import { packRows } from "./encoder/row_packing.ts";

/** Where sequences lie in B rows of T entries, in sequence-first order. */
export interface SequenceRows {
  readonly rows: number;
  readonly longest: number;
  /** The row t·B + b of an entry of a sequence. */
  at(sequence: number, entry: number): number;
  /** float32 [T, B, 1]: 1 where a state goes on from the entry before, 0 at first entries. */
  readonly forward: HostTensor;
  /** The same from the other end. */
  readonly backward: HostTensor;
  /** int64 [T, B]: a value for every entry; 0 elsewhere. */
  ids(of: (sequence: number, entry: number) => number): HostTensor;
}

/**
 * Lays sequences out.
 *
 * @param lengths of the sequences, at least one
 */
export function sequenceRows(lengths: readonly number[]): SequenceRows {
  const { B: rows, T: longest, places } = packRows(lengths);
  const at = (sequence: number, entry: number) =>
    (places[sequence].offset + entry) * rows + places[sequence].row;
  const size = longest * rows;
  const forward = new Float32Array(size), backward = new Float32Array(size);
  lengths.forEach((length, s) => {
    for (let t = 0; t < length; t++) {
      forward[at(s, t)] = t > 0 ? 1 : 0;
      backward[at(s, t)] = t < length - 1 ? 1 : 0;
    }
  });
  const float = (data: Float32Array) =>
    ({ dtype: "float32", dims: [longest, rows, 1], data }) as const;
  return {
    rows,
    longest,
    at,
    forward: float(forward),
    backward: float(backward),
    ids(of) {
      const data = new BigInt64Array(size);
      lengths.forEach((length, s) => {
        for (let t = 0; t < length; t++) data[at(s, t)] = BigInt(of(s, t));
      });
      return { dtype: "int64", dims: [longest, rows], data };
    },
  };
}

/** An int64 tensor with one axis. */
export function indices(values: readonly number[]): HostTensor {
  return { dtype: "int64", dims: [values.length], data: BigInt64Array.from(values, BigInt) };
}
