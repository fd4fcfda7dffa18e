/**
 * Reads and writes safetensors files: an 8-byte length, a JSON header, the tensors' bytes.
 *
 * @module
 */
import {
  checkReadable,
  headerSize,
  lengthBytes,
  parseHeader,
  toFloat32,
} from "./safetensors_format.ts";

/** A float32 tensor in host memory. */
export interface NamedTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * What stands before the bytes of float32 tensors in a safetensors file: a length and a JSON header.
 *
 * @param metadata free text by key
 */
export function safetensorsHeader(
  tensors: ReadonlyMap<string, NamedTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: { format: "pt", ...metadata } };
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    header[name] = {
      dtype: "F32",
      shape,
      data_offsets: [offset, offset += data.byteLength],
    };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(lengthBytes + headerBytes).fill(0x20, lengthBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.set(json, lengthBytes);
  return bytes;
}

/**
 * The bytes of a safetensors file with float32 tensors in the order given. Equal tensors give equal
 * bytes.
 */
export function encodeSafetensors(tensors: ReadonlyMap<string, NamedTensor>): Uint8Array {
  const header = safetensorsHeader(tensors);
  let at = header.length;
  const total = [...tensors.values()].reduce((sum, { data }) => sum + data.byteLength, at);
  const bytes = new Uint8Array(total);
  bytes.set(header);
  for (const { data } of tensors.values()) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * The tensors of a safetensors file, as float32.
 *
 * @param file the file's name, for errors
 * @throws {UserError} when the header is not what the bytes hold, or a tensor is of a type other
 * than F32, F16 and BF16
 */
export function decodeSafetensors(bytes: Uint8Array, file: string): Map<string, NamedTensor> {
  const headerBytes = headerSize(file, bytes.subarray(0, lengthBytes), bytes.length);
  const dataStart = lengthBytes + headerBytes;
  const header = bytes.subarray(lengthBytes, dataStart);
  const entries = parseHeader(file, header, bytes.length - dataStart);
  return new Map([...entries].map(([name, entry]) => {
    checkReadable(file, name, entry);
    const { shape, data_offsets: [start, end] } = entry;
    return [name, {
      shape,
      data: toFloat32(bytes.slice(dataStart + start, dataStart + end), entry),
    }];
  }));
}
