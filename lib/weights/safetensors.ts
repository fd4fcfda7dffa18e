/**
 * Writes safetensors files: an 8-byte length, a JSON header, the tensors' bytes.
 *
 * @module
 */
import type { FloatTensor } from "../onnx/dtype.ts";
import { encodeHeader } from "./safetensors_format.ts";

/** Bytes written at once. */
const chunkBytes = 2 ** 24;

/**
 * The bytes of a safetensors file with float32 tensors in the order given, piece by piece. Equal
 * tensors give equal bytes; no tensor is copied.
 *
 * @param metadata free text by key
 */
export function* safetensorsBytes(
  tensors: ReadonlyMap<string, FloatTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Generator<Uint8Array> {
  const sized = [...tensors].map(([name, { dims, data: { byteLength } }]) =>
    [name, { dtype: "F32", shape: dims, sizeBytes: byteLength }] as const
  );
  yield encodeHeader(sized, metadata);
  yield* tensorBytes(tensors);
}

/** The bytes of the tensors alone, as views: whoever writes into them fills the tensors. */
export function* tensorBytes(tensors: ReadonlyMap<string, FloatTensor>): Generator<Uint8Array> {
  for (const { data: { buffer, byteOffset, byteLength } } of tensors.values()) {
    for (let at = 0; at < byteLength; at += chunkBytes) {
      yield new Uint8Array(buffer, byteOffset + at, Math.min(chunkBytes, byteLength - at));
    }
  }
}

/** Writes float32 tensors, without a copy of them in memory. */
export function writeSafetensors(path: string, tensors: ReadonlyMap<string, FloatTensor>): void {
  using file = Deno.openSync(path, { write: true, create: true, truncate: true });
  for (const bytes of safetensorsBytes(tensors)) writeAll(file, bytes);
}

/** Writes all of some bytes. */
export function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}
