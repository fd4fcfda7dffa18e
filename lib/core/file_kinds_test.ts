import { strict as assert } from "node:assert";
import { isFile, isFolder, isThere } from "./file_kinds.ts";

Deno.test("a file, a folder, a link to one, nothing, what lies beyond a file, and what cannot be told", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/file`, "");
  await Deno.symlink(folder, `${folder}/link`);
  const cases: [string, boolean, boolean][] = [
    ["file", true, false],
    [".", false, true],
    ["link", false, true],
    ["none", false, false],
    ["file/none", false, false],
  ];
  for (const [name, file, isDirectory] of cases) {
    const path = `${folder}/${name}`;
    assert.deepEqual([await isFile(path), await isFolder(path)], [file, isDirectory], name);
    assert.equal(await isThere(path), file || isDirectory, name);
  }
  assert.equal(await isThere(`${folder}/${"x".repeat(300)}`), false);
  await assert.rejects(isFile(`${folder}/${"x".repeat(300)}`), { code: "ENAMETOOLONG" });
  await Deno.symlink("loop", `${folder}/loop`);
  await assert.rejects(isFile(`${folder}/loop`), { message: /loop: its links lead in a circle$/ });
  await Deno.remove(folder, { recursive: true });
});
