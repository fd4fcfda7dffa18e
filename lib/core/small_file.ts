/**
 * Reads files that must be small, of a stranger's perhaps: no device or pipe is opened, none that is
 * too large is taken into memory, and JSON that is nested without end is not parsed.
 *
 * @module
 */
import { messageOf, UserError } from "./errors.ts";

/** The largest file of settings that is read, in bytes. */
export const smallBytes = 16 * 2 ** 20;

/** The largest text that is held in memory, in bytes: about the longest string of JavaScript. */
export const textBytes = 2 ** 29 - 2 ** 16;

/** How deep JSON may be nested: what walks through it later has one call for each level. */
const deepest = 200;

/**
 * The bytes of a file.
 *
 * @param most the largest file that is read, in bytes
 * @throws {UserError} when there is something else than a file, or it is too large
 * @throws {Deno.errors.NotFound} when there is nothing
 */
export async function readSmallBytes(
  path: string,
  most: number = smallBytes,
): Promise<Uint8Array<ArrayBuffer>> {
  using small = new SmallFile(path, most);
  while (!small.isWhole) small.took(await small.file.read(small.room));
  return small.bytes;
}

/**
 * The text of a file, as UTF-8; what is not becomes U+FFFD. A byte-order mark stays in it.
 *
 * @throws as {@linkcode readSmallBytes}
 */
export async function readSmallFile(path: string, most: number = smallBytes): Promise<string> {
  return decode(await readSmallBytes(path, most));
}

/** The same, for what cannot wait. */
export function readSmallFileSync(path: string, most: number = smallBytes): string {
  using small = new SmallFile(path, most);
  while (!small.isWhole) small.took(small.file.readSync(small.room));
  return decode(small.bytes);
}

/**
 * The content of a JSON file.
 *
 * @throws {UserError} as {@linkcode readSmallBytes}, and as {@linkcode parseSmallJson}
 * @throws {Deno.errors.NotFound} when there is nothing
 */
export async function readSmallJson(path: string, most: number = smallBytes): Promise<unknown> {
  return parseSmallJson(await readSmallFile(path, most), path);
}

/** The same, for what cannot wait. */
export function readSmallJsonSync(path: string, most: number = smallBytes): unknown {
  return parseSmallJson(readSmallFileSync(path, most), path);
}

/**
 * Parses JSON.
 *
 * @param file the name that errors show
 * @throws {UserError} when it is none, or nested too deeply
 */
export function parseSmallJson(text: string, file: string): unknown {
  if (isDeep(text)) {
    throw new UserError(`Cannot read ${file}: it is nested more than ${deepest} deep`);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UserError(`Cannot read ${file} as JSON: ${messageOf(cause)}`, { cause });
  }
}

/**
 * Opens a file for reading, whatever its size.
 *
 * @throws {UserError} when there is something else than a file: opening a pipe waits for ever, and a
 * device has no end
 * @throws {Deno.errors.NotFound} when there is nothing
 */
export function openFile(path: string): Deno.FsFile {
  const refuse = (why: string, cause?: unknown) =>
    new UserError({ message: `Cannot read ${path}: ${why}`, hint: "put a file in its place" }, {
      cause,
    });
  if (path.includes("\0")) throw refuse("its name has a NUL character");
  let info: Deno.FileInfo;
  try {
    info = Deno.statSync(path);
  } catch (error) {
    if ((error as { code?: string }).code !== "ELOOP") throw error;
    throw refuse("its links lead in a circle", error);
  }
  if (info.isDirectory) throw refuse("it is a folder", new Deno.errors.IsADirectory(path));
  if (!info.isFile) throw refuse("it is a pipe or a device");
  return Deno.openSync(path);
}

/** A file that is being read. */
class SmallFile implements Disposable {
  readonly file: Deno.FsFile;
  isWhole = false;
  readonly #buffer: Uint8Array<ArrayBuffer>;
  #length = 0;

  constructor(readonly path: string, most: number) {
    this.file = openFile(path);
    const { size } = this.file.statSync();
    if (size > most) {
      this.file.close();
      throw new UserError({
        message: `Cannot read ${path}: it has ${size} bytes, more than ${most}`,
        hint: "no file of this kind is as large: take another",
      });
    }
    // One byte more tells of what grows; files of the system say that they have none.
    this.#buffer = new Uint8Array(Math.max(size, 4095) + 1);
  }

  /** Where the next bytes go. */
  get room(): Uint8Array {
    return this.#buffer.subarray(this.#length);
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#buffer.subarray(0, this.#length);
  }

  took(count: number | null): void {
    if (count === null) this.isWhole = true;
    else if ((this.#length += count) === this.#buffer.length) {
      throw new UserError(`Cannot read ${this.path}: it grows while it is read`);
    }
  }

  [Symbol.dispose](): void {
    this.file.close();
  }
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** Whether brackets outside of strings are nested too deeply. */
function isDeep(text: string): boolean {
  let depth = 0, isText = false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (isText) {
      if (unit === 0x5c) i++;
      else if (unit === 0x22) isText = false;
    } else if (unit === 0x22) isText = true;
    else if (unit === 0x5b || unit === 0x7b) {
      if (++depth > deepest) return true;
    } else if (unit === 0x5d || unit === 0x7d) depth--;
  }
  return false;
}
