/**
 * Sends bytes with their length, from a text or from a part of a file: S3 demands the length, and
 * `fetch` does not send that of streams.
 *
 * @module
 */
import { createReadStream } from "node:fs";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { Pace, type PaceLimits } from "../core/pace.ts";
import { sha256 } from "../core/sha256.ts";

/** What a server cannot do now, after several tries. */
export class ServerError extends Error {
  override readonly name = "ServerError";

  /** @param status the HTTP status, 0 where none came */
  constructor(message: string, readonly status: number) {
    super(message);
  }
}

/** Bytes to be sent, each time from their start. */
export interface Payload {
  /** SHA-256, in hex. */
  readonly digest: string;
  readonly sizeBytes: number;
  /** Themselves, or where in a file they start. */
  readonly from: Uint8Array | { readonly path: string; readonly start: number };
}

/** What a server says. */
export interface Answer {
  readonly status: number;
  /** Its beginning. */
  readonly text: string;
  readonly etag: string | undefined;
}

/** A file to be put on a server. */
export interface Upload {
  readonly path: string;
  /** SHA-256 of its content, in hex. */
  readonly digest: string;
  readonly sizeBytes: number;
}

/** How sending is ended and watched. */
export interface SendOptions {
  readonly signal?: AbortSignal;
  /** Hears of bytes that were sent. */
  readonly onSent?: (bytes: number) => void;
}

/** A request beside the usual ones. */
export interface ServerRequest {
  readonly method: "PUT" | "POST" | "DELETE";
  readonly query?: Readonly<Record<string, string>>;
  /** Empty by default. */
  readonly payload?: Payload;
  readonly signal?: AbortSignal;
  /** The longest silence that is no failure. Default: 30 s. */
  readonly idleMs?: number;
}

const longestText = 4096;

/** A text to be sent. */
export function payloadOf(text: string): Payload {
  const from = new TextEncoder().encode(text);
  return { digest: sha256(from), sizeBytes: from.length, from };
}

/**
 * Makes one request.
 *
 * @param options.pace how little may go; the answer must be whole after twice its silence
 * @throws {Error} when no whole answer comes, or the signal aborts
 */
export function send(
  url: URL,
  { method, headers, payload, pace: limits, signal }: {
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly payload: Payload;
    readonly pace: PaceLimits;
    readonly signal?: AbortSignal;
  },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const make = url.protocol === "https:" ? requestHttps : requestHttp;
    const request = make(url, { method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      // S3 sends white space while it is at work.
      response.on("data", (part: string) => {
        text = (text + part).trimStart().slice(0, longestText);
      });
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, text, etag: response.headers.etag });
      });
      response.on("error", reject);
    });
    const { idleMs } = limits;
    request.setTimeout(idleMs, () => request.destroy(new Error("no answer")));
    request.on("error", reject);
    const pace = new Pace(limits);
    const either = AbortSignal.any([pace.start(), ...(signal ? [signal] : [])]);
    const abort = (): void => {
      reject(either.reason);
      request.destroy();
    };
    either.addEventListener("abort", abort);
    let deadline: ReturnType<typeof setTimeout> | undefined;
    const isSent = (): void => {
      pace.stop();
      const late = () => request.destroy(new Error(`no whole answer in ${2 * idleMs / 1000} s`));
      deadline = setTimeout(late, 2 * idleMs);
    };
    request.on("close", () => {
      pace.stop();
      clearTimeout(deadline);
      either.removeEventListener("abort", abort);
    });
    const { from, sizeBytes } = payload;
    if (from instanceof Uint8Array || sizeBytes === 0) {
      request.end(from instanceof Uint8Array ? from : undefined);
      isSent();
      return;
    }
    const file = createReadStream(from.path, {
      start: from.start,
      end: from.start + sizeBytes - 1,
    });
    file.on("error", (error) => request.destroy(error));
    file.on("data", (chunk) => pace.came(chunk.length));
    file.on("end", isSent);
    request.on("close", () => file.destroy());
    file.pipe(request);
  });
}
