/**
 * Takes files out of a tar archive, gzipped or not, without holding the rest of it in memory.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract, type Header } from "tar-stream";
import { messageOf, UserError } from "../core/errors.ts";
import { openFile } from "../core/small_file.ts";
import { archiveKind, isHtml } from "./text_encoding.ts";

/** The most that the files taken out of one archive may have together, in bytes. */
export const mostUnpackedBytes = 256 * 1024 * 1024;

/** The most that an archive may have in all, unpacked, in bytes: what nobody asks for takes time. */
const mostArchiveBytes = 8 * 2 ** 30;
const mostMembers = 100_000;

/** A file that was not asked for, or came twice. */
export interface OtherMember {
  readonly name: string;
  readonly sizeBytes: number;
}

/** What an archive has. */
export interface TarMembers {
  /** The contents of the files that were asked for, by name. */
  readonly wanted: ReadonlyMap<string, Uint8Array>;
  /** The files that were not asked for. */
  readonly others: readonly OtherMember[];
  /** Files that were asked for and stand in the archive again later; the later one is taken. */
  readonly repeated: readonly OtherMember[];
}

/**
 * Reads an archive: ustar, pax and GNU tar with long names, gzipped in one part or several, or
 * not gzipped. Names lose a leading `./`.
 *
 * @throws {UserError} when the archive is broken or no archive, or a file that was asked for is a
 * link, is sparse, or is too large with the others; when all of it is too large, or has too many files
 */
export async function readTarMembers(
  path: string,
  names: ReadonlySet<string>,
  limitBytes = mostUnpackedBytes,
  mostBytes = mostArchiveBytes,
): Promise<TarMembers> {
  const head = await firstBytes(path);
  const kind = archiveKind(head) ?? (isHtml(head) ? "HTML" : undefined);
  if (kind !== undefined && kind !== "gzip") {
    throw new UserError({
      message: `Cannot read the archive ${path}: it is a ${kind} file`,
      hint: "the address must serve a tar.gz",
    });
  }
  const wanted = new Map<string, Uint8Array>();
  const others: OtherMember[] = [];
  const repeated: OtherMember[] = [];
  const file = openFile(path);
  // Archives from before ustar have no magic; the types of tar-stream do not know this option.
  const archive = extract({ allowUnknownFormat: true } as Parameters<typeof extract>[0]);
  const source = Readable.fromWeb(file.readable as Parameters<typeof Readable.fromWeb>[0]);
  const unpacked = kind === "gzip"
    ? pipeline(source, createGunzip(), bounded(mostBytes), archive)
    : pipeline(source, bounded(mostBytes), archive);
  // The loop sees what went wrong; this is only so that nobody calls it unhandled.
  unpacked.catch(() => {});
  let taken = 0;
  try {
    for await (const entry of archive) {
      const name = nameOf(entry.header);
      const isFile = ["file", "contiguous-file"].includes(String(entry.header.type));
      const sizeBytes = entry.header.size ?? 0;
      if (!names.has(name)) {
        if (isFile) others.push({ name, sizeBytes });
        if (others.length > mostMembers) {
          throw new UserError(`Cannot read the archive ${path}: more than ${mostMembers} files`);
        }
        entry.resume();
        continue;
      }
      if (!isFile || isSparse(entry.header)) {
        const what = isFile
          ? "it is sparse"
          : `it is no file but a ${entry.header.type ?? "sparse file"}`;
        throw new UserError(`Cannot read "${name}" in ${path}: ${what}`);
      }
      taken += sizeBytes;
      if (taken > limitBytes) {
        throw new UserError({
          message: `Cannot read "${name}" in ${path}: with it the files have ${taken} bytes, ` +
            `more than ${limitBytes}`,
          hint: "no corpus of sentences is as large: take another archive",
        });
      }
      const chunks: Uint8Array[] = [];
      for await (const chunk of entry) chunks.push(chunk as Uint8Array);
      if (wanted.has(name)) repeated.push({ name, sizeBytes: wanted.get(name)!.byteLength });
      wanted.set(name, Buffer.concat(chunks));
    }
    await unpacked;
  } catch (cause) {
    archive.destroy();
    if (cause instanceof UserError) throw cause;
    throw new UserError({
      message: `Cannot read the archive ${path}: ${messageOf(cause)}`,
      hint: "the file is truncated, damaged or no tar.gz",
    }, { cause });
  } finally {
    source.destroy();
  }
  return { wanted, others, repeated };
}

/** Passes bytes on, as many as are allowed. */
function bounded(most: number): Transform {
  let length = 0;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      length += chunk.byteLength;
      if (length <= most) done(null, chunk);
      else done(new Error(`unpacked it has more than ${most} bytes`));
    },
  });
}

async function firstBytes(path: string): Promise<Uint8Array> {
  using file = openFile(path);
  const head = new Uint8Array(512);
  const read = await file.read(head);
  return head.subarray(0, read ?? 0);
}

function nameOf(header: Header): string {
  const full = paxOf(header)["GNU.sparse.name"] ?? header.name;
  return full.startsWith("./") ? full.slice(2) : full;
}

function isSparse(header: Header): boolean {
  return Object.keys(paxOf(header)).some((key) => key.startsWith("GNU.sparse."));
}

function paxOf({ pax }: Header): Readonly<Record<string, string>> {
  return (pax ?? {}) as Readonly<Record<string, string>>;
}
