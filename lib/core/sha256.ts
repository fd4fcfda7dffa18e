/**
 * SHA-256 of strings, bytes, values and files.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { canonicalJson, type Json } from "./canonical_json.ts";

/** SHA-256 of bytes or of a string's UTF-8 form, as 64 lower-case hex digits. */
export function sha256(data: Uint8Array | string): string {
  return createHash("sha256").update(data).digest("hex");
}

/** SHA-256 of a JSON value in its canonical spelling. */
export function sha256Json(value: Json): string {
  return sha256(canonicalJson(value));
}

/** SHA-256 of a stream, read in pieces, with its length in bytes. */
export async function sha256Stream(
  stream: ReadableStream<Uint8Array>,
): Promise<{ digest: string; sizeBytes: number }> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  for await (const chunk of stream) {
    hash.update(chunk);
    sizeBytes += chunk.byteLength;
  }
  return { digest: hash.digest("hex"), sizeBytes };
}

/** SHA-256 of a file, read in pieces. */
export async function sha256File(path: string): Promise<{ digest: string; sizeBytes: number }> {
  const file = await Deno.open(path);
  return await sha256Stream(file.readable);
}
