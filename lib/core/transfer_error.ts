/**
 * What goes wrong between two machines, in words.
 *
 * @module
 */
import { showAddressIn, shownAddress } from "./address.ts";
import { messageOf } from "./errors.ts";

/** Failures of the network, as against those of the disk or of permissions. */
export function isTransferError(error: unknown): boolean {
  return error instanceof TypeError || error instanceof Deno.errors.Http ||
    error instanceof Deno.errors.ConnectionReset;
}

/** The cause of all causes: "fetch failed" says nothing, the name that was not found does. */
export function innermost(error: unknown, url: URL): string {
  return error instanceof Error && error.cause !== undefined
    ? innermost(error.cause, url)
    : showAddressIn(messageOf(error), url)
      .replace(`error sending request for url (${shownAddress(url)}): `, "")
      .replace(/\?[^\s)]*/g, ""); // a redirect's query may let anybody in
}
