/**
 * A safetensors file in memory.
 *
 * @module
 */
import type { FloatTensor } from "../../onnx/dtype.ts";
import { safetensorsBytes } from "../safetensors.ts";

/** The bytes of a safetensors file with these tensors, in the order given. */
export function encodeSafetensors(tensors: ReadonlyMap<string, FloatTensor>): Uint8Array {
  const chunks = [...safetensorsBytes(tensors)];
  const bytes = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
