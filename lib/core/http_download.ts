/**
 * Downloads one address into an open file, going on where an earlier try was cut off.
 *
 * @module
 */
import { shownAddress, takeCredentials } from "./address.ts";
import { readJournal, writeJournal } from "./download_journal.ts";
import { messageOf } from "./errors.ts";
import { follow, RedirectError } from "./http_follow.ts";
import { type KnownPart, type Meaning, meaningOf } from "./http_parts.ts";
import { defaultPace, Pace, type PaceLimits, SlowError } from "./pace.ts";
import { innermost, isTransferError } from "./transfer_error.ts";
import { backoffMs, defaultRetryPolicy, pause, retryAfterMs, type RetryPolicy } from "./retry.ts";

/** How a download is done and watched. */
export interface DownloadOptions {
  readonly signal?: AbortSignal;
  readonly log?: (line: string) => void;
  /** Bytes that are there, and in all when the server says so; and what is waited for. */
  readonly onProgress?: (doneBytes: number, totalBytes?: number, detail?: string) => void;
  /** Further headers; asked for anew at each try, and for each address of a redirect. */
  readonly headersOf?: (url: URL) => Readonly<Record<string, string>>;
  /**
   * Where the version of partial bytes is noted. Without it, the address is taken to have the same
   * content for ever, which is checked afterwards.
   */
  readonly journalPath?: string;
  readonly retry?: Partial<RetryPolicy>;
  /** How little may come. Default: 1 KiB a second over a minute, no silence of 30 s. */
  readonly pace?: Partial<PaceLimits>;
  /** The largest file that is taken, in bytes. Default: 64 GiB. */
  readonly maxBytes?: number;
  /** The largest one whose size no server tells. Default: 2 GiB. */
  readonly maxUnsizedBytes?: number;
}

/** What is known of a file that was downloaded. */
export interface Downloaded {
  /** Whether a body that was cut off could have been told from a whole one. */
  readonly bounded: boolean;
}

/** A download that failed for good. */
export class DownloadError extends Error {
  override readonly name = "DownloadError";
  /** The HTTP status, where that is the reason; 200 where what came with it is. */
  readonly status?: number;
  /** Whether a server answered at all. */
  readonly answered: boolean;

  constructor(message: string, options?: ErrorOptions & { status?: number; answered?: boolean }) {
    super(message, options);
    this.status = options?.status;
    this.answered = options?.answered ?? this.status !== undefined;
  }
}

const defaultMaxBytes = 64 * 2 ** 30;
const defaultMaxUnsizedBytes = 2 * 2 ** 30;
/** How often a server may be too slow: a new connection may be a faster one. */
const slowTries = 2;

type Outcome =
  | { readonly kind: "done"; readonly bounded: boolean }
  /** Some of it came, as much as the server sends at a time. */
  | { readonly kind: "more" }
  | {
    readonly kind: "failed";
    readonly reason: string;
    readonly answered: boolean;
    readonly status?: number;
    readonly waitMs?: number;
    readonly slow?: boolean;
  };

/**
 * Downloads `url` into `file`, which may hold the beginning of it already: then only the rest is
 * asked for (`Range`, `If-Range`), and joined where it is certainly of the same version; else all of
 * it comes anew. A server may send the rest in pieces. Cuts, silence and the statuses 408, 429 and
 * 5xx are tried again; others are final. Only tries in a row that bring no further byte count as
 * failed: a large file may be cut as often as it likes.
 *
 * User and password of the address go to its own host alone.
 *
 * @param file open for reading and writing
 * @throws {DownloadError} when it failed for good; the bytes so far stay in `file`
 * @throws the signal's reason when it aborts
 */
export async function download(
  url: URL,
  file: Deno.FsFile,
  options: DownloadOptions = {},
): Promise<Downloaded> {
  const policy = { ...defaultRetryPolicy, ...options.retry };
  const shown = shownAddress(url);
  const pace = new Pace({ ...defaultPace, ...options.pace }, (text) => transfer.note(text));
  const transfer: Transfer = new Transfer(url, shown, file, options, pace);
  let answered = false, furthest = (await file.stat()).size, slow = 0;
  for (let tries = 1, failed = 1;; tries++, failed++) {
    const outcome = await transfer.tryOnce();
    if (outcome.kind === "done") return { bounded: outcome.bounded };
    const { size } = await file.stat();
    if (size > furthest) failed = 1;
    furthest = Math.max(furthest, size);
    if (outcome.kind === "more") {
      failed--;
      continue;
    }
    answered ||= outcome.answered;
    const { reason, status, waitMs = 0 } = outcome;
    if (waitMs > policy.maxRetryAfterMs) {
      throw new DownloadError(
        `${reason}, and the server asks to wait ${Math.ceil(waitMs / 1000)} s`,
        { status },
      );
    }
    if (outcome.slow) slow++;
    const isLast = failed >= (answered ? policy.attempts : policy.attemptsUnanswered);
    if (isLast || slow >= slowTries) {
      throw new DownloadError(`${reason} (tried ${tries} times)`, { status, answered });
    }
    const delayMs = Math.max(waitMs, backoffMs(policy, shown, failed));
    options.log?.(`${shown}: ${reason}; trying again in ${(delayMs / 1000).toFixed(1)} s`);
    await pause(delayMs, options.signal);
  }
}

/** The tries of one download. */
class Transfer {
  readonly #url: URL;
  readonly #authorization: string | undefined;
  /** Where the transfer is, in bytes. */
  #position = 0;
  #total: number | undefined;

  constructor(
    url: URL,
    readonly shown: string,
    readonly file: Deno.FsFile,
    readonly options: DownloadOptions,
    readonly pace: Pace,
  ) {
    const { url: address, authorization } = takeCredentials(url);
    this.#url = address;
    this.#authorization = authorization;
  }

  /** Says that the server is waited for. */
  note(text: string): void {
    this.options.log?.(`waiting for ${this.shown}: ${text}`);
    this.options.onProgress?.(this.#position, this.#total, `waiting for ${this.#url.host}`);
  }

  async tryOnce(): Promise<Outcome> {
    const known = await this.#known();
    const { offset, validator } = known;
    if (offset > 0 && offset === known.total) return { kind: "done", bounded: true };
    const outer = this.options.signal;
    const slow = this.pace.start();
    const signal = outer ? AbortSignal.any([outer, slow]) : slow;
    let answered = false;
    try {
      const headersOf = (to: URL) => ({
        ...this.options.headersOf?.(to),
        ...(this.#authorization && to.origin === this.#url.origin
          ? { authorization: this.#authorization }
          : {}),
        ...(offset > 0 ? { range: `bytes=${offset}-` } : {}),
        ...(offset > 0 && validator && validator !== "any" ? { "if-range": validator } : {}),
      });
      const response = await follow(this.#url, { headersOf, signal });
      answered = true;
      this.pace.came(0);
      return await this.#take(response, known);
    } catch (error) {
      if (outer?.aborted) throw outer.reason;
      if (error instanceof RedirectError) {
        throw new DownloadError(error.message, { cause: error, answered: true });
      }
      if (!slow.aborted && !isTransferError(error)) throw error;
      const reason = slow.aborted ? messageOf(slow.reason) : innermost(error, this.#url);
      return { kind: "failed", answered, reason, slow: slow.reason instanceof SlowError };
    } finally {
      this.pace.stop();
    }
  }

  /** What is there already that can be gone on from. */
  async #known(): Promise<KnownPart> {
    const { journalPath } = this.options;
    const { size } = await this.file.stat();
    if (journalPath === undefined) return { offset: size, validator: "any", total: undefined };
    const { validator, total } = await readJournal(journalPath, this.shown);
    const isUsable = validator !== undefined && size <= (total ?? Infinity);
    return isUsable
      ? { offset: size, validator, total }
      : { offset: 0, validator: undefined, total: undefined };
  }

  async #take(response: Response, known: KnownPart): Promise<Outcome> {
    const meaning = meaningOf(response, known, this.#url.pathname);
    if (meaning.kind === "whole") return await this.#takeWhole(response, meaning);
    if (meaning.kind === "part") {
      await this.file.seek(known.offset, Deno.SeekMode.Start);
      const position = await this.#write(response.body, known.offset, meaning.total);
      if (position !== meaning.end) return await this.#cut(position, meaning.end);
      return position < meaning.total ? { kind: "more" } : { kind: "done", bounded: true };
    }
    await response.body?.cancel();
    switch (meaning.kind) {
      case "complete":
        return { kind: "done", bounded: true };
      case "anew":
        await this.#forget();
        return { kind: "failed", answered: true, reason: meaning.reason };
      case "unusable":
        throw new DownloadError(meaning.reason, { status: response.status });
      default:
        return refusal(response);
    }
  }

  async #takeWhole(
    response: Response,
    { total, validator, encoding, bounded }: Meaning & { kind: "whole" },
  ): Promise<Outcome> {
    const { journalPath } = this.options;
    await this.file.truncate(0);
    await this.file.seek(0, Deno.SeekMode.Start);
    if (journalPath) await writeJournal(journalPath, { url: this.shown, validator, total });
    const body = encoding === "gzip"
      ? response.body?.pipeThrough(new DecompressionStream("gzip"))
      : response.body;
    const position = await this.#write(body, 0, total);
    if (total !== undefined && position !== total) return await this.#cut(position, total);
    return { kind: "done", bounded };
  }

  /** Writes a body where the file stands. @returns where it ends */
  async #write(
    body: ReadableStream<Uint8Array> | null | undefined,
    start: number,
    total: number | undefined,
  ): Promise<number> {
    const { maxBytes = defaultMaxBytes, maxUnsizedBytes = defaultMaxUnsizedBytes } = this.options;
    const most = Math.min(maxBytes, total ?? maxUnsizedBytes);
    if (total !== undefined && total > maxBytes) throw await this.#tooLarge(maxBytes, body);
    this.#total = total;
    let position = start;
    const tell = (): void => this.options.onProgress?.(this.#position = position, total);
    tell();
    for await (const chunk of body ?? []) {
      this.pace.came(chunk.byteLength);
      if (position + chunk.byteLength > most) {
        if (total === undefined || maxBytes < total) throw await this.#tooLarge(most);
        return position + chunk.byteLength; // more than was announced: not to be believed
      }
      await writeAll(this.file, chunk);
      position += chunk.byteLength;
      tell();
    }
    return position;
  }

  async #tooLarge(
    bytes: number,
    body?: ReadableStream<Uint8Array> | null,
  ): Promise<DownloadError> {
    await body?.cancel();
    await this.#forget();
    return new DownloadError(`it sends more than ${bytes} bytes`, { status: 200 });
  }

  async #cut(position: number, end: number): Promise<Outcome> {
    if (position > end) await this.#forget();
    return { kind: "failed", answered: true, reason: `got ${position} of ${end} bytes` };
  }

  async #forget(): Promise<void> {
    await this.file.truncate(0);
    if (this.options.journalPath) await writeJournal(this.options.journalPath, {});
  }
}

/** What an answer without the file's bytes means. @throws {DownloadError} when it is final */
function refusal({ status, statusText, headers }: Response): Outcome {
  const reason = `HTTP ${status}${statusText ? ` ${statusText}` : ""}`;
  if (status === 408 || status === 429 || status >= 500) {
    const waitMs = retryAfterMs(headers.get("retry-after"), Date.now());
    return { kind: "failed", answered: true, reason, status, waitMs };
  }
  throw new DownloadError(reason, { status });
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.byteLength;) {
    written += await file.write(bytes.subarray(written));
  }
}
