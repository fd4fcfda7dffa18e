/**
 * The lowering table of the cuda execution provider: what each primitive is in ONNX.
 *
 * The runtime's CUDA kernels cover all that the cpu table uses, FusedMatMul with transposed batch
 * axes included, so nothing is written down twice: both tables are made of the same parts, and a
 * graph for cuda also runs on the cpu provider. NOTE: ScatterElements adds in any order on CUDA,
 * so that the last bits of an embedding's gradient may differ from run to run.
 *
 * @module
 */
import { fullLowerings, sharedLowerings } from "./lower_common.ts";
import { lower, type LoweringOptions, type LoweringTable } from "./lowering.ts";
import type { Tensor } from "./primitive.ts";

/** The table. */
export const cudaLowerings: LoweringTable = { ...sharedLowerings, ...fullLowerings };

/**
 * A model for the cuda execution provider that computes `outputs`, by name, from `inputs`.
 *
 * @throws {Error} when an output needs an input that is not listed
 */
export function lowerCuda(
  name: string,
  inputs: readonly Tensor[],
  outputs: Readonly<Record<string, Tensor>>,
  options: LoweringOptions = {},
): Uint8Array<ArrayBuffer> {
  return lower(name, cudaLowerings, inputs, outputs, options);
}
