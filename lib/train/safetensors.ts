/**
 * Reads and writes safetensors files: an 8-byte length, a JSON header, the tensors' bytes.
 *
 * @module
 */
import { messageOf, UserError } from "../core/errors.ts";

/** A float32 tensor in host memory. */
export interface NamedTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

interface HeaderEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** No header of a real model comes near this. */
const largestHeader = 100 * 2 ** 20;

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
  const bytes = new Uint8Array(8 + headerBytes).fill(0x20, 8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.set(json, 8);
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
 * The float32 tensors of a safetensors file.
 *
 * @param file the file's name, for errors
 * @throws {UserError} when the header is not what the bytes hold
 */
export function decodeSafetensors(bytes: Uint8Array, file: string): Map<string, NamedTensor> {
  const fail = (why: string, cause?: unknown) =>
    new UserError({
      message: `Cannot read ${file} as safetensors: ${why}`,
      hint: "the file may be truncated or of another kind: make or fetch it again",
    }, { cause });
  if (bytes.length < 8) throw fail(`it has ${bytes.length} bytes, fewer than a header's length`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = view.getBigUint64(0, true);
  if (headerBytes > BigInt(Math.min(largestHeader, bytes.length - 8))) {
    throw fail(`its header claims ${headerBytes} bytes, the file has ${bytes.length}`);
  }
  const dataStart = 8 + Number(headerBytes);
  let header: Record<string, HeaderEntry>;
  try {
    header = JSON.parse(
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, dataStart)),
    );
  } catch (cause) {
    throw fail(`its header is not JSON (${messageOf(cause)})`, cause);
  }
  const tensors = new Map<string, NamedTensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const { dtype, shape, data_offsets: range } = entry;
    if (dtype !== "F32") throw fail(`tensor "${name}" is ${dtype}, expected F32`);
    if (!Array.isArray(shape) || !Array.isArray(range)) {
      throw fail(`tensor "${name}" has no shape or no offsets`);
    }
    const [start, end] = range;
    const count = shape.reduce((a, b) => a * b, 1);
    if (!(start >= 0 && end >= start && dataStart + end <= bytes.length)) {
      throw fail(`tensor "${name}" lies at ${start} … ${end}, outside the file`);
    }
    if (end - start !== 4 * count) {
      throw fail(`tensor "${name}" of shape [${shape}] has ${end - start} bytes`);
    }
    tensors.set(name, {
      shape,
      data: new Float32Array(bytes.slice(dataStart + start, dataStart + end).buffer),
    });
  }
  return tensors;
}
