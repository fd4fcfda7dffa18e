/**
 * Brings a public file into the download folder: from there, from a mirror, or from the web.
 *
 * @module
 */
import { dirname } from "node:path";
import { messageOf, UserError } from "../core/errors.ts";
import { sha256File } from "../core/sha256.ts";
import { isFolder } from "../core/file_kinds.ts";
import { download, DownloadError, type DownloadOptions } from "../core/http_download.ts";
import { openLocked } from "../core/locked_file.ts";
import { addressOf, type FileAddress, hubHeaders, mirrorCopy, placeIn } from "./file_address.ts";
import { openInMirror } from "./mirror_folder.ts";

/** Where bytes come from. */
export type Origin = "mirror" | "public";

/** Digests that a file must have, by where it comes from. */
export interface Pins {
  /** SHA-256 of what the public address serves. */
  readonly sha256?: string;
  /** SHA-256 of a mirror's copy that is encoded otherwise; accepted from a mirror only. */
  readonly mirrorSha256?: string;
}

/** How a file is fetched and watched. */
export interface FetchOptions extends Omit<DownloadOptions, "headersOf" | "journalPath"> {
  /** The download folder; the file goes to `<folder>/<host>/<path>`. */
  readonly folder: string;
  readonly pins?: Pins;
  /** A folder or http(s) base address that is tried before the public address. */
  readonly mirror?: string;
  /** Why the public address serves nothing; it is not tried then. */
  readonly mirrorOnly?: string;
  /** An access token of the Hugging Face hub; it is sent there only. */
  readonly hubToken?: string;
}

/** A file that is there, whole and checked. */
export interface FetchedFile {
  readonly path: string;
  /** Its SHA-256. */
  readonly digest: string;
  readonly sizeBytes: number;
  readonly from: "cache" | Origin;
  /** Whether a pin vouches for the digest. */
  readonly pinned: boolean;
}

/** What is noted beside a fetched file, so that later damage shows. */
interface FetchRecord {
  url: string;
  digest: string;
  from: Origin;
}

/**
 * Fetches a file, or finds it in the download folder. A file there is hashed again and fetched
 * anew when it is damaged or a pin changed. Bytes arrive in `<file>.partial`, which survives for a
 * later try and is locked against other processes; after the digest is right they are synced and
 * renamed, so that the file is there whole or not at all.
 *
 * @param url a plain http(s) address; what is in the folder is found by it
 * @throws {UserError} when no source has the file (naming all that was tried), or its digest is not
 * the pinned one (naming both; nothing is left then)
 * @throws the signal's reason when it aborts
 */
export async function fetchFile(url: string, options: FetchOptions): Promise<FetchedFile> {
  const address = addressOf(url);
  const path = placeIn(options.folder, address);
  const cached = await checkCached(path, options);
  if (cached) return cached;

  await Deno.mkdir(dirname(path), { recursive: true });
  using partial = await openLocked(`${path}.partial`, options.signal);
  const meanwhile = await checkCached(path, options);
  if (meanwhile) return await discard(path, meanwhile);

  const from = await transfer(address, path, partial, options);
  const { digest, sizeBytes } = await sha256File(`${path}.partial`);
  const accepted = acceptedPins(options.pins, from);
  if (accepted.length > 0 && !accepted.includes(digest)) {
    await discard(path, undefined);
    throw mismatch(address, from, accepted, digest, options.mirror);
  }
  await partial.sync();
  const record: FetchRecord = { url, digest, from };
  await Deno.writeTextFile(recordPath(path), JSON.stringify(record));
  await Deno.rename(`${path}.partial`, path);
  await removeIfThere(journalPath(path));
  return { path, digest, sizeBytes, from, pinned: accepted.length > 0 };
}

function acceptedPins(pins: Pins = {}, from: Origin): string[] {
  const accepted = from === "mirror" ? [pins.sha256, pins.mirrorSha256] : [pins.sha256];
  return accepted.filter((pin) => pin !== undefined);
}

/** The file in the folder, when it is there and is what was once fetched. */
async function checkCached(path: string, options: FetchOptions): Promise<FetchedFile | undefined> {
  let found: { digest: string; sizeBytes: number };
  try {
    found = await sha256File(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const record = await readRecord(path);
  const accepted = record
    ? acceptedPins(options.pins, record.from)
    : acceptedPins(options.pins, "mirror");
  const intact = record ? record.digest === found.digest : accepted.length > 0;
  if (intact && (accepted.length === 0 || accepted.includes(found.digest))) {
    return { path, ...found, from: "cache", pinned: accepted.length > 0 };
  }
  options.log?.(`${path} is not what was fetched (SHA-256 ${found.digest}): fetching it again`);
  return undefined;
}

/** Fills the partial file from the first source that has it. */
async function transfer(
  address: FileAddress,
  path: string,
  partial: Deno.FsFile,
  options: FetchOptions,
): Promise<Origin> {
  const tried: string[] = [];
  const over: DownloadOptions = {
    ...options,
    journalPath: journalPath(path),
    headersOf: (url) => hubHeaders(url, options.hubToken),
  };
  if (options.mirror) {
    const copy = mirrorCopy(options.mirror, address);
    try {
      if (copy.kind === "url") await download(copy.url, partial, over);
      else await copyInto(copy.path, partial, options);
      return "mirror";
    } catch (error) {
      const missing = error instanceof Deno.errors.NotFound ||
        (error instanceof DownloadError && error.status === 404);
      if (!missing && !(error instanceof DownloadError)) throw error;
      const there = copy.kind === "url" || await isFolder(copy.folder);
      const reason = missing ? "" : ` (${messageOf(error)})`;
      tried.push(
        there
          ? `not in the mirror ${options.mirror}${reason}`
          : `there is no mirror folder ${options.mirror}`,
      );
    }
  }
  if (options.mirrorOnly) {
    tried.push(`not on the web: ${options.mirrorOnly}`);
  } else {
    try {
      await download(address.url, partial, over);
      return "public";
    } catch (error) {
      if (!(error instanceof DownloadError)) throw error;
      tried.push(
        error.status === undefined
          ? `no network (${messageOf(error)})`
          : `refused by ${address.url.hostname} (${messageOf(error)})`,
      );
      if (error.status === 401 || error.status === 403) {
        tried.push("if it needs an account on the Hugging Face hub, set HF_TOKEN");
      }
    }
  }
  throw new UserError({
    message: `Cannot fetch ${address.url.href}: ${tried.join(", and ")}`,
    hint: `set CROSSTIE_MIRROR to a folder or URL that holds ${address.place}${
      options.mirrorOnly ? "" : ", or connect"
    }`,
  });
}

async function copyInto(
  source: string,
  partial: Deno.FsFile,
  { signal, onProgress }: FetchOptions,
): Promise<void> {
  using file = await openInMirror(source);
  const { size } = await file.stat();
  await partial.truncate(0);
  await partial.seek(0, Deno.SeekMode.Start);
  const buffer = new Uint8Array(1 << 18);
  for (let done = 0;;) {
    signal?.throwIfAborted();
    const count = await file.read(buffer);
    if (count === null) return;
    for (let written = 0; written < count;) {
      written += await partial.write(buffer.subarray(written, count));
    }
    done += count;
    onProgress?.(done, size);
  }
}

/**
 * Forgets how a file was fetched. It stays to be looked at, and is fetched anew next time unless a
 * pin vouches for it.
 *
 * @param path where {@linkcode fetchFile} put it
 */
export async function distrust(path: string): Promise<void> {
  await removeIfThere(recordPath(path));
}

function mismatch(
  address: FileAddress,
  from: Origin,
  expected: readonly string[],
  got: string,
  mirror?: string,
): UserError {
  const source = from === "mirror" ? `${address.place} of the mirror ${mirror}` : address.url.href;
  return new UserError({
    message: `Cannot accept ${source} as its bytes are not the expected ones: expected SHA-256 ${
      expected.join(" or ")
    }, got ${got}`,
    hint: from === "mirror"
      ? "the copy is damaged or of another version: mend the mirror, or pin the new digest in data/sources.yaml"
      : "the source has changed: if you trust the new bytes, pin their digest in data/sources.yaml",
  });
}

const recordPath = (path: string) => `${path}.fetched.json`;
const journalPath = (path: string) => `${path}.partial.json`;

async function readRecord(path: string): Promise<FetchRecord | undefined> {
  try {
    const { url, digest, from } = JSON.parse(await Deno.readTextFile(recordPath(path)));
    const valid = typeof url === "string" && typeof digest === "string" &&
      (from === "mirror" || from === "public");
    return valid ? { url, digest, from } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Removes the partial file and its journal. */
async function discard<T>(path: string, result: T): Promise<T> {
  await removeIfThere(`${path}.partial`);
  await removeIfThere(journalPath(path));
  return result;
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
