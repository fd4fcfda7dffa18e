/**
 * Brings a public file into the download folder: from there, from a mirror, or from the web.
 *
 * @module
 */
import { dirname } from "node:path";
import { UserError } from "../core/errors.ts";
import { sha256File } from "../core/sha256.ts";
import { openLocked } from "../core/locked_file.ts";
import { readRecord, removeIfThere, writeRecord } from "./fetch_record.ts";
import {
  type Arrival,
  fillFrom,
  ImpostorError,
  type Origin,
  type SourceOptions,
} from "./fetch_sources.ts";
import { addressOf, type FileAddress, placeIn } from "./file_address.ts";

/** Digests that a file must have, by where it comes from. */
export interface Pins {
  /** SHA-256 of what the public address serves. */
  readonly sha256?: string;
  /** SHA-256 of a mirror's copy that is encoded otherwise; accepted from a mirror only. */
  readonly mirrorSha256?: string;
}

/** How a file is fetched and watched. */
export interface FetchOptions extends SourceOptions {
  /** The download folder; the file goes to `<folder>/<host>/<path>`. */
  readonly folder: string;
  readonly pins?: Pins;
  /** Where a person finds the pins, for hints. */
  readonly pinnedIn?: string;
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
  /** It came without its length, so that a cut could have gone unnoticed. */
  readonly unbounded: boolean;
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
export async function fetchUrl(url: string, options: FetchOptions): Promise<FetchedFile> {
  const address = addressOf(url);
  const path = placeIn(options.folder, address);
  const cached = await checkCached(path, options);
  if (cached) return cached;

  await Deno.mkdir(dirname(path), { recursive: true });
  using partial = await openLocked(`${path}.partial`, options.signal);
  const meanwhile = await checkCached(path, options);
  if (meanwhile) return await discard(path, meanwhile);

  const check = async (from: Origin): Promise<void> => {
    if (acceptedPins(options.pins, from).length > 0) return; // the digest says more
    const impostor = await impostorIn(partial, address);
    if (impostor === undefined) return;
    await partial.truncate(0);
    await removeIfThere(journalPath(path));
    throw new ImpostorError(impostor);
  };
  const arrival = await fillFrom(address, partial, journalPath(path), options, check);
  const { digest, sizeBytes } = await sha256File(`${path}.partial`);
  const accepted = acceptedPins(options.pins, arrival.from);
  if (accepted.length > 0 && !accepted.includes(digest)) {
    await discard(path, undefined);
    throw mismatch(address, arrival, accepted, digest, options.pinnedIn);
  }
  await partial.sync();
  const pinned = accepted.length > 0;
  const unbounded = !arrival.bounded && !pinned;
  const { from } = arrival;
  await writeRecord(path, { url, digest, from, ...(unbounded ? { unbounded } : {}) });
  await Deno.rename(`${path}.partial`, path);
  await removeIfThere(journalPath(path));
  return { path, digest, sizeBytes, from, pinned, unbounded };
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
    const pinned = accepted.length > 0;
    const unbounded = record?.unbounded === true && !pinned;
    return { path, ...found, from: "cache", pinned, unbounded };
  }
  options.log?.(`${path} is not what was fetched (SHA-256 ${found.digest}): fetching it again`);
  return undefined;
}

/** What servers send in place of a file, with the status 200. */
const impostors: readonly (readonly [RegExp, string])[] = [
  [/^[\uFEFF\s]*(?:<!--[^>]*-->\s*)?<(?:!doctype\s+html|html|head|body)\b/i, "a web page"],
  [/^version https:\/\/git-lfs\.github\.com\/spec\//, "a pointer of Git LFS"],
];

/** What the bytes are, when they are a page about the file and not the file. */
async function impostorIn(
  partial: Deno.FsFile,
  { url }: FileAddress,
): Promise<string | undefined> {
  if (/\.x?html?$/i.test(url.pathname)) return undefined;
  await partial.seek(0, Deno.SeekMode.Start);
  const buffer = new Uint8Array(1024);
  const head = new TextDecoder().decode(buffer.subarray(0, await partial.read(buffer) ?? 0));
  return impostors.find(([pattern]) => pattern.test(head))?.[1];
}

function mismatch(
  address: FileAddress,
  { from, place }: Arrival,
  expected: readonly string[],
  got: string,
  pinnedIn = "what pins it",
): UserError {
  const source = from === "mirror" ? `${address.place} of the mirror ${place}` : address.url.href;
  return new UserError({
    message: `Cannot accept ${source} as its bytes are not the expected ones: expected SHA-256 ${
      expected.join(" or ")
    }, got ${got}`,
    hint: from === "mirror"
      ? `the copy is damaged or of another version: mend the mirror, or pin the new digest in ${pinnedIn}`
      : `the source has changed: if you trust the new bytes, pin their digest in ${pinnedIn}`,
  });
}

const journalPath = (path: string) => `${path}.partial.json`;

/** Removes the partial file and its journal. */
async function discard<T>(path: string, result: T): Promise<T> {
  await removeIfThere(`${path}.partial`);
  await removeIfThere(journalPath(path));
  return result;
}
