/**
 * The one form of errors about tensors that do not fit.
 *
 * @module
 */
import { formatDims } from "../onnx/dtype.ts";
import type { Tensor } from "./primitive.ts";

/** `Cannot build MatMul "encoder.0.query" as <rule>: got [B, T, 512] and [768, 768]`. */
export function buildError(
  what: string,
  name: string,
  rule: string,
  got: readonly (Tensor | string)[],
): Error {
  const given = got.map((item) => typeof item === "string" ? item : formatDims(item.dims));
  const title = name === "" ? what : `${what} "${name}"`;
  return new Error(`Cannot build ${title} as ${rule}: got ${given.join(" and ")}`);
}

/** @throws {Error} unless every tensor is float32 */
export function requireFloat(what: string, name: string, ...tensors: readonly Tensor[]): void {
  if (tensors.every((tensor) => tensor.dtype === "float32")) return;
  throw buildError(what, name, "operands must be float32", tensors.map((tensor) => tensor.dtype));
}

/** @throws {Error} unless the tensor has that dtype */
export function requireDType(
  what: string,
  name: string,
  role: string,
  tensor: Tensor,
  dtype: string,
): void {
  if (tensor.dtype === dtype) return;
  throw buildError(what, name, `its ${role} must be ${dtype}`, [tensor.dtype]);
}
