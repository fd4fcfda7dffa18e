/**
 * A small hub for tests: the files of models, served well, or badly in the ways of real servers.
 *
 * @module
 */

/** What a hub does with one file, request by request; the last is repeated. */
export type Behaviour = "serve" | "cut after half" | "web page" | "unauthorized" | "busy";

/** A running hub. Close it with `await using`. */
export interface TestHub extends AsyncDisposable {
  readonly url: string;
  /** The requests so far, as `GET /path` with the range, where one was asked for. */
  readonly seen: readonly string[];
}

/**
 * Serves files.
 *
 * @param files content by path, such as `/owner/name/resolve/main/config.json`
 * @param scripts what happens to single files, by the end of their path
 */
export function serveHub(
  files: ReadonlyMap<string, Uint8Array>,
  scripts: Readonly<Record<string, readonly Behaviour[]>> = {},
): TestHub {
  const seen: string[] = [];
  const counts = new Map<string, number>();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const { pathname } = new URL(request.url);
    const range = request.headers.get("range");
    seen.push(`${request.method} ${pathname}${range === null ? "" : ` ${range}`}`);
    const script = Object.entries(scripts).find(([end]) => pathname.endsWith(end))?.[1] ?? [];
    const count = counts.get(pathname) ?? 0;
    counts.set(pathname, count + 1);
    const behaviour = script[Math.min(count, script.length - 1)] ?? "serve";
    const headers = { "content-type": "text/html" };
    if (behaviour === "web page") {
      return new Response("<!DOCTYPE html><html><body>Sign in</body></html>", { headers });
    }
    if (behaviour === "unauthorized") return new Response("no", { status: 401 });
    if (behaviour === "busy") return new Response("no", { status: 503 });
    const content = files.get(pathname);
    if (!content) return new Response("Entry not found", { status: 404 });
    return answer(content, range, behaviour === "cut after half");
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    seen,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
    },
  };
}

function answer(content: Uint8Array, range: string | null, isCut: boolean): Response {
  const start = Number(range?.match(/^bytes=(\d+)-$/)?.[1] ?? 0);
  const rest = content.subarray(start);
  const part = isCut ? rest.subarray(0, Math.floor(rest.length / 2)) : rest;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(part.slice());
      controller.close(); // before content-length bytes: the server cuts the connection
    },
  });
  return new Response(body, {
    status: start > 0 ? 206 : 200,
    headers: {
      etag: `"v1"`,
      "content-length": String(rest.length),
      ...start > 0 && { "content-range": `bytes ${start}-${content.length - 1}/${content.length}` },
    },
  });
}
