/**
 * Where the file of a public address lies in a mirror and in the download folder.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { shownAddress, takeCredentials } from "../core/address.ts";
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
  const refuse = (reason: string) =>
    new UserError(`Cannot fetch "${shownAddress(address)}": ${reason}`);
  let url: URL;
  try {
    url = new URL(address);
  } catch (cause) {
    throw new UserError(`Cannot fetch "${shownAddress(address)}": it is no web address`, { cause });
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
 * The places of `CROSSTIE_MIRROR`, in the order in which they are asked: folders, `file:` addresses
 * and http(s) bases, separated as in `PATH`. A colon right after a scheme, in `user:password@`, or
 * before a port separates nothing; one in a path is written `%3A` in an address, and cannot stand
 * in a folder's name.
 *
 * @param separator `:`, or `;` on Windows
 */
export function mirrorPlaces(
  mirror: string | undefined,
  separator = Deno.build.os === "windows" ? ";" : ":",
): string[] {
  const text = mirror?.trim() ?? "";
  if (separator !== ":") return text.split(separator).filter((place) => place !== "");
  const places: string[] = [];
  for (let rest = text; rest !== "";) {
    const [place] = placePattern.exec(rest)!;
    if (place !== "") places.push(place);
    rest = rest.slice(place.length + 1);
  }
  return places;
}

/** Scheme, user and password, host, port and path; or a folder. */
const placePattern =
  /^(?:[A-Za-z][A-Za-z0-9+.-]*:\/\/(?:[^/?#@]*@)?(?:\[[^\]]*\]|[^:/?#]*)(?::\d+(?=[:/?#]|$))?|file:)?[^:]*/;

/**
 * The mirror's copy, whether the mirror is a folder, a `file:` address or an http(s) base.
 *
 * @param mirror one of {@linkcode mirrorPlaces}
 * @throws {UserError} when the base is no address that can be used
 */
export function mirrorCopy(mirror: string, address: FileAddress): MirrorCopy {
  if (/^(?!file:)[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(mirror)) {
    const base = usableBase(mirror);
    const path = address.place.split("/").map(encodeURIComponent).join("/");
    return { kind: "url", url: new URL(path, base) };
  }
  const folder = mirror.startsWith("file:") ? folderOf(mirror) : mirror;
  return { kind: "file", folder, path: placeIn(folder, address) };
}

const mirrorHint = "write it as https://host/path, or name a folder";

function usableBase(mirror: string): URL {
  const refuse = (reason: string, cause?: unknown) =>
    new UserError({
      message: `Cannot use CROSSTIE_MIRROR="${shownAddress(mirror)}": ${reason}`,
      hint: mirrorHint,
    }, { cause });
  if (!URL.canParse(mirror)) throw refuse("it is no address");
  const base = new URL(mirror);
  if (base.protocol !== "https:" && base.protocol !== "http:") {
    throw refuse("it is not http or https");
  }
  if (base.search || base.hash) throw refuse("it has a query or fragment, which names no folder");
  try {
    takeCredentials(base);
  } catch (cause) {
    throw refuse("its user or password is not percent-encoded UTF-8", cause);
  }
  if (!base.pathname.endsWith("/")) base.pathname += "/";
  return base;
}

function folderOf(mirror: string): string {
  try {
    return fileURLToPath(mirror);
  } catch (cause) {
    throw new UserError({
      message: `Cannot use CROSSTIE_MIRROR="${shownAddress(mirror)}": it names no folder`,
      hint: mirrorHint,
    }, { cause });
  }
}

/** The headers that an address of the Hugging Face hub gets, and no other. */
export function hubHeaders(url: URL, token: string | undefined): Record<string, string> {
  const isHub = url.protocol === "https:" && url.hostname === "huggingface.co";
  return token && isHub ? { authorization: `Bearer ${token}` } : {};
}
