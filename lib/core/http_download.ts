/**
 * Downloads one address into an open file, going on where an earlier try was cut off.
 *
 * @module
 */
import { messageOf } from "./errors.ts";
import { backoffMs, defaultRetryPolicy, pause, retryAfterMs, type RetryPolicy } from "./retry.ts";

/** How a download is done and watched. */
export interface DownloadOptions {
  readonly signal?: AbortSignal;
  readonly log?: (line: string) => void;
  /** Bytes that are there, and bytes in all when the server says so. */
  readonly onProgress?: (doneBytes: number, totalBytes?: number) => void;
  /** Further headers; asked for anew at each try. */
  readonly headersOf?: (url: URL) => Readonly<Record<string, string>>;
  /**
   * Where the version of partial bytes is noted. Without it, the address is taken to have the same
   * content for ever.
   */
  readonly journalPath?: string;
  readonly retry?: Partial<RetryPolicy>;
  /** The longest silence of a server. Default: 30 s. */
  readonly idleTimeoutMs?: number;
}

/** A download that failed for good. */
export class DownloadError extends Error {
  override readonly name = "DownloadError";
  /** The HTTP status, when a server answered. */
  readonly status?: number;

  constructor(message: string, options?: ErrorOptions & { status?: number }) {
    super(message, options);
    this.status = options?.status;
  }
}

/** What is known of the bytes in a partial file. */
interface Journal {
  url: string;
  /** A strong ETag or a date that names the version; without one, nothing can be resumed. */
  validator?: string;
}

type Outcome =
  | { kind: "done" }
  | { kind: "failed"; reason: string; answered: boolean; waitMs?: number };

/**
 * Downloads `url` into `file`, which may hold the beginning of it already: then only the rest is
 * asked for (`Range`, `If-Range`), and a server that sends the whole is taken at its word. Cuts,
 * silence and the statuses 408, 429 and 5xx are tried again; others are final. Only tries in a row
 * that bring no further byte count as failed: a large file may be cut as often as it likes.
 *
 * @param file open for reading and writing
 * @throws {DownloadError} when it failed for good; the bytes so far stay in `file`
 * @throws the signal's reason when it aborts
 */
export async function download(
  url: URL,
  file: Deno.FsFile,
  options: DownloadOptions = {},
): Promise<void> {
  const policy = { ...defaultRetryPolicy, ...options.retry };
  let answered = false, furthest = (await file.stat()).size;
  for (let tries = 1, failed = 1;; tries++, failed++) {
    const outcome = await tryOnce(url, file, options);
    if (outcome.kind === "done") return;
    answered ||= outcome.answered;
    const { reason, waitMs = 0 } = outcome;
    const { size } = await file.stat();
    if (size > furthest) failed = 1;
    furthest = Math.max(furthest, size);
    if (waitMs > policy.maxRetryAfterMs) {
      throw new DownloadError(
        `${reason}, and the server asks to wait ${Math.ceil(waitMs / 1000)} s`,
      );
    }
    if (failed >= (answered ? policy.attempts : policy.attemptsUnanswered)) {
      throw new DownloadError(`${reason} (tried ${tries} times)`);
    }
    const delayMs = Math.max(waitMs, backoffMs(policy, url.href, failed));
    options.log?.(`${url.href}: ${reason}; trying again in ${(delayMs / 1000).toFixed(1)} s`);
    await pause(delayMs, options.signal);
  }
}

async function tryOnce(
  url: URL,
  file: Deno.FsFile,
  options: DownloadOptions,
): Promise<Outcome> {
  const { journalPath } = options;
  const { size } = await file.stat();
  const validator = journalPath && await validatorIn(journalPath, url);
  const offset = validator || !journalPath ? size : 0;
  // Bytes must come as they are stored, or their count means nothing.
  const headers = new Headers({ ...options.headersOf?.(url), "accept-encoding": "identity" });
  if (offset > 0) headers.set("range", `bytes=${offset}-`);
  if (offset > 0 && validator) headers.set("if-range", validator);

  const idle = new IdleTimer(options.idleTimeoutMs ?? 30_000);
  const signal = options.signal ? AbortSignal.any([options.signal, idle.signal]) : idle.signal;
  let answered = false;
  try {
    const response = await fetch(url, { headers, signal });
    answered = true;
    idle.restart();
    const start = bodyStart(response, offset);
    if (start === undefined) {
      await response.body?.cancel();
      return await refusal(response, file, journalPath, offset);
    }
    if (start === 0) await file.truncate(0);
    if (journalPath) {
      await writeJournal(journalPath, { url: url.href, validator: validatorOf(response) });
    }
    const total = totalBytes(response, start);
    await file.seek(start, Deno.SeekMode.Start);
    let position = start;
    options.onProgress?.(position, total);
    for await (const chunk of response.body ?? []) {
      idle.restart();
      await writeAll(file, chunk);
      position += chunk.byteLength;
      options.onProgress?.(position, total);
    }
    if (total === undefined || position === total) return { kind: "done" };
    return { kind: "failed", answered, reason: `got ${position} of ${total} bytes` };
  } catch (error) {
    if (options.signal?.aborted) throw options.signal.reason;
    if (!idle.signal.aborted && !isNetworkError(error)) throw error;
    const reason = idle.signal.aborted ? messageOf(idle.signal.reason) : innermost(error);
    return { kind: "failed", answered, reason };
  } finally {
    idle.stop();
  }
}

/** Where in the file a response's body goes, or `undefined` when it is not (part of) the file. */
function bodyStart(response: Response, offset: number): number | undefined {
  if (response.status === 200) return 0;
  if (response.status !== 206) return undefined;
  const [, start] = response.headers.get("content-range")?.match(/^bytes (\d+)-/) ?? [];
  return Number(start) === offset ? offset : undefined;
}

/** What an answer without the file's bytes means. @throws {DownloadError} when it is final */
async function refusal(
  { status, statusText, headers }: Response,
  file: Deno.FsFile,
  journalPath: string | undefined,
  offset: number,
): Promise<Outcome> {
  if (status === 416 || status === 206) {
    const [, total] = headers.get("content-range")?.match(/^bytes \*\/(\d+)$/) ?? [];
    if (status === 416 && Number(total) === offset) return { kind: "done" };
    await file.truncate(0);
    if (journalPath) await writeJournal(journalPath, {});
    return { kind: "failed", answered: true, reason: "the server cannot resume" };
  }
  const reason = `HTTP ${status}${statusText ? ` ${statusText}` : ""}`;
  if (status === 408 || status === 429 || status >= 500) {
    const waitMs = retryAfterMs(headers.get("retry-after"), Date.now());
    return { kind: "failed", answered: true, reason, waitMs };
  }
  throw new DownloadError(reason, { status });
}

function totalBytes(response: Response, start: number): number | undefined {
  const length = response.headers.get("content-length");
  return length === null || isEncoded(response) ? undefined : start + Number(length);
}

function validatorOf(response: Response): string | undefined {
  if (isEncoded(response)) return undefined;
  const etag = response.headers.get("etag");
  return etag?.startsWith('"') ? etag : response.headers.get("last-modified") ?? undefined;
}

function isEncoded(response: Response): boolean {
  return (response.headers.get("content-encoding") ?? "identity") !== "identity";
}

/** Failures of the network, as against those of the disk or of permissions. */
function isNetworkError(error: unknown): boolean {
  return error instanceof TypeError || error instanceof Deno.errors.Http ||
    error instanceof Deno.errors.ConnectionReset;
}

/** The cause of all causes: "fetch failed" says nothing, the name that was not found does. */
export function innermost(error: unknown): string {
  return error instanceof Error && error.cause !== undefined
    ? innermost(error.cause)
    : messageOf(error).replace(/^error sending request for url \([^)]*\): /, "");
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.byteLength;) {
    written += await file.write(bytes.subarray(written));
  }
}

/** The version of the bytes that a journal speaks of, where they are this address's. */
async function validatorIn(journalPath: string, url: URL): Promise<string | undefined> {
  try {
    const journal: Partial<Journal> = JSON.parse(await Deno.readTextFile(journalPath));
    const isOurs = journal.url === url.href && typeof journal.validator === "string";
    return isOurs ? journal.validator : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function writeJournal(path: string, journal: Partial<Journal>): Promise<void> {
  await Deno.writeTextFile(path, JSON.stringify(journal));
}

/** Aborts when nothing has come for a while. */
class IdleTimer {
  readonly #controller = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly timeoutMs: number) {
    this.restart();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  restart(): void {
    this.stop();
    this.#timer = setTimeout(
      () => this.#controller.abort(new Error(`no data for ${this.timeoutMs / 1000} s`)),
      this.timeoutMs,
    );
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
