/**
 * Reads tensors one by one from a safetensors file on disk, as float32.
 *
 * @module
 */
import { openFile } from "../core/small_file.ts";
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

/** Many bytes are read in shares by several readers: fresh memory costs a core more than the file. */
const readers = 4, shareBytes = 2 ** 24;

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
    const file = openFile(path);
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
    return (await this.readAll([name])).get(name)!;
  }

  /**
   * Some tensors, converted to float32, in the order given.
   *
   * @throws {UserError} when one is missing or of a type other than F32, F16 and BF16
   */
  async readAll(names: readonly string[] = this.names): Promise<Map<string, FloatTensor>> {
    const found = names.map((name) => {
      const entry = this.#entries.get(name);
      if (!entry) throw unreadable(this.path, `it has no tensor "${name}"`);
      checkReadable(this.path, name, entry);
      const [start, end] = entry.data_offsets;
      return { name, entry, at: this.#dataStart + start, bytes: new Uint8Array(end - start) };
    });
    await this.#readShares(found);
    return new Map(
      found.map(({ name, entry, bytes }) => [
        name,
        floatTensor(entry.shape, toFloat32(bytes, entry)),
      ]),
    );
  }

  /** Reads the bytes of tensors, with more readers than one where there are many. */
  async #readShares(parts: readonly { at: number; bytes: Uint8Array }[]): Promise<void> {
    const shares = parts.flatMap(({ at, bytes }) =>
      Array.from({ length: Math.ceil(bytes.length / shareBytes) }, (_, i) => {
        const from = i * shareBytes;
        return { at: at + from, bytes: bytes.subarray(from, from + shareBytes) };
      })
    );
    const take = async (file: Deno.FsFile): Promise<void> => {
      for (let share = shares.shift(); share; share = shares.shift()) {
        await readInto(file, this.path, share.at, share.bytes);
      }
    };
    const total = parts.reduce((sum, { bytes }) => sum + bytes.length, 0);
    if (total < 2 * shareBytes) return await take(this.#file);
    const { dev, ino } = await this.#file.stat();
    await Promise.all(Array.from({ length: readers }, async () => {
      using file = openFile(this.path);
      const its = await file.stat();
      if (its.dev !== dev || its.ino !== ino) {
        throw unreadable(this.path, "another file took its place while it was read");
      }
      await take(file);
    }));
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
  return await file.readAll();
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
