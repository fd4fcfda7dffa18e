/**
 * A web server for tests that serves one file well, or badly in the ways of real servers.
 *
 * @module
 */

/** One answer of the server; the last one of a script is repeated. */
export type Behaviour =
  | "serve"
  | "cut after half"
  | "stall after half"
  | "ignore ranges"
  | "not found"
  | "forbidden"
  | { status: number; retryAfter: string };

/** A request as the server saw it, and how many body bytes it sent. */
export interface SeenRequest {
  path: string;
  range: string | null;
  ifRange: string | null;
  acceptEncoding: string | null;
  sentBytes: number;
}

/** A running server. Close it with `await using`. */
export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly seen: readonly SeenRequest[];
  /** Serves other bytes, with another ETag, from now on. */
  replace(bytes: Uint8Array): void;
}

/** Serves `bytes` at every path, following a script of behaviours, one per request. */
export function serveFile(bytes: Uint8Array, script: readonly Behaviour[] = ["serve"]): TestServer {
  let content = bytes, version = 1;
  const seen: SeenRequest[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const behaviour = script[Math.min(seen.length, script.length - 1)];
    const { headers } = request;
    const entry: SeenRequest = {
      path: new URL(request.url).pathname,
      range: headers.get("range"),
      ifRange: headers.get("if-range"),
      acceptEncoding: headers.get("accept-encoding"),
      sentBytes: 0,
    };
    seen.push(entry);
    if (typeof behaviour === "object") {
      const { status, retryAfter } = behaviour;
      return new Response("busy", { status, headers: { "retry-after": retryAfter } });
    }
    if (behaviour === "not found") return new Response("no", { status: 404 });
    if (behaviour === "forbidden") return new Response("no", { status: 403 });

    const etag = `"v${version}"`;
    const wanted = Number(entry.range?.match(/^bytes=(\d+)-$/)?.[1] ?? 0);
    const current = entry.ifRange === null || entry.ifRange === etag;
    const start = behaviour !== "ignore ranges" && current ? wanted : 0;
    const total = content.byteLength;
    if (start > 0 && start >= total) {
      return new Response(null, { status: 416, headers: { "content-range": `bytes */${total}` } });
    }
    const rest = content.subarray(start);
    const part = behaviour === "cut after half" || behaviour === "stall after half"
      ? rest.subarray(0, Math.floor(rest.byteLength / 2))
      : rest;
    entry.sentBytes = part.byteLength;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(part.slice());
        // Closing before content-length bytes makes the server cut the connection.
        if (behaviour !== "stall after half") controller.close();
      },
    });
    return new Response(body, {
      status: start > 0 ? 206 : 200,
      headers: {
        etag,
        "content-length": String(rest.byteLength),
        ...(start > 0 && { "content-range": `bytes ${start}-${total - 1}/${total}` }),
      },
    });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    seen,
    replace(other) {
      [content, version] = [other, version + 1];
    },
    async [Symbol.asyncDispose]() {
      await server.shutdown();
    },
  };
}
