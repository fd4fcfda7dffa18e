/**
 * The lowering table of the cpu execution provider: what each primitive is in ONNX.
 *
 * @module
 */
import { fullLowerings, sharedLowerings } from "./lower_common.ts";
import { lower, type LoweringOptions, type LoweringTable } from "./lowering.ts";
import type { Tensor } from "./primitive.ts";

const table: LoweringTable = { ...sharedLowerings, ...fullLowerings };

/**
 * A model for the cpu execution provider that computes `outputs`, by name, from `inputs`.
 *
 * @throws {Error} when an output needs an input that is not listed
 */
export function lowerCpu(
  name: string,
  inputs: readonly Tensor[],
  outputs: Readonly<Record<string, Tensor>>,
  options: LoweringOptions = {},
): Uint8Array<ArrayBuffer> {
  return lower(name, table, inputs, outputs, options);
}
