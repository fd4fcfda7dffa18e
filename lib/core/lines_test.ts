import { strict as assert } from "node:assert";
import { linesOf } from "./lines.ts";

Deno.test("lines are whole however the stream is cut, also within a character", async () => {
  const bytes = new TextEncoder().encode("one\n\n  \nzwölf 🐝\n last");
  for (let size = 1; size <= bytes.length; size++) {
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.slice(at, at + size));
    const lines = await Array.fromAsync(linesOf(ReadableStream.from(pieces)));
    assert.deepEqual(lines, ["one", "zwölf 🐝", " last"], `pieces of ${size}`);
  }
});
