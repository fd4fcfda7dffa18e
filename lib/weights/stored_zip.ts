/**
 * Reads ZIP archives whose entries are stored as they are, as PyTorch writes them (APPNOTE 6.3.10).
 *
 * @module
 */
import { crc32 } from "node:zlib";

const endSignature = 0x06054b50, entrySignature = 0x02014b50, localSignature = 0x04034b50;
const endBytes = 22, entryBytes = 46, localBytes = 30;
/** The longest comment of an archive. */
const longestComment = 0xffff;

/** Whether bytes begin as those of a ZIP archive. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && viewOf(bytes).getUint32(0, true) === localSignature;
}

/**
 * The entries of an archive by name, as views of its bytes, each checked against its checksum.
 *
 * @param refuse an error that says why the archive cannot be read
 */
export function zipEntries(
  bytes: Uint8Array<ArrayBuffer>,
  refuse: (why: string) => Error,
): Map<string, Uint8Array<ArrayBuffer>> {
  const view = viewOf(bytes);
  const end = endOf(view);
  if (end === undefined) throw refuse("its archive is cut: it has no list of entries");
  const count = view.getUint16(end + 10, true);
  const entries = new Map<string, Uint8Array<ArrayBuffer>>();
  let at = view.getUint32(end + 16, true);
  for (let i = 0; i < count; i++) {
    if (at + entryBytes > end || view.getUint32(at, true) !== entrySignature) {
      throw refuse(`its archive is damaged: entry ${i + 1} of ${count} is none`);
    }
    const lengthAt = (place: number) => view.getUint16(at + place, true);
    const nameEnd = at + entryBytes + lengthAt(28);
    const name = new TextDecoder().decode(bytes.subarray(at + entryBytes, nameEnd));
    if (entries.has(name)) throw refuse(`its archive has the entry "${name}" twice`);
    entries.set(name, entryAt(bytes, view, at, name, refuse));
    at = nameEnd + lengthAt(30) + lengthAt(32);
  }
  return entries;
}

function entryAt(
  bytes: Uint8Array<ArrayBuffer>,
  view: DataView,
  at: number,
  name: string,
  refuse: (why: string) => Error,
): Uint8Array<ArrayBuffer> {
  if (view.getUint16(at + 8, true) & 1) throw refuse(`its entry "${name}" is encrypted`);
  if (view.getUint16(at + 10, true) !== 0) throw refuse(`its entry "${name}" is compressed`);
  const size = view.getUint32(at + 24, true), local = view.getUint32(at + 42, true);
  const cut = () => refuse(`its entry "${name}" is cut`);
  if (local + localBytes > bytes.length || view.getUint32(local, true) !== localSignature) {
    throw cut();
  }
  const start = local + localBytes + view.getUint16(local + 26, true) +
    view.getUint16(local + 28, true);
  if (start + size > bytes.length) throw cut();
  const data = bytes.subarray(start, start + size);
  if (crc32(data) !== view.getUint32(at + 16, true)) {
    throw refuse(`its entry "${name}" is damaged: its checksum is another`);
  }
  return data;
}

/** Where the end of the list of entries begins. */
function endOf(view: DataView): number | undefined {
  const last = view.byteLength - endBytes;
  for (let at = last; at >= Math.max(0, last - longestComment); at--) {
    if (view.getUint32(at, true) === endSignature) return at;
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
