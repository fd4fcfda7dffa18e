/**
 * Small archives for tests.
 *
 * @module
 */
import { type Header, pack } from "tar-stream";

/** A member: its contents, and what is in its header beside the name. */
export type TestMember = readonly [
  name: string,
  contents: string | Uint8Array,
  header?: Partial<Header>,
];

/** A tar archive of members in their order. */
export async function tarOf(members: readonly TestMember[]): Promise<Uint8Array<ArrayBuffer>> {
  const archive = pack();
  for (const [name, contents, header] of members) archive.entry({ ...header, name }, contents);
  archive.finalize();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of archive) chunks.push(new Uint8Array(chunk as Uint8Array));
  return await new Blob(chunks).bytes();
}

/** Bytes as one member of gzip. */
export async function gzipped(
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const zipped = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(zipped).arrayBuffer());
}
