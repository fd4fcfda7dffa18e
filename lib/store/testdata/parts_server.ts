/**
 * An S3 server in this process, for tests of uploads in parts: as strict as Amazon's with digests,
 * sizes and tags, and everything that it holds can be seen.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { sha256 } from "../../core/sha256.ts";
import { openServer } from "../open_store.ts";

/** The smallest part that is not the last one. */
const leastPartBytes = 5 * 2 ** 20;

/** A server. Dispose of it with `await using`. */
export class PartsServer implements AsyncDisposable {
  /** Name → digest of the content. */
  readonly files = new Map<string, string>();
  /** Uploads that have neither been completed nor forgotten: number → part. */
  readonly uploads = new Map<string, Map<number, Uint8Array>>();
  /** Requests so far, as `PUT name part 3` or `POST name complete`. */
  readonly requests: string[] = [];
  /** Answers a request in another way. */
  intercept: (request: string) => Promise<Response | undefined> | Response | undefined = () =>
    undefined;
  /** Whether what it says of a completed upload does not arrive. */
  losesAnswers = false;
  readonly #sizes = new Map<string, number>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    this.#server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen() {} },
      (request) => this.#answer(request),
    );
  }

  /** A client of it. */
  client() {
    const variables: Record<string, string> = {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${this.#server.addr.port}`,
      AWS_ACCESS_KEY_ID: "key",
      AWS_SECRET_ACCESS_KEY: "secret",
    };
    return openServer("s3://bucket", (name) => variables[name]);
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname, searchParams: query } = new URL(request.url);
    const name = pathname.replace("/bucket/", ""), { method } = request;
    const id = query.get("uploadId") ?? "", number = Number(query.get("partNumber"));
    const what = query.has("uploads")
      ? " begin"
      : number
      ? ` part ${number}`
      : id && (method === "POST" ? " complete" : " forget");
    const line = `${method} ${name}${what}`;
    this.requests.push(line);
    const body = await request.bytes().catch(() => undefined);
    if (!body) return new Response(null, { status: 400 }); // nobody hears it
    const other = await this.intercept(line);
    if (other) return other;
    if (request.headers.get("x-amz-content-sha256") !== sha256(body)) {
      return new Response("XAmzContentSHA256Mismatch", { status: 400 });
    }
    if (query.has("uploads")) {
      const upload = crypto.randomUUID();
      this.uploads.set(upload, new Map());
      return xml(
        `<InitiateMultipartUploadResult><UploadId>${upload}</UploadId></InitiateMultipartUploadResult>`,
      );
    }
    const parts = this.uploads.get(id);
    if (id && !parts) return new Response("NoSuchUpload", { status: 404 });
    if (parts && number) {
      parts.set(number, body);
      return new Response(null, { headers: { etag: tagOf(body) } });
    }
    if (parts && method === "DELETE") {
      this.uploads.delete(id);
      return new Response(null, { status: 204 });
    }
    if (parts) return this.#complete(name, id, parts, new TextDecoder().decode(body));
    if (method === "PUT") {
      this.#keep(name, body);
      return new Response();
    }
    const size = this.#sizes.get(name);
    if (size === undefined) return new Response(null, { status: 404 });
    return new Response(null, { headers: { "content-length": String(size) } });
  }

  #complete(name: string, id: string, parts: Map<number, Uint8Array>, text: string): Response {
    const named = [...text.matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>([^<]+)<\/ETag>/g)];
    const bytes: Uint8Array[] = [];
    for (const [i, [, number, tag]] of named.entries()) {
      const part = parts.get(Number(number));
      if (!part || tag.replaceAll("&quot;", '"') !== tagOf(part) || Number(number) !== i + 1) {
        return new Response("InvalidPart", { status: 400 });
      }
      if (part.length < leastPartBytes && i + 1 < named.length) {
        return new Response("EntityTooSmall", { status: 400 });
      }
      bytes.push(part);
    }
    this.uploads.delete(id);
    this.#keep(name, new Uint8Array(Buffer.concat(bytes)));
    if (this.losesAnswers) return new Response(null, { status: 502 });
    return xml(" <CompleteMultipartUploadResult></CompleteMultipartUploadResult>");
  }

  #keep(name: string, bytes: Uint8Array): void {
    this.files.set(name, sha256(bytes));
    this.#sizes.set(name, bytes.length);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

function tagOf(bytes: Uint8Array): string {
  return `"${sha256(bytes).slice(0, 32)}"`;
}

function xml(text: string): Response {
  return new Response(`<?xml version="1.0" encoding="UTF-8"?>${text}`);
}
