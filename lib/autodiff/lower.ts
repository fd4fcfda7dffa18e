/**
 * The lowering of each execution provider.
 *
 * @module
 */
import type { Provider } from "../onnx/provider.ts";
import { lowerCpu } from "./lower_cpu.ts";
import { lowerCuda } from "./lower_cuda.ts";
import { lowerWebgpu } from "./lower_webgpu.ts";

/** Writes a model for a provider, from inputs and outputs by name. */
export const lowerFor: Readonly<Record<Provider, typeof lowerCpu>> = {
  cpu: lowerCpu,
  webgpu: lowerWebgpu,
  cuda: lowerCuda,
};
