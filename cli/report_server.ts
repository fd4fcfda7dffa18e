/**
 * Serves a report to this machine's own browser, while a run goes on.
 *
 * Whoever can read the page knows the address: it holds a random token, and pages of other places
 * can neither guess it nor get an answer by a name of their own (Host and Origin must be exact).
 *
 * @module
 */
import { messageOf } from "../lib/core/errors.ts";
import type { RunProgress } from "./report_progress.ts";

/** How often a served page looks for news, in ms. */
const lookMs = 500;

/** What is served. */
export interface Served {
  /** The page as the results are now. */
  page(): Promise<string>;
  /** How far the run is; undefined where there is none. */
  progress(): Promise<RunProgress | undefined>;
  /** What is another text when results have changed. */
  results(): Promise<string>;
}

/** A server; it ends with `using`. */
export interface ReportServer extends AsyncDisposable {
  readonly url: string;
  readonly finished: Promise<void>;
}

const headers = {
  "cache-control": "no-store",
  "content-security-policy": "frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** Serves on a free port of 127.0.0.1. */
export function serveReport(served: Served): ReportServer {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  const token = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const ending = new AbortController();
  let origin = "";
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const refusal = refused(request, origin);
      if (refusal !== undefined) return answer(refusal, "refused");
      const { pathname } = new URL(request.url);
      if (pathname === `/${token}/events`) return events(served, ending.signal);
      if (pathname !== `/${token}/`) return answer(404, "nothing is here");
      try {
        return answer(200, await served.page(), "text/html; charset=utf-8");
      } catch (error) {
        return answer(500, messageOf(error));
      }
    },
  );
  origin = `http://127.0.0.1:${(server.addr as Deno.NetAddr).port}`;
  return {
    url: `${origin}/${token}/`,
    finished: server.finished,
    async [Symbol.asyncDispose]() {
      ending.abort();
      await server.shutdown();
    },
  };
}

/** The status of a refusal; undefined where a request is one of our own page. */
function refused(request: Request, origin: string): number | undefined {
  if (`http://${request.headers.get("host")}` !== origin) return 403;
  const from = request.headers.get("origin");
  if (from !== null && from !== origin) return 403;
  return request.method === "GET" ? undefined : 405;
}

function answer(status: number, text: string, type = "text/plain; charset=utf-8"): Response {
  return new Response(text, { status, headers: { ...headers, "content-type": type } });
}

/** News as server-sent events: at once, and whenever there are any. */
function events(served: Served, ending: AbortSignal): Response {
  let timer: ReturnType<typeof setTimeout> | undefined, told = "";
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const stop = () => {
        if (timer === undefined) return; // nobody reads any longer
        clearTimeout(timer);
        timer = undefined;
        controller.close();
      };
      ending.addEventListener("abort", stop, { once: true });
      const look = async () => {
        const [progress, results] = await Promise.all([served.progress(), served.results()]);
        if (timer === undefined) return;
        const text = JSON.stringify({ progress, results });
        if (text !== told) controller.enqueue(new TextEncoder().encode(`data: ${text}\n\n`));
        told = text;
        timer = setTimeout(look, lookMs);
      };
      timer = setTimeout(look, 0);
    },
    cancel() {
      clearTimeout(timer);
      timer = undefined;
    },
  });
  return new Response(body, { headers: { ...headers, "content-type": "text/event-stream" } });
}
