/**
 * Reads tensors one by one from a safetensors file on disk, as float32.
 *
 * @module
 */
import { messageOf, UserError } from "../core/errors.ts";
import type { NamedTensor } from "./safetensors.ts";

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [start: number, end: number];
}

/** Bytes of one element, for the types that can be read. */
const sizes: Readonly<Record<string, number>> = { F32: 4, F16: 2, BF16: 2 };

/** No header of a real model comes near this. */
const largestHeaderBytes = 100 * 2 ** 20;

/** An open safetensors file. Only its header is held in memory. */
export class SafetensorsFile implements Disposable {
  readonly path: string;
  readonly #file: Deno.FsFile;
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #dataStart: number;

  private constructor(
    path: string,
    file: Deno.FsFile,
    entries: ReadonlyMap<string, Entry>,
    dataStart: number,
  ) {
    this.path = path;
    this.#file = file;
    this.#entries = entries;
    this.#dataStart = dataStart;
  }

  /**
   * Opens a file and checks its header.
   *
   * @throws {UserError} when the header is not what the file holds
   */
  static async open(path: string): Promise<SafetensorsFile> {
    const file = await Deno.open(path);
    try {
      const sizeBytes = (await file.stat()).size;
      if (sizeBytes < 8) {
        throw unreadable(path, `it has ${sizeBytes} bytes, fewer than a header's length`);
      }
      const headerBytes = new DataView((await readAt(file, path, 0, 8)).buffer)
        .getBigUint64(0, true);
      if (headerBytes > BigInt(Math.min(largestHeaderBytes, sizeBytes - 8))) {
        throw unreadable(path, `its header claims ${headerBytes} bytes, the file has ${sizeBytes}`);
      }
      const dataStart = 8 + Number(headerBytes);
      const header = parseHeader(path, await readAt(file, path, 8, Number(headerBytes)));
      for (const [name, entry] of header) checkEntry(path, name, entry, sizeBytes - dataStart);
      return new SafetensorsFile(path, file, header, dataStart);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** The tensors' names, in the header's order. */
  get names(): string[] {
    return [...this.#entries.keys()];
  }

  /** The shape of a tensor; undefined where the file has none of that name. */
  shapeOf(name: string): readonly number[] | undefined {
    return this.#entries.get(name)?.shape;
  }

  /**
   * One tensor, converted to float32.
   *
   * @throws {UserError} when it is missing or of a type other than F32, F16 and BF16
   */
  async read(name: string): Promise<NamedTensor> {
    const entry = this.#entries.get(name);
    if (!entry) throw unreadable(this.path, `it has no tensor "${name}"`);
    const { dtype, shape, data_offsets: [start, end] } = entry;
    if (!(dtype in sizes)) {
      throw unreadable(this.path, `tensor "${name}" is ${dtype}, expected F32, F16 or BF16`);
    }
    const bytes = await readAt(this.#file, this.path, this.#dataStart + start, end - start);
    return { shape, data: toFloat32(bytes, dtype) };
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#file.close();
  }
}

function unreadable(path: string, why: string, cause?: unknown): UserError {
  return new UserError({
    message: `Cannot read ${path} as safetensors: ${why}`,
    hint: "the file may be truncated or of another kind: make or fetch it again",
  }, { cause });
}

async function readAt(file: Deno.FsFile, path: string, at: number, count: number) {
  const bytes = new Uint8Array(count);
  await file.seek(at, Deno.SeekMode.Start);
  for (let got = 0; got < count;) {
    const read = await file.read(bytes.subarray(got));
    if (read === null) throw unreadable(path, `it ends at ${at + got}, before ${at + count}`);
    got += read;
  }
  return bytes;
}

function parseHeader(path: string, bytes: Uint8Array): Map<string, Entry> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw unreadable(path, `its header is not JSON (${messageOf(cause)})`, cause);
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) {
    throw unreadable(path, "its header is not an object");
  }
  return new Map(Object.entries(header).filter(([name]) => name !== "__metadata__"));
}

function checkEntry(path: string, name: string, entry: unknown, dataBytes: number): void {
  const { dtype, shape, data_offsets: range } = Object(entry) as Partial<Entry>;
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
  if (dtype in sizes && end - start !== sizes[dtype] * count) {
    throw unreadable(path, `tensor "${name}" of shape [${shape}] has ${end - start} bytes`);
  }
}

function toFloat32(bytes: Uint8Array<ArrayBuffer>, dtype: string): Float32Array {
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
