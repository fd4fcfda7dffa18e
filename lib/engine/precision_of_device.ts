/**
 * How exact products may be on which device.
 *
 * @module
 */
import type { Precision } from "../autodiff/lowering.ts";
import type { Problem } from "../core/errors.ts";
import type { Provider } from "../onnx/provider.ts";

/** Why a device cannot train in a precision; nothing where it can. */
export function precisionProblem(device: Provider, precision: Precision): Problem | undefined {
  if (precision === "float32" || device === "cuda") return undefined;
  if (device === "webgpu" && precision === "float16") return undefined;
  return {
    message: `Cannot train in ${precision} on ${device}`,
    hint: device === "cpu"
      ? "the processor has float32 alone: leave precision out, or use --device cuda or webgpu"
      : "WebGPU has float32 and float16",
  };
}
