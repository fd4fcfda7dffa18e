/**
 * Opens the store that the environment names.
 *
 * @module
 */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { UserError } from "../core/errors.ts";
import { HttpServer } from "./http_server.ts";
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
  if (!canBeFolder(folder)) {
    throw new UserError({
      message: `Cannot keep a store in ${folder}: it is not a folder`,
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
export function openServer(address: string, read: ReadVariable): HttpServer {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol === "s3:") return openS3(url, read);
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw new UserError({
      message: `Cannot use CROSSTIE_REMOTE=${address}: it is not an address of a store`,
      hint: "write https://host/path, http://host/path or s3://bucket/prefix",
    });
  }
  const user = decodeURIComponent(url.username), password = decodeURIComponent(url.password);
  const authorization = user ? `Basic ${btoa(`${user}:${password}`)}` : undefined;
  url.username = url.password = "";
  return new HttpServer(withSlash(url), withSlash(url).href, authorization);
}

function openS3(url: URL, read: ReadVariable): HttpServer {
  const accessKey = read("AWS_ACCESS_KEY_ID"), secretKey = read("AWS_SECRET_ACCESS_KEY");
  if (!accessKey || !secretKey) {
    throw new UserError({
      message: `Cannot use CROSSTIE_REMOTE=${url.href} without keys`,
      hint: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_ENDPOINT_URL for other " +
        "servers than Amazon's",
    });
  }
  const region = read("AWS_REGION") || read("AWS_DEFAULT_REGION") || "us-east-1";
  const endpoint = read("AWS_ENDPOINT_URL_S3") || read("AWS_ENDPOINT_URL") ||
    `https://s3.${region}.amazonaws.com`;
  if (!URL.canParse(endpoint)) {
    throw new UserError({
      message: `Cannot use AWS_ENDPOINT_URL=${endpoint}: it is not an address`,
      hint: "write https://host or http://host:port",
    });
  }
  const path = [url.host, ...url.pathname.split("/")].filter((part) => part !== "")
    .map((part) => encodeURIComponent(decodeURIComponent(part))).join("/");
  return new HttpServer(
    withSlash(new URL(path, withSlash(new URL(endpoint)))),
    withSlash(url).href,
    { accessKey, secretKey, sessionToken: read("AWS_SESSION_TOKEN") || undefined, region },
  );
}

function withSlash(url: URL): URL {
  const copy = new URL(url);
  copy.pathname = copy.pathname.replace(/\/*$/, "/");
  return copy;
}

/** Whether a folder is there or can be made. */
function canBeFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? true;
  } catch {
    return false; // a file stands for one of its parents, or it may not be looked at
  }
}
