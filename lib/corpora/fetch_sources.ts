/**
 * Fills a partial file from the first place that has it: the mirrors, then the public address.
 *
 * @module
 */
import { shownAddress } from "../core/address.ts";
import { messageOf, UserError } from "../core/errors.ts";
import { isFolder } from "../core/file_kinds.ts";
import {
  download,
  type Downloaded,
  DownloadError,
  type DownloadOptions,
} from "../core/http_download.ts";
import { type FileAddress, hubHeaders, mirrorCopy, mirrorPlaces } from "./file_address.ts";
import { openInMirror } from "./mirror_folder.ts";

/** Where bytes come from. */
export type Origin = "mirror" | "public";

/** Where a file is looked for, and how that is watched. */
export interface SourceOptions extends Omit<DownloadOptions, "headersOf" | "journalPath"> {
  /** Folders and http(s) base addresses that are tried before the public one: `CROSSTIE_MIRROR`. */
  readonly mirror?: string;
  /** Why the public address serves nothing; it is not tried then. */
  readonly mirrorOnly?: string;
  /** An access token of the Hugging Face hub; it is sent there only. */
  readonly hubToken?: string;
}

/** Why a source did not give a file. */
export type Refusal =
  /** It is not there. */
  | "absent"
  /** It is for others, or a web page came in its place. */
  | "refused"
  /** Nobody answers. */
  | "unreachable"
  /** Something came, and not what it should be. */
  | "broken";

/** What came is a page about the file, and not the file. */
export class ImpostorError extends DownloadError {
  constructor(readonly what: string) {
    super(`it sends ${what} instead`, { status: 200 });
  }
}

/** A file that no source has. */
export class NotFetchedError extends UserError {
  /**
   * @param address of the file
   * @param reasons what was tried, with what came of it
   * @param refusals why each source did not give it, in the order in which they were asked
   */
  constructor(
    readonly address: string,
    readonly reasons: string,
    readonly refusals: readonly Refusal[],
    hint: string,
  ) {
    super({ message: `Cannot fetch ${address}: ${reasons}`, hint });
  }
}

/** Whose bytes are in the partial file. */
export interface Arrival extends Downloaded {
  readonly from: Origin;
  /** The place, as it is shown. */
  readonly place: string;
}

/**
 * Fills the partial file from the first source that has it.
 *
 * @param check looks at the bytes of one source; the next is tried where it throws a
 * {@linkcode DownloadError}
 * @throws {NotFetchedError} when none has it, naming all that was tried
 */
export async function fillFrom(
  address: FileAddress,
  partial: Deno.FsFile,
  journalPath: string,
  options: SourceOptions,
  check: (from: Origin) => Promise<void>,
): Promise<Arrival> {
  const tried: string[] = [];
  const refusals: Refusal[] = [];
  const over: DownloadOptions = {
    ...options,
    journalPath,
    headersOf: (url) => hubHeaders(url, options.hubToken),
  };
  const arrive = async (from: Origin, place: string, bring: () => Promise<Downloaded>) => {
    const { bounded } = await bring();
    await check(from);
    return { from, place, bounded };
  };
  for (const mirror of mirrorPlaces(options.mirror)) {
    const copy = mirrorCopy(mirror, address);
    const place = shownAddress(mirror);
    try {
      const bring = () =>
        copy.kind === "url"
          ? download(copy.url, partial, over)
          : copyInto(copy.path, partial, journalPath, options);
      return await arrive("mirror", place, bring);
    } catch (error) {
      const missing = error instanceof Deno.errors.NotFound ||
        (error instanceof DownloadError && error.status === 404);
      if (!missing && !(error instanceof DownloadError)) throw error;
      const there = copy.kind === "url" || await isFolder(copy.folder);
      refusals.push(there ? refusalOf(error) : "unreachable");
      const reason = missing ? "" : ` (${messageOf(error)})`;
      tried.push(
        there ? `not in the mirror ${place}${reason}` : `there is no mirror folder ${place}`,
      );
    }
  }
  if (options.mirrorOnly) {
    refusals.push("absent");
    tried.push(`not on the web: ${options.mirrorOnly}`);
  } else {
    try {
      const { url } = address;
      return await arrive("public", url.href, () => download(url, partial, over));
    } catch (error) {
      if (!(error instanceof DownloadError)) throw error;
      refusals.push(refusalOf(error));
      const { hostname } = address.url;
      const what = error.status !== undefined
        ? `refused by ${hostname}`
        : error.answered
        ? `not whole from ${hostname}`
        : "no network";
      tried.push(`${what} (${messageOf(error)})`);
      if (error.status === 401 || error.status === 403) {
        tried.push("if it needs an account on the Hugging Face hub, set HF_TOKEN");
      }
    }
  }
  throw new NotFetchedError(
    address.url.href,
    tried.join(", and "),
    refusals,
    `set CROSSTIE_MIRROR to a folder or URL that holds ${address.place}${
      options.mirrorOnly ? "" : ", or connect"
    }`,
  );
}

function refusalOf(error: unknown): Refusal {
  if (!(error instanceof DownloadError)) return "absent"; // from a folder
  const { status, answered } = error;
  if (status === 404 || status === 410) return "absent";
  if (status === 401 || status === 403 || error instanceof ImpostorError) return "refused";
  return answered ? "broken" : "unreachable";
}

async function copyInto(
  source: string,
  partial: Deno.FsFile,
  journalPath: string,
  { signal, onProgress, maxBytes = Infinity }: SourceOptions,
): Promise<Downloaded> {
  using file = await openInMirror(source);
  const { size } = await file.stat();
  if (size > maxBytes) throw new DownloadError(`it has more than ${maxBytes} bytes`);
  // What is copied is no part of what was downloaded.
  await Deno.remove(journalPath).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await partial.truncate(0);
  await partial.seek(0, Deno.SeekMode.Start);
  const buffer = new Uint8Array(1 << 18);
  for (let done = 0;;) {
    signal?.throwIfAborted();
    const count = await file.read(buffer);
    if (count === null) return { bounded: true };
    for (let written = 0; written < count;) {
      written += await partial.write(buffer.subarray(written, count));
    }
    done += count;
    onProgress?.(done, size);
  }
}
