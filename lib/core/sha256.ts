/**
 * SHA-256 of strings, bytes, values and files.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { openFile } from "./small_file.ts";
import { canonicalJson, type Json } from "./canonical_json.ts";

/** SHA-256 of bytes or of a string's UTF-8 form, as 64 lower-case hex digits. */
export function sha256(data: Uint8Array | string): string {
  return createHash("sha256").update(data).digest("hex");
}

/** SHA-256 of a JSON value in its canonical spelling. */
export function sha256Json(value: Json): string {
  return sha256(canonicalJson(value));
}

/** Bytes read at once: larger pieces are no faster, those of a stream (64 KiB) take twice as long. */
const pieceBytes = 2 ** 20;

/** SHA-256 of a file, read in pieces, with its length in bytes. */
export async function sha256File(path: string): Promise<{ digest: string; sizeBytes: number }> {
  using file = openFile(path);
  const hash = createHash("sha256");
  const { size } = file.statSync();
  const piece = new Uint8Array(Math.min(size + 1, pieceBytes));
  let sizeBytes = 0;
  for (;;) {
    // A short file is not worth a thread, and a long one may not hold up everything else.
    const read = size < pieceBytes ? file.readSync(piece) : await file.read(piece);
    if (read === null) return { digest: hash.digest("hex"), sizeBytes };
    hash.update(piece.subarray(0, read));
    sizeBytes += read;
  }
}
