/**
 * A safetensors file in memory.
 *
 * @module
 */
import type { FloatTensor } from "../../onnx/dtype.ts";
import { safetensorsBytes } from "../safetensors.ts";

/** The bytes of a safetensors file with these tensors. */
export function encodeSafetensors(tensors: ReadonlyMap<string, FloatTensor>): Uint8Array {
  const parts = [...safetensorsBytes(tensors)];
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
