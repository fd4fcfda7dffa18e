/**
 * Web addresses: how they are shown, and the credentials in them.
 *
 * @module
 */
import { Buffer } from "node:buffer";

/**
 * An address as people and files get to see it: without user, password, query and fragment. What is
 * no whole address loses everything before its last `@`, where a password could be. Paths of files
 * stay as they are.
 *
 * This is the one way in which an address is printed or stored.
 *
 * @example
 * ```ts
 * shownAddress("https://ann:secret@host/a?token=b"); // https://host/a
 * ```
 */
export function shownAddress(address: URL | string): string {
  const text = typeof address === "string" ? address.trim() : address.href;
  if (/^(?:[/\\](?![/\\])|\.|[A-Za-z]:[/\\](?![/\\]))/.test(text)) return text;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && url.host !== "") {
    return `${url.protocol}//${url.host}${url.pathname === "/" ? "" : url.pathname}`;
  }
  if (url?.protocol === "file:") return text;
  const [, scheme, rest] = /^([A-Za-z][A-Za-z0-9+.-]*:[/\\]+)?(.*)$/s.exec(text)!;
  const host = rest.slice(rest.lastIndexOf("@") + 1);
  return (scheme ?? "") + (scheme || host !== rest ? host.replace(/[?#].*$/s, "") : host);
}

/** A text in which an address stands, which is shown as others are. */
export function showAddressIn(text: string, address: URL): string {
  return text.replaceAll(address.href, shownAddress(address));
}

/** An address and what it says of who asks. */
export interface Credentials {
  /** Without user and password. */
  readonly url: URL;
  /** The header that says who asks, where the address did (RFC 7617, in UTF-8). */
  readonly authorization: string | undefined;
}

/**
 * Takes user and password out of an address.
 *
 * @throws {URIError} when they are not percent-encoded UTF-8
 */
export function takeCredentials(address: URL): Credentials {
  const url = new URL(address);
  const user = decodeURIComponent(url.username), password = decodeURIComponent(url.password);
  url.username = url.password = "";
  if (user === "" && password === "") return { url, authorization: undefined };
  const encoded = Buffer.from(`${user}:${password}`, "utf8").toString("base64");
  return { url, authorization: `Basic ${encoded}` };
}

/**
 * Addresses with user and password in a text, such as a log; what they hold is hidden.
 *
 * @returns each once, as `https://…:…@host`
 */
export function passwordsIn(text: string): string[] {
  const found = text.matchAll(
    /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@:"'<>]*:[^\s/@"'<>]+@([^\s/?#"'<>]*)/gi,
  );
  return [...new Set([...found].map(([, scheme, host]) => `${scheme}…:…@${host}`))];
}
