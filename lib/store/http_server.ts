/**
 * A server that keeps files under names: plain HTTP (GET, HEAD, PUT), or S3 by its signatures.
 *
 * @module
 */
import { createReadStream } from "node:fs";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { messageOf, UserError } from "../core/errors.ts";
import { backoffMs, pause } from "../core/retry.ts";
import { sha256 } from "../core/sha256.ts";
import { type S3Keys, signedHeaders } from "./s3_signature.ts";

/** What a server cannot do now, after several tries. */
export class ServerError extends Error {
  override readonly name = "ServerError";
}

const retryPolicy = {
  attempts: 3,
  attemptsUnanswered: 3,
  baseDelayMs: 200,
  maxDelayMs: 5_000,
  maxRetryAfterMs: 5_000,
};
/** The longest silence of a server. */
const idleMs = 30_000;
const emptyDigest = sha256("");

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
  ) {}

  /** A file's bytes, until the signal ends them; undefined when there is none. */
  async get(name: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array> | undefined> {
    const response = await this.#ask("GET", name);
    return response?.body?.pipeThrough(endingSilence(), { signal });
  }

  /** A file's size in bytes; undefined when there is none. */
  async size(name: string): Promise<number | undefined> {
    const response = await this.#ask("HEAD", name);
    await response?.body?.cancel();
    return response ? Number(response.headers.get("content-length") ?? NaN) : undefined;
  }

  /** Puts a file. */
  async put(
    name: string,
    file: { readonly path: string; readonly digest: string; readonly sizeBytes: number },
  ): Promise<void> {
    await this.#trying(name, async (url) => {
      const headers = {
        ...this.#headers("PUT", url, file.digest),
        "content-length": String(file.sizeBytes),
        "content-type": "application/octet-stream",
      };
      const { status, text } = await send(url, headers, file.path);
      if (status >= 200 && status < 300) return { done: undefined };
      return { failed: `HTTP ${status} ${text}`, status };
    });
  }

  async #ask(method: "GET" | "HEAD", name: string): Promise<Response | undefined> {
    return await this.#trying(name, async (url) => {
      const silence = new AbortController();
      const timer = setTimeout(() => silence.abort(new Error("no answer")), idleMs);
      try {
        const headers = { "accept-encoding": "identity", ...this.#headers(method, url) };
        const response = await fetch(url, { method, headers, signal: silence.signal });
        if (response.ok) return { done: response };
        await response.body?.cancel();
        if (response.status === 404) return { done: undefined };
        return { failed: `HTTP ${response.status}`, status: response.status };
      } finally {
        clearTimeout(timer);
      }
    });
  }

  #headers(method: string, url: URL, digest = emptyDigest): Record<string, string> {
    if (this.authorization === undefined) return {};
    if (typeof this.authorization === "string") return { authorization: this.authorization };
    return signedHeaders(method, url, digest, this.authorization, new Date());
  }

  /** Tries again after network errors and the statuses 429 and 5xx. */
  async #trying<T>(
    name: string,
    act: (url: URL) => Promise<{ done: T } | { failed: string; status: number }>,
  ): Promise<T> {
    const url = new URL(name, this.base);
    for (let failed = 1;; failed++) {
      const outcome = await act(url).catch((error) => ({ failed: messageOf(error), status: 0 }));
      if ("done" in outcome) return outcome.done;
      const { status } = outcome;
      if (status === 401 || status === 403) {
        throw new UserError({
          message: `Cannot use ${this.shown}: HTTP ${status} for ${name}`,
          hint: "check the credentials (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY for s3://, " +
            "https://user:password@… else), and what they allow",
        });
      }
      const worthwhile = status === 0 || status === 429 || status >= 500;
      if (!worthwhile || failed >= retryPolicy.attempts) {
        throw new ServerError(`${this.shown}${name}: ${outcome.failed}`);
      }
      await pause(backoffMs(retryPolicy, url.href, failed));
    }
  }
}

/** Passes bytes on, and fails when none come for long. */
function endingSilence(): TransformStream<Uint8Array, Uint8Array> {
  let timer: ReturnType<typeof setTimeout>;
  const restart = (controller: TransformStreamDefaultController): void => {
    clearTimeout(timer);
    timer = setTimeout(() => controller.error(new Error("no answer")), idleMs);
  };
  return new TransformStream({
    start: restart,
    transform(bytes, controller) {
      restart(controller);
      controller.enqueue(bytes);
    },
    flush: () => clearTimeout(timer),
    cancel: () => clearTimeout(timer),
  });
}

/** Sends a file with its length, which S3 demands and `fetch` does not do for streams. */
function send(
  url: URL,
  headers: Record<string, string>,
  path: string,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const request = (url.protocol === "https:" ? requestHttps : requestHttp)(
      url,
      { method: "PUT", headers },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => text = (text + part).slice(0, 200));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
        response.on("error", reject);
      },
    );
    request.setTimeout(idleMs, () => request.destroy(new Error("no answer")));
    request.on("error", reject);
    const file = createReadStream(path);
    file.on("error", (error) => request.destroy(error));
    file.pipe(request);
  });
}
