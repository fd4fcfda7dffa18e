/**
 * Requests that follow redirects one by one, so that no header goes to a host that it is not for.
 *
 * @module
 */
import { shownAddress } from "./address.ts";

/** How often a request is sent on to another address. */
const mostRedirects = 10;
const redirects: readonly number[] = [301, 302, 303, 307, 308];

/** A redirect that leads nowhere. */
export class RedirectError extends Error {
  override readonly name = "RedirectError";
}

/** A request without a body. */
export interface FollowedRequest {
  readonly method?: "GET" | "HEAD";
  /** The headers for one address; asked for at each. */
  readonly headersOf: (url: URL) => Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * Makes a request, following redirects.
 *
 * @throws {RedirectError} when they are too many, or lead to no http(s) address or to an
 * unencrypted one from an encrypted one
 * @throws what `fetch` throws
 */
export async function follow(url: URL, request: FollowedRequest): Promise<Response> {
  const { method = "GET", headersOf, signal } = request;
  let at = url;
  for (let count = 0; count <= mostRedirects; count++) {
    // Bytes must come as they are stored, or their count means nothing.
    const headers = { ...headersOf(at), "accept-encoding": "identity" };
    const response = await fetch(at, { method, headers, signal, redirect: "manual" });
    const location = response.headers.get("location");
    if (!redirects.includes(response.status) || location === null) return response;
    await response.body?.cancel();
    at = nextAddress(at, location);
  }
  throw new RedirectError(`it redirects more than ${mostRedirects} times`);
}

function nextAddress(from: URL, location: string): URL {
  if (!URL.canParse(location, from.href)) throw new RedirectError("it redirects to no address");
  const to = new URL(location, from);
  to.username = to.password = ""; // a server knows no passwords of ours
  to.hash = "";
  if (to.protocol !== "http:" && to.protocol !== "https:") {
    throw new RedirectError(`it redirects to ${shownAddress(to)}, which is not http or https`);
  }
  if (from.protocol === "https:" && to.protocol === "http:") {
    throw new RedirectError(`it redirects to ${shownAddress(to)}, which is not encrypted`);
  }
  return to;
}
