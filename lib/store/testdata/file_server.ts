/**
 * A plain HTTP server that keeps files under names, for tests: GET with ranges, HEAD and PUT.
 *
 * @module
 */

/** A server in this process. Dispose of it with `await using`. */
export class FileServer implements AsyncDisposable {
  /** Name → content. */
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>();
  /** Requests so far, as `GET /name`. */
  readonly requests: string[] = [];
  /** Answers a request in another way. */
  intercept: (request: Request) => Response | undefined = () => undefined;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    this.#server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen() {} },
      (request) => this.#answer(request),
    );
  }

  /** Its address. */
  get address(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/store`;
  }

  async #answer(request: Request): Promise<Response> {
    const name = new URL(request.url).pathname.replace("/store/", "");
    this.requests.push(`${request.method} ${name}`);
    const other = this.intercept(request);
    if (other) return other;
    if (request.method === "PUT") {
      const length = Number(request.headers.get("content-length"));
      const bytes = await request.bytes();
      if (length !== bytes.length) return new Response("length required", { status: 411 });
      this.files.set(name, bytes);
      return new Response(null, { status: 201 });
    }
    const file = this.files.get(name);
    if (!file) return new Response(null, { status: 404 });
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.get("range") ?? "")?.[1] ?? 0);
    if (start >= file.length && start > 0) {
      return new Response(null, {
        status: 416,
        headers: { "content-range": `bytes */${file.length}` },
      });
    }
    const headers: Record<string, string> = { "content-length": String(file.length - start) };
    if (start > 0) headers["content-range"] = `bytes ${start}-${file.length - 1}/${file.length}`;
    const body = request.method === "HEAD" ? null : file.subarray(start);
    return new Response(body, { headers, status: start > 0 ? 206 : 200 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}
