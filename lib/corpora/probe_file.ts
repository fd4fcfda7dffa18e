/**
 * Asks whether a public file is there, without fetching it.
 *
 * @module
 */
import { isFile } from "../core/file_kinds.ts";
import { follow, RedirectError } from "../core/http_follow.ts";
import { takeCredentials } from "../core/address.ts";
import { isTransferError } from "../core/transfer_error.ts";
import type { SourceOptions } from "./fetch_sources.ts";
import { addressOf, hubHeaders, mirrorCopy, mirrorPlaces } from "./file_address.ts";

/** How long one source is waited for, in milliseconds. */
const timeoutMs = 15_000;

/**
 * Whether a mirror or the public address has a file. Who does not answer has none.
 *
 * @throws the signal's reason when it aborts
 */
export async function isAnywhere(
  url: string,
  { mirror, hubToken, signal }: Pick<SourceOptions, "mirror" | "hubToken" | "signal">,
): Promise<boolean> {
  const address = addressOf(url);
  const copies = mirrorPlaces(mirror).map((place) => mirrorCopy(place, address));
  for (const copy of [...copies, { kind: "url", url: address.url } as const]) {
    signal?.throwIfAborted();
    if (
      copy.kind === "file" ? await isFile(copy.path) : await answers(copy.url, hubToken, signal)
    ) {
      return true;
    }
  }
  return false;
}

async function answers(at: URL, hubToken?: string, outer?: AbortSignal): Promise<boolean> {
  const { url, authorization } = takeCredentials(at);
  const timeout = AbortSignal.timeout(timeoutMs);
  const headersOf = (to: URL) => ({
    ...hubHeaders(to, hubToken),
    ...authorization && to.origin === url.origin ? { authorization } : {},
  });
  try {
    const signal = outer ? AbortSignal.any([outer, timeout]) : timeout;
    const response = await follow(url, { method: "HEAD", headersOf, signal });
    await response.body?.cancel();
    return response.ok;
  } catch (error) {
    if (outer?.aborted) throw outer.reason;
    if (timeout.aborted || error instanceof RedirectError || isTransferError(error)) return false;
    throw error;
  }
}
