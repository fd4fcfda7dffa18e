/**
 * Steps one after another, each of which reads a state and an entry of some sequences.
 *
 * @module
 */
import type { Dim } from "../onnx/dtype.ts";
import { buildError, requireFloat } from "./build_error.ts";
import { sameDims } from "./dims.ts";
import { input } from "./leaves.ts";
import { operandsOf, pathsTo } from "./paths.ts";
import { type ScanBody, type Tensor, tensorOf } from "./primitive.ts";

/** What a step makes of a state and its entries. */
export interface ScanStep {
  /** The state after the step, with the dims that it had before. */
  readonly next: readonly Tensor[];
  /** What the step gives. */
  readonly given: readonly Tensor[];
}

/** What a scan comes to. */
export interface ScanResult {
  /** The state after the last step. */
  readonly last: readonly Tensor[];
  /** What the steps gave, stacked: [T, ...]. */
  readonly given: readonly Tensor[];
}

/**
 * Runs a step for each of T entries, T ≥ 1. The step may read any tensor around it.
 *
 * @param initial the state before the first step, float32
 * @param sequences [T, ...] each
 * @param options.reverse whether the last entry comes first; what steps give lies where they read
 * @throws {Error} when lengths differ, nothing is read, or a state changes its dims
 */
export function scan(
  initial: readonly Tensor[],
  sequences: readonly Tensor[],
  step: (state: readonly Tensor[], entries: readonly Tensor[]) => ScanStep,
  { reverse = false, name = "" }: { readonly reverse?: boolean; readonly name?: string } = {},
): ScanResult {
  requireFloat("scan", name, ...initial);
  const length = sequences[0]?.dims[0];
  if (length === undefined || sequences.some(({ dims }) => dims[0] !== length)) {
    throw buildError("scan", name, "its sequences must have one length", sequences);
  }
  const before = initial.map(({ dtype, dims }) => input(`${name}.state`, dtype, dims));
  const read = sequences.map(({ dtype, dims }) => input(`${name}.entry`, dtype, dims.slice(1)));
  const { next, given } = step(before, read);
  if (next.length !== before.length || next.some((after, i) => !fits(after, before[i]))) {
    throw buildError("scan", name, "a step must keep the dims of its state", [...before, ...next]);
  }
  const carried = before.map((state, i) => ({ before: state, after: next[i] }));
  return scanOf({ length, reverse, carried, read, given: [...given] }, initial, sequences, name);
}

/** A scan of a body that is there. Any tensors can stand for what its steps read. */
export function scanOf(
  body: ScanBody,
  initial: readonly Tensor[],
  sequences: readonly Tensor[],
  name = "",
): ScanResult {
  const inputs = [...initial, ...sequences, ...capturedBy(body)];
  const whole = tensorOf({ op: "scan", inputs, body }, "float32", [], name);
  return {
    last: body.carried.map((_, i) => scanPart(whole, i)),
    given: body.given.map((_, i) => scanPart(whole, body.carried.length + i)),
  };
}

/** A value that a scan gives, by its index: states first. */
export function scanPart(whole: Tensor, index: number): Tensor {
  const { primitive } = whole;
  if (primitive.op !== "scan") {
    throw buildError("scanPart", "", "its input must be a scan", [primitive.op]);
  }
  const { carried, given, length } = primitive.body;
  const [of, leading]: [Tensor, Dim[]] = index < carried.length
    ? [carried[index].after, []]
    : [given[index - carried.length], [length]];
  return tensorOf(
    { op: "scanPart", inputs: [whole], index },
    of.dtype,
    [...leading, ...of.dims],
    of.name,
  );
}

/** What stands for a step's state and entries. */
export function boundBy({ carried, read }: ScanBody): Set<Tensor> {
  return new Set([...carried.map(({ before }) => before), ...read]);
}

/** What a step computes of its state and entries, both among them. */
export function computedBy(body: ScanBody): Set<Tensor> {
  const ends = [...body.carried.map(({ after }) => after), ...body.given];
  return new Set(pathsTo(ends, boundBy(body), { operands: operandsOf, stops: true }));
}

/** What a step reads of the graph around the scan. */
export function capturedBy(body: ScanBody): Tensor[] {
  const bound = boundBy(body), computed = computedBy(body);
  const ends = [...body.carried.map(({ after }) => after), ...body.given];
  const read = [...computed].flatMap((tensor) => bound.has(tensor) ? [] : operandsOf(tensor));
  return [...new Set([...ends, ...read].filter((tensor) => !computed.has(tensor)))];
}

function fits(after: Tensor, before: Tensor): boolean {
  return after.dtype === before.dtype && sameDims(after.dims, before.dims);
}

/**
 * A value that brings its vjp along, where a better one is known than that which its parts have.
 *
 * @param inputs what cotangents flow back to
 * @param vjp given the cotangent of the value, those of the inputs; null where nothing flows back
 */
export function withVjp(
  value: Tensor,
  inputs: readonly Tensor[],
  vjp: (cotangent: Tensor) => readonly (Tensor | null)[],
): Tensor {
  return tensorOf({ op: "withVjp", inputs, value, vjp }, value.dtype, value.dims, value.name);
}
