/**
 * A web server for tests that answers byte by byte as it is told: cuts, lies and nonsense that no
 * well-behaved server library lets through.
 *
 * @module
 */

/** A request as it came. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Where the rest begins that is asked for; 0 where all is. */
  readonly start: number;
}

/** What is sent back. */
export interface RawAnswer {
  /** Status and headers; lines without their ends. */
  readonly head: readonly string[];
  readonly body?: Uint8Array;
  /** Afterwards: the connection is closed (by default), or kept open and silent. */
  readonly end?: "close" | "silence";
  /** So many bytes of the body at a time, and a pause between, in ms. */
  readonly drip?: readonly [bytes: number, pauseMs: number];
  /** The body is sent again and again. */
  readonly endless?: boolean;
}

/** Makes an answer. */
export type Answering = (request: RawRequest) => RawAnswer;

/** A running server. Close it with `await using`. */
export interface HostileServer extends AsyncDisposable {
  readonly url: string;
  readonly seen: readonly RawRequest[];
}

/** Answers each request by the next of the script; the last one is repeated. */
export function serveHostile(script: readonly Answering[]): HostileServer {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const seen: RawRequest[] = [];
  const open = new Set<Deno.Conn>();
  const serving: Promise<void>[] = [];
  const serve = async (connection: Deno.Conn): Promise<void> => {
    open.add(connection);
    try {
      const request = await readRequest(connection);
      if (request === undefined) return;
      const answering = script[Math.min(seen.length, script.length - 1)];
      seen.push(request);
      await send(connection, answering(request));
    } catch {
      // The client has gone, which is what some tests are about.
    } finally {
      if (open.delete(connection)) connection.close();
    }
  };
  const accepting = (async () => {
    for await (const connection of listener) serving.push(serve(connection));
  })();
  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    seen,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of open) {
        open.delete(connection);
        connection.close();
      }
      await accepting;
      await Promise.all(serving);
    },
  };
}

async function readRequest(connection: Deno.Conn): Promise<RawRequest | undefined> {
  const buffer = new Uint8Array(4096);
  let text = "";
  while (!text.includes("\r\n\r\n")) {
    const count = await connection.read(buffer);
    if (count === null) return undefined;
    text += new TextDecoder().decode(buffer.subarray(0, count));
  }
  const [first, ...lines] = text.split("\r\n");
  const [method, path] = first.split(" ");
  const headers = Object.fromEntries(
    lines.filter((line) => line !== "").map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  return { method, path, headers, start: Number(/^bytes=(\d+)-$/.exec(headers.range)?.[1] ?? 0) };
}

async function send(connection: Deno.Conn, answer: RawAnswer): Promise<void> {
  const { head, body = new Uint8Array(), drip, endless, end } = answer;
  await writeAll(connection, new TextEncoder().encode([...head, "", ""].join("\r\n")));
  const [size, pauseMs] = drip ?? [body.length || 1, 0];
  do {
    for (let at = 0; at < body.length; at += size) {
      await writeAll(connection, body.subarray(at, at + size));
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  } while (endless);
  if (end === "silence") await connection.read(new Uint8Array(1));
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}
