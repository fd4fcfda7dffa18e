/**
 * A server that keeps files under names: plain HTTP (GET, HEAD, PUT), or S3 by its signatures.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { UserError } from "../core/errors.ts";
import { download, DownloadError, type DownloadOptions } from "../core/http_download.ts";
import { follow } from "../core/http_follow.ts";
import { innermost } from "../core/transfer_error.ts";
import { defaultPace, type PaceLimits } from "../core/pace.ts";
import { backoffMs, pause } from "../core/retry.ts";
import {
  type Answer,
  type Payload,
  payloadOf,
  send,
  type SendOptions,
  ServerError,
  type ServerRequest,
  type Upload,
} from "./http_send.ts";
import { type S3Keys, signedHeaders, withQuery } from "./s3_signature.ts";
import { putInParts } from "./s3_upload.ts";

const retryPolicy = {
  attempts: 3,
  attemptsUnanswered: 3,
  baseDelayMs: 200,
  maxDelayMs: 5_000,
  maxRetryAfterMs: 5_000,
};
const nothing = payloadOf("");
/** What a server is given. */
export interface ServerLimits extends PaceLimits {
  /** A text that is longer is none of a store's, in bytes. */
  readonly longestText: number;
}

const defaultLimits: ServerLimits = { ...defaultPace, longestText: 8 * 2 ** 20 };
/** S3 takes at most 5 GB in one piece, and a piece that fails is sent again from its start. */
const largestPieceBytes = 64 * 2 ** 20;

/** What a server did not do. */
interface Failed {
  readonly failed: string;
  /** The HTTP status, 0 where none came. */
  readonly status: number;
}

/** A server. Names are paths such as `records/ab/….json`. */
export class HttpServer {
  /**
   * @param base the address that names are added to, which ends with a slash
   * @param shown the address for people, without credentials
   */
  constructor(
    readonly base: URL,
    readonly shown: string,
    readonly authorization: string | S3Keys | undefined,
    readonly limits: ServerLimits = defaultLimits,
  ) {}

  /** A small file's text; undefined when there is none. */
  async text(name: string, signal: AbortSignal): Promise<string | undefined> {
    const { longestText } = this.limits;
    return await this.#ask("GET", name, (response) => textOf(response, longestText), signal);
  }

  /** A file's size in bytes; undefined when there is none. */
  async size(name: string, signal?: AbortSignal): Promise<number | undefined> {
    return await this.#ask("HEAD", name, async ({ headers, body }) => {
      await body?.cancel();
      return { done: Number(headers.get("content-length") ?? NaN) };
    }, signal);
  }

  /**
   * Downloads a file whose content never changes, going on with what is there of it already.
   *
   * @param file open for reading and writing
   * @param options.maxBytes the largest content that is taken
   * @returns `larger` when it has more than `maxBytes`
   */
  async download(
    name: string,
    file: Deno.FsFile,
    options: Pick<DownloadOptions, "signal" | "onProgress" | "maxBytes">,
  ): Promise<"done" | "absent" | "larger"> {
    const headersOf = (url: URL) => this.#headers("GET", url);
    try {
      const further = { headersOf, retry: retryPolicy, pace: this.limits };
      await download(new URL(name, this.base), file, { ...options, ...further });
      return "done";
    } catch (error) {
      if (!(error instanceof DownloadError)) throw error;
      if (error.status === 404) return "absent";
      if (error.status === 200) return "larger";
      throw this.#failure(name, error.message, error.status ?? 0);
    }
  }

  /** Puts a file, a large one on S3 in parts. */
  async put(name: string, file: Upload, options: SendOptions = {}): Promise<void> {
    const { path, digest, sizeBytes } = file;
    if (typeof this.authorization === "object" && sizeBytes > largestPieceBytes) {
      return await putInParts(this, name, file, options);
    }
    const payload: Payload = { digest, sizeBytes, from: { path, start: 0 } };
    await this.request(name, { method: "PUT", payload, signal: options.signal });
    options.onSent?.(sizeBytes);
  }

  /** Puts a text. */
  async putText(name: string, text: string, signal?: AbortSignal): Promise<void> {
    await this.request(name, { method: "PUT", payload: payloadOf(text), signal });
  }

  /**
   * Makes a request, again after network errors and the statuses 429 and 5xx.
   *
   * @throws {UserError} when the server refuses the credentials
   * @throws {ServerError} when it does not do what it is asked for
   * @throws the signal's reason when it aborts
   */
  async request(name: string, request: ServerRequest): Promise<Answer> {
    const { method, query = {}, payload = nothing, signal } = request;
    const url = withQuery(new URL(name, this.base), query);
    return await this.#trying<Answer>(name, signal, async () => {
      const headers = {
        ...this.#headers(method, url, payload.digest),
        "content-length": String(payload.sizeBytes),
        "content-type": "application/octet-stream",
      };
      const pace = { ...this.limits, idleMs: request.idleMs ?? this.limits.idleMs };
      const answer = await send(url, { method, headers, payload, pace, signal });
      const { status, text } = answer;
      if (status >= 200 && status < 300) return { done: answer };
      return { failed: `HTTP ${status} ${text.slice(0, 200)}`.trim(), status };
    });
  }

  async #ask<T>(
    method: "GET" | "HEAD",
    name: string,
    read: (response: Response) => Promise<{ done: T } | Failed>,
    signal?: AbortSignal,
  ): Promise<T | undefined> {
    const url = new URL(name, this.base);
    return await this.#trying(name, signal, async () => {
      const silence = new AbortController();
      const timer = setTimeout(() => silence.abort(new Error("no answer")), this.limits.idleMs);
      try {
        const headersOf = (to: URL) => this.#headers(method, to);
        const either = AbortSignal.any(signal ? [signal, silence.signal] : [silence.signal]);
        const response = await follow(url, { method, headersOf, signal: either });
        if (response.ok) return await read(response);
        await response.body?.cancel();
        if (response.status === 404) return { done: undefined };
        return { failed: `HTTP ${response.status}`, status: response.status };
      } finally {
        clearTimeout(timer);
      }
    });
  }

  /** What says who asks: to this server, and to no other that it redirects to. */
  #headers(method: string, url: URL, digest = nothing.digest): Record<string, string> {
    if (this.authorization === undefined || url.origin !== this.base.origin) return {};
    if (typeof this.authorization === "string") return { authorization: this.authorization };
    return signedHeaders(method, url, digest, this.authorization, new Date());
  }

  async #trying<T>(
    name: string,
    signal: AbortSignal | undefined,
    act: () => Promise<{ done: T } | Failed>,
  ): Promise<T> {
    for (let failed = 1;; failed++) {
      signal?.throwIfAborted();
      const outcome = await act().catch((error) => ({
        failed: innermost(error, new URL(name, this.base)),
        status: 0,
      }));
      if ("done" in outcome) return outcome.done;
      signal?.throwIfAborted();
      const { status } = outcome;
      const worthwhile = status === 0 || status === 429 || status >= 500;
      if (!worthwhile || failed >= retryPolicy.attempts) {
        throw this.#failure(name, outcome.failed, status);
      }
      await pause(backoffMs(retryPolicy, name, failed), signal);
    }
  }

  #failure(name: string, reason: string, status: number): Error {
    if (status !== 401 && status !== 403) {
      return new ServerError(`${this.shown}${name}: ${reason}`, status);
    }
    return new UserError({
      message: `Cannot use ${this.shown}: HTTP ${status} for ${name}`,
      hint: "check the credentials (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY for s3://, " +
        "https://user:password@… else), and what they allow",
    });
  }
}

/** An answer's text, which an endless one never becomes. */
async function textOf(
  { status, body }: Response,
  longest: number,
): Promise<{ done: string } | Failed> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.byteLength;
    if (length > longest) return { failed: `it sends more than ${longest} bytes`, status };
    chunks.push(chunk);
  }
  return { done: new TextDecoder().decode(Buffer.concat(chunks)) };
}
