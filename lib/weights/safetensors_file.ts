/**
 * Reads tensors one by one from a safetensors file on disk, as float32.
 *
 * @module
 */
import { type FloatTensor, floatTensor } from "../onnx/dtype.ts";
import {
  checkReadable,
  headerSize,
  lengthBytes,
  parseHeader,
  type SizedTensor,
  type TensorEntry,
  toFloat32,
  unreadable,
} from "./safetensors_format.ts";

/** Bytes copied at once. */
const pieceBytes = 2 ** 22;

/** An open safetensors file. Only its header is held in memory. */
export class SafetensorsFile implements Disposable {
  readonly path: string;
  readonly #file: Deno.FsFile;
  readonly #entries: ReadonlyMap<string, TensorEntry>;
  readonly #dataStart: number;

  private constructor(
    path: string,
    file: Deno.FsFile,
    entries: ReadonlyMap<string, TensorEntry>,
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
      const { size } = await file.stat();
      const first = await readAt(file, path, 0, Math.min(lengthBytes, size));
      const headerBytes = headerSize(path, first, size);
      const dataStart = lengthBytes + headerBytes;
      const header = await readAt(file, path, lengthBytes, headerBytes);
      const entries = parseHeader(path, header, size - dataStart);
      return new SafetensorsFile(path, file, entries, dataStart);
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

  /** Type, shape and size of a tensor of any type; undefined where the file has none of that name. */
  sizeOf(name: string): SizedTensor | undefined {
    const entry = this.#entries.get(name);
    if (!entry) return undefined;
    const { dtype, shape, data_offsets: [start, end] } = entry;
    return { dtype, shape, sizeBytes: end - start };
  }

  /**
   * The bytes of one tensor of any type as they lie in the file, in pieces; each piece is to be used
   * before the next is asked for.
   *
   * @throws {UserError} when it is missing or the file is cut
   */
  async *bytesOf(name: string): AsyncGenerator<Uint8Array> {
    const entry = this.#entries.get(name);
    if (!entry) throw unreadable(this.path, `it has no tensor "${name}"`);
    const [start, end] = entry.data_offsets;
    const buffer = new Uint8Array(Math.min(pieceBytes, end - start));
    for (let at = start; at < end;) {
      const piece = buffer.subarray(0, Math.min(pieceBytes, end - at));
      await readInto(this.#file, this.path, this.#dataStart + at, piece);
      yield piece;
      at += piece.length;
    }
  }

  /**
   * One tensor, converted to float32.
   *
   * @throws {UserError} when it is missing or of a type other than F32, F16 and BF16
   */
  async read(name: string): Promise<FloatTensor> {
    const entry = this.#entries.get(name);
    if (!entry) throw unreadable(this.path, `it has no tensor "${name}"`);
    checkReadable(this.path, name, entry);
    const { shape, data_offsets: [start, end] } = entry;
    const bytes = await readAt(this.#file, this.path, this.#dataStart + start, end - start);
    return floatTensor(shape, toFloat32(bytes, entry));
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#file.close();
  }
}

/**
 * All tensors of a file, in its order.
 *
 * @throws {UserError} when it is not what a safetensors file must be
 */
export async function readSafetensors(path: string): Promise<Map<string, FloatTensor>> {
  using file = await SafetensorsFile.open(path);
  const tensors = new Map<string, FloatTensor>();
  for (const name of file.names) tensors.set(name, await file.read(name));
  return tensors;
}

async function readAt(file: Deno.FsFile, path: string, at: number, count: number) {
  const bytes = new Uint8Array(count);
  await readInto(file, path, at, bytes);
  return bytes;
}

async function readInto(
  file: Deno.FsFile,
  path: string,
  at: number,
  bytes: Uint8Array,
): Promise<void> {
  await file.seek(at, Deno.SeekMode.Start);
  for (let got = 0; got < bytes.length;) {
    const read = await file.read(bytes.subarray(got));
    if (read === null) {
      throw unreadable(path, `it ends at ${at + got}, before ${at + bytes.length}`);
    }
    got += read;
  }
}
