import { strict as assert } from "node:assert";
import { openInMirror } from "./mirror_folder.ts";

Deno.test("a file of a mirror is opened; a folder or nothing in its place is not found", async () => {
  const mirror = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${mirror}/data/folder`, { recursive: true });
    await Deno.writeTextFile(`${mirror}/data/file`, "text");
    using file = await openInMirror(`${mirror}/data/file`);
    assert.equal((await file.stat()).size, 4);
    for (const path of ["data/folder", "data/gone", "gone/file", "data/file/below"]) {
      await assert.rejects(openInMirror(`${mirror}/${path}`), Deno.errors.NotFound, path);
    }
  } finally {
    await Deno.remove(mirror, { recursive: true });
  }
});
