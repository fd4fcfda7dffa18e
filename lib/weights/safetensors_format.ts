/**
 * What a safetensors file must be: a length of 8 bytes, a JSON header of that length, and the
 * tensors' bytes where the header says.
 *
 * @module
 */
import { messageOf, UserError } from "../core/errors.ts";

/** What a header says of a tensor. */
export interface TensorEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Bytes, counted from the header's end. */
  readonly data_offsets: readonly [start: number, end: number];
}

/** Bytes of one element, for the types that can be read. */
const sizes: Readonly<Record<string, number>> = { F32: 4, F16: 2, BF16: 2 };

/** No header of a real model comes near this. */
const largestHeaderBytes = 100 * 2 ** 20;

/** No model has as many, and each costs work whatever its size. */
const mostTensors = 200_000;

/** The header's length stands in as many bytes. */
export const lengthBytes = 8;

/** A tensor that is about to be written. */
export interface SizedTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly sizeBytes: number;
}

/**
 * What stands before the bytes of tensors that follow each other: a length and a JSON header, padded
 * to 8 bytes.
 *
 * @param metadata free text by key
 */
export function encodeHeader(
  tensors: readonly (readonly [name: string, SizedTensor])[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const entries: [string, unknown][] = [["__metadata__", { format: "pt", ...metadata }]];
  let offset = 0;
  for (const [name, { dtype, shape, sizeBytes }] of tensors) {
    entries.push([name, { dtype, shape, data_offsets: [offset, offset += sizeBytes] }]);
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(lengthBytes + headerBytes).fill(0x20, lengthBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.set(json, lengthBytes);
  return bytes;
}

/** An error that names the file and says what to do. */
export function unreadable(path: string, why: string, cause?: unknown): UserError {
  return new UserError({
    message: `Cannot read ${path} as safetensors: ${why}`,
    hint: "the file may be truncated or of another kind: make or fetch it again",
  }, { cause });
}

/**
 * The size of the header, in bytes. To be asked before anything of that size is made.
 *
 * @param first the first 8 bytes of the file, fewer where it has fewer
 * @param sizeBytes of the whole file
 * @throws {UserError} when the file cannot hold such a header
 */
export function headerSize(path: string, first: Uint8Array, sizeBytes: number): number {
  if (first.length < lengthBytes) {
    throw unreadable(path, `it has ${sizeBytes} bytes, fewer than a header's length`);
  }
  const claimed = new DataView(first.buffer, first.byteOffset).getBigUint64(0, true);
  if (claimed > BigInt(Math.min(largestHeaderBytes, sizeBytes - lengthBytes))) {
    throw unreadable(path, `its header claims ${claimed} bytes, the file has ${sizeBytes}`);
  }
  return Number(claimed);
}

/**
 * The entries of a header, each checked, in the header's order.
 *
 * @param dataBytes what follows the header in the file
 * @throws {UserError} when the header is no JSON object of entries, or does not fit the data
 */
export function parseHeader(
  path: string,
  header: Uint8Array,
  dataBytes: number,
): Map<string, TensorEntry> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(header));
  } catch (cause) {
    throw unreadable(path, `its header is not JSON (${messageOf(cause)})`, cause);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw unreadable(path, "its header is not an object");
  }
  const entries = Object.entries(parsed).filter(([name]) => name !== "__metadata__");
  if (entries.length > mostTensors) {
    throw unreadable(path, `it has ${entries.length} tensors, more than ${mostTensors}`);
  }
  for (const [name, entry] of entries) checkEntry(path, name, entry, dataBytes);
  checkOrder(path, entries, dataBytes);
  return new Map(entries);
}

/**
 * Tensors follow one another and fill the file, as the format has it: bytes that nothing names could
 * be anything, and of a name that stands twice one tensor's bytes are left over.
 */
function checkOrder(
  path: string,
  entries: readonly (readonly [name: string, TensorEntry])[],
  dataBytes: number,
): void {
  const placed = entries.map(([name, { data_offsets: [start, end] }]) => ({ name, start, end }))
    .sort((a, b) => a.start - b.start || a.end - b.end);
  let at = 0, before = "";
  for (const { name, start, end } of placed) {
    if (start < at) throw unreadable(path, `tensors "${before}" and "${name}" overlap`);
    if (start > at) throw unreadable(path, `bytes ${at} … ${start} belong to no tensor`);
    [at, before] = [end, name];
  }
  if (at < dataBytes) throw unreadable(path, `bytes ${at} … ${dataBytes} belong to no tensor`);
}

function checkEntry(path: string, name: string, entry: unknown, dataBytes: number): void {
  const { dtype, shape, data_offsets: range } = Object(entry) as Partial<TensorEntry>;
  const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0;
  if (
    typeof dtype !== "string" || !Array.isArray(shape) || !shape.every(isCount) ||
    !Array.isArray(range) || range.length !== 2
  ) {
    throw unreadable(path, `tensor "${name}" lacks a dtype, a shape or offsets`);
  }
  const [start, end] = range;
  if (!range.every(isCount) || end < start || end > dataBytes) {
    throw unreadable(path, `tensor "${name}" lies at ${start} … ${end}, outside the file`);
  }
  const count = shape.reduce((a, b) => a * b, 1);
  if (Object.hasOwn(sizes, dtype) && end - start !== sizes[dtype] * count) {
    throw unreadable(path, `tensor "${name}" of shape [${shape}] has ${end - start} bytes`);
  }
}

/** @throws {UserError} when a tensor is of a type other than F32, F16 and BF16 */
export function checkReadable(path: string, name: string, { dtype }: TensorEntry): void {
  if (Object.hasOwn(sizes, dtype)) return;
  throw unreadable(path, `tensor "${name}" is ${dtype}, expected F32, F16 or BF16`);
}

/** The numbers of a readable tensor. F32 keeps the memory that it is given. */
export function toFloat32(bytes: Uint8Array<ArrayBuffer>, { dtype }: TensorEntry): Float32Array {
  if (dtype === "F32") return new Float32Array(bytes.buffer);
  const halves = new Uint16Array(bytes.buffer);
  const values = new Float32Array(halves.length);
  const bits = new Uint32Array(values.buffer);
  if (dtype === "BF16") halves.forEach((half, i) => bits[i] = half << 16);
  else halves.forEach((half, i) => values[i] = halfToNumber(half));
  return values;
}

/** IEEE 754 binary16. */
function halfToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f, fraction = half & 0x3ff;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
