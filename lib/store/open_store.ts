/**
 * Opens the store that the environment names.
 *
 * @module
 */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { type Credentials, shownAddress, takeCredentials } from "../core/address.ts";
import { UserError } from "../core/errors.ts";
import { HttpServer, type ServerLimits } from "./http_server.ts";
import { RemoteStore } from "./remote_store.ts";
import { Store } from "./store.ts";

/** Reads an environment variable. */
export type ReadVariable = (name: string) => string | undefined;

/**
 * Opens the store of `CROSSTIE_CACHE`, with the folders of `CROSSTIE_SHARED_CACHE` (separated as in
 * `PATH`) and the server of `CROSSTIE_REMOTE`.
 *
 * @param defaultFolder the folder without `CROSSTIE_CACHE`
 * @param warn tells a person what went wrong and was got over
 * @throws {UserError} when a variable names what cannot be used
 */
export function openStore(
  defaultFolder: string,
  read: ReadVariable,
  warn: (message: string) => void,
): Store {
  const folder = resolve(read("CROSSTIE_CACHE") || defaultFolder);
  const why = whyNoFolder(folder);
  if (why !== undefined) {
    throw new UserError({
      message: `Cannot keep a store in ${folder}: ${why}`,
      hint: "set CROSSTIE_CACHE to a folder that can be written to",
    });
  }
  const separator = Deno.build.os === "windows" ? ";" : ":";
  const shared = (read("CROSSTIE_SHARED_CACHE") ?? "").split(separator)
    .filter((path) => path !== "").map((path) => resolve(path))
    .filter((path) => path !== folder);
  for (const path of shared) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) continue;
    throw new UserError({
      message: `Cannot read the store in ${path}: it is not a folder`,
      hint: "set CROSSTIE_SHARED_CACHE to folders that are there, or to nothing",
    });
  }
  const remote = read("CROSSTIE_REMOTE");
  if (!remote) return new Store(folder, shared);
  const server = openServer(remote, read);
  return new Store(folder, shared, new RemoteStore(server, `${folder}/damaged`, warn));
}

/**
 * The server of an address: `https://…`, `http://…`, or `s3://bucket/prefix` with the usual `AWS_*`
 * variables.
 *
 * @throws {UserError} for another address, or without keys
 */
export function openServer(
  address: string,
  read: ReadVariable,
  limits?: ServerLimits,
): HttpServer {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol === "s3:") return openS3(url, read, limits);
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw new UserError({
      message: `Cannot use CROSSTIE_REMOTE=${
        shownAddress(address)
      }: it is not an address of a store`,
      hint: "write https://host/path, http://host/path or s3://bucket/prefix",
    });
  }
  const { url: base, authorization } = plainAddress("CROSSTIE_REMOTE", url);
  return new HttpServer(withSlash(base), shownFolder(url), authorization, limits);
}

function openS3(url: URL, read: ReadVariable, limits?: ServerLimits): HttpServer {
  const accessKey = read("AWS_ACCESS_KEY_ID"), secretKey = read("AWS_SECRET_ACCESS_KEY");
  const { authorization } = plainAddress("CROSSTIE_REMOTE", url);
  if (!accessKey || !secretKey || authorization !== undefined || url.host === "") {
    const without = authorization === undefined ? "without keys" : "with keys in it";
    throw new UserError({
      message: `Cannot use CROSSTIE_REMOTE=${shownAddress(url)} ${
        url.host === "" ? "without a bucket" : without
      }`,
      hint: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_ENDPOINT_URL for other " +
        "servers than Amazon's",
    });
  }
  const region = read("AWS_REGION") || read("AWS_DEFAULT_REGION") || "us-east-1";
  const [variable] = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"].filter((name) => read(name));
  const endpoint = variable === undefined
    ? new URL(`https://s3.${region}.amazonaws.com`)
    : endpointOf(variable, read(variable)!);
  const path = [url.host, ...url.pathname.split("/")].filter((part) => part !== "")
    .map((part) => encodeURIComponent(decodeURIComponent(part))).join("/");
  const keys = {
    accessKey,
    secretKey,
    sessionToken: read("AWS_SESSION_TOKEN") || undefined,
    region,
  };
  const base = withSlash(new URL(path, withSlash(endpoint)));
  return new HttpServer(base, shownFolder(url), keys, limits);
}

function endpointOf(variable: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const refuse = (reason: string) =>
    new UserError({
      message: `Cannot use ${variable}=${shownAddress(text)}: ${reason}`,
      hint: "write https://host or http://host:port",
    });
  if (url?.protocol !== "https:" && url?.protocol !== "http:") {
    throw refuse("it is not an address");
  }
  if (plainAddress(variable, url).authorization !== undefined) {
    throw refuse("it holds a password, where keys are used");
  }
  return url;
}

/**
 * An address without what is only for asking.
 *
 * @throws {UserError} when there is a query, which would be lost, or anything is not encoded well
 */
function plainAddress(variable: string, url: URL): Credentials {
  const refuse = (reason: string, hint: string, cause?: unknown) =>
    new UserError(
      { message: `Cannot use ${variable}=${shownAddress(url)}: ${reason}`, hint },
      { cause },
    );
  if (url.search || url.hash) {
    throw refuse(
      "it has a query or fragment",
      "leave out what follows ? or #: only user and password can say who asks",
    );
  }
  try {
    decodeURIComponent(url.host + url.pathname);
    return takeCredentials(url);
  } catch (cause) {
    throw refuse("it is not percent-encoded UTF-8", "write % as %25", cause);
  }
}

/** An address for people, to which names are added. */
function shownFolder(url: URL): string {
  return shownAddress(url).replace(/\/*$/, "/");
}

function withSlash(url: URL): URL {
  const copy = new URL(url);
  copy.pathname = copy.pathname.replace(/\/*$/, "/");
  return copy;
}

/** Why a path is no folder, and none can be made there; undefined where there may be one. */
function whyNoFolder(path: string): string | undefined {
  try {
    const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? true;
    return isFolder ? undefined : "it is not a folder";
  } catch (error) {
    // A file may stand for one of its parents.
    return (error as { code?: string }).code === "EACCES"
      ? "you may not look into a folder above it"
      : "it is not a folder";
  }
}
