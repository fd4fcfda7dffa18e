/**
 * Puts a large file on an S3-compatible server in parts, each signed and tried again by itself
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html).
 *
 * @module
 */
import { createHash } from "node:crypto";
import { messageOf, UserError } from "../core/errors.ts";
import {
  type Answer,
  type Payload,
  payloadOf,
  type SendOptions,
  ServerError,
  type ServerRequest,
  type Upload,
} from "./http_send.ts";

/** What an upload asks of a server. */
interface PartServer {
  /** The address for people. */
  readonly shown: string;
  request(name: string, request: ServerRequest): Promise<Answer>;
  /** A file's size in bytes; undefined when there is none. */
  size(name: string, signal?: AbortSignal): Promise<number | undefined>;
}

/** Of any server: parts of a file, and the smallest size of all but the last. */
const mostParts = 10_000;
const partBytes = 16 * 2 ** 20;
const mebibyte = 2 ** 20;
/** Parts of one file that are sent at once. */
const partsAtOnce = 4;
/** How long a server may take to put the parts together. */
const completionMs = 600_000;

/** The size of a file's parts, in bytes: at most 10,000 of them. */
export function partSize(sizeBytes: number): number {
  return Math.max(partBytes, Math.ceil(sizeBytes / mostParts / mebibyte) * mebibyte);
}

/**
 * Puts a file in parts. When that fails, the server is asked to forget those that it has.
 *
 * @throws {UserError} when the file's content is not what its digest says, or the credentials are
 *   refused
 * @throws {ServerError} when the server fails for good
 * @throws the signal's reason when it aborts
 */
export async function putInParts(
  server: PartServer,
  name: string,
  file: Upload,
  { signal, onSent }: SendOptions = {},
): Promise<void> {
  // It is not ended by the signal: an upload that nobody knows of could not be forgotten.
  const begun = await server.request(name, { method: "POST", query: { uploads: "" } });
  const uploadId = fieldOf(begun, "UploadId");
  if (!uploadId) throw noAnswer(server, name, begun);
  // The first part that fails ends the others.
  const failed = new AbortController();
  const either = AbortSignal.any([failed.signal, ...(signal ? [signal] : [])]);
  const sending: Promise<string>[] = [];
  try {
    for await (const [number, payload] of partsOf(file)) {
      await sending.at(-partsAtOnce);
      either.throwIfAborted();
      const part = putPart(server, name, { partNumber: String(number), uploadId }, payload, either);
      part.then(() => onSent?.(payload.sizeBytes), (error) => failed.abort(error));
      sending.push(part);
    }
    const etags = await Promise.all(sending);
    await complete(server, name, file, uploadId, etags, signal);
  } catch (error) {
    await Promise.allSettled(sending);
    throw await forget(server, name, uploadId, error);
  }
}

/**
 * The parts of a file with their numbers, from 1.
 *
 * @throws {UserError} after the last, when all of them are not what the file's digest says
 */
async function* partsOf({ path, sizeBytes, digest }: Upload): AsyncGenerator<[number, Payload]> {
  using file = await Deno.open(path);
  const whole = createHash("sha256");
  const piece = new Uint8Array(mebibyte);
  const size = partSize(sizeBytes);
  for (let start = 0, number = 1; start < sizeBytes; start += size, number++) {
    const part = createHash("sha256");
    const end = Math.min(start + size, sizeBytes);
    for (let at = start; at < end;) {
      const read = await file.read(piece.subarray(0, Math.min(piece.length, end - at)));
      if (read === null) throw damaged(path);
      part.update(piece.subarray(0, read));
      whole.update(piece.subarray(0, read));
      at += read;
    }
    yield [number, { digest: part.digest("hex"), sizeBytes: end - start, from: { path, start } }];
  }
  if (whole.digest("hex") !== digest) throw damaged(path);
}

function damaged(path: string): UserError {
  return new UserError({
    message: `Cannot send ${path}: its content is not what its name says`,
    hint: "crosstie verify --heal mends the store",
  });
}

/** @returns what the server calls the part */
async function putPart(
  server: PartServer,
  name: string,
  query: { readonly partNumber: string; readonly uploadId: string },
  payload: Payload,
  signal: AbortSignal,
): Promise<string> {
  const answer = await server.request(name, { method: "PUT", query, payload, signal });
  if (!answer.etag) throw noAnswer(server, name, answer);
  return answer.etag;
}

async function complete(
  server: PartServer,
  name: string,
  { sizeBytes }: Upload,
  uploadId: string,
  etags: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const parts = etags.map((etag, i) =>
    `<Part><PartNumber>${i + 1}</PartNumber><ETag>${escapeXml(etag)}</ETag></Part>`
  );
  const payload = payloadOf(
    `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${
      parts.join("")
    }</CompleteMultipartUpload>`,
  );
  const request = { query: { uploadId }, payload, signal, idleMs: completionMs };
  try {
    const answer = await server.request(name, { method: "POST", ...request });
    // A failure that comes late comes with the status 200.
    if (!answer.text.includes("<CompleteMultipartUploadResult")) {
      throw noAnswer(server, name, answer);
    }
  } catch (error) {
    // A try whose answer was lost may have done it.
    const isGone = error instanceof ServerError && error.status === 404;
    if (!isGone || await server.size(name, signal) !== sizeBytes) throw error;
  }
}

/** Removes what came of an upload. @returns the error to be thrown */
async function forget(
  server: PartServer,
  name: string,
  uploadId: string,
  error: unknown,
): Promise<unknown> {
  try {
    await server.request(name, { method: "DELETE", query: { uploadId } });
    return error;
  } catch (left) {
    if (left instanceof ServerError && left.status === 404) return error;
    const message = `${messageOf(error)}; parts of it are left on the server, as they cannot be ` +
      `removed: ${messageOf(left)}`;
    return new ServerError(message, 0);
  }
}

function noAnswer({ shown }: PartServer, name: string, { status, text }: Answer): ServerError {
  return new ServerError(
    `${shown}${name}: not the answer of an S3 server: HTTP ${status} ${text.slice(0, 200)}`,
    0,
  );
}

/** The text of an XML element that has no further ones in it. */
function fieldOf({ text }: Answer, element: string): string | undefined {
  return new RegExp(`<${element}>([^<]+)</${element}>`).exec(text)?.[1];
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
