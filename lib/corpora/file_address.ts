/**
 * Where the file of a public address lies in a mirror and in the download folder.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../core/errors.ts";

/** A public address and its place below a mirror or download folder. */
export interface FileAddress {
  readonly url: URL;
  /** `<host>/<path>`, with `/` on every system. */
  readonly place: string;
}

/** A mirror's copy of a file: in a folder, or at another address. */
export type MirrorCopy =
  | { readonly kind: "file"; readonly folder: string; readonly path: string }
  | { readonly kind: "url"; readonly url: URL };

/**
 * Takes an address apart. A port, where there is one, becomes `<host>_<port>`.
 *
 * @throws {UserError} when it is no plain http(s) address of a file, or would leave the folder
 */
export function addressOf(address: string): FileAddress {
  const refuse = (reason: string) => new UserError(`Cannot fetch "${address}": ${reason}`);
  let url: URL;
  try {
    url = new URL(address);
  } catch (cause) {
    throw new UserError(`Cannot fetch "${address}": it is no web address`, { cause });
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw refuse("it is not http or https");
  }
  if (url.username || url.password) throw refuse("it holds a password");
  if (url.search || url.hash) throw refuse("it has a query or fragment, which names no file");
  const written = address.replace(/^\w+:\/\/[^/]*/, "").split("/").slice(1);
  const segments = url.pathname.split("/").slice(1);
  for (const segment of [...written, ...segments]) {
    const plain = decoded(segment);
    if (plain === undefined) throw refuse(`"${segment}" is not percent-encoded UTF-8`);
    // deno-lint-ignore no-control-regex
    if (plain === "" || plain === "." || plain === ".." || /[/\\\x00-\x1f:*?"<>|]/.test(plain)) {
      throw refuse(`"${segment}" is no safe file name`);
    }
  }
  const host = url.port ? `${url.hostname}_${url.port}` : url.hostname;
  return { url, place: [host, ...segments.map(decoded)].join("/") };
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/** The file's place below a folder. */
export function placeIn(folder: string, { place }: FileAddress): string {
  return join(folder, ...place.split("/"));
}

/**
 * The mirror's copy, whether the mirror is a folder, a `file:` address or an http(s) base.
 *
 * @throws {UserError} when the base is no address
 */
export function mirrorCopy(mirror: string, address: FileAddress): MirrorCopy {
  if (/^https?:\/\//.test(mirror)) {
    const base = mirror.endsWith("/") ? mirror : `${mirror}/`;
    const path = address.place.split("/").map(encodeURIComponent).join("/");
    if (!URL.canParse(base)) {
      throw new UserError({
        message: `Cannot use CROSSTIE_MIRROR="${mirror}": it is no address`,
        hint: "write it as https://host/path, or name a folder",
      });
    }
    return { kind: "url", url: new URL(path, base) };
  }
  const folder = mirror.startsWith("file:") ? fileURLToPath(mirror) : mirror;
  return { kind: "file", folder, path: placeIn(folder, address) };
}

/** The headers that an address of the Hugging Face hub gets, and no other. */
export function hubHeaders(url: URL, token: string | undefined): Record<string, string> {
  const isHub = url.protocol === "https:" && url.hostname === "huggingface.co";
  return token && isHub ? { authorization: `Bearer ${token}` } : {};
}
