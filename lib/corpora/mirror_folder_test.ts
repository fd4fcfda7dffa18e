import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
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

Deno.test({
  name: "what has no end, or no beginning, in place of a file of a mirror is refused",
  ignore: Deno.build.os === "windows",
  async fn() {
    const mirror = await Deno.makeTempDir();
    const special: Readonly<Record<string, () => Promise<unknown>>> = {
      pipe: () => new Deno.Command("mkfifo", { args: [`${mirror}/pipe`] }).output(),
      device: () => Deno.symlink("/dev/zero", `${mirror}/device`),
      random: () => Deno.symlink("/dev/urandom", `${mirror}/random`),
      "a link to a pipe": () => Deno.symlink("pipe", `${mirror}/a link to a pipe`),
    };
    try {
      for (const [name, make] of Object.entries(special)) {
        await make();
        await assert.rejects(openInMirror(`${mirror}/${name}`), (error) => {
          assert.ok(error instanceof UserError, `${name}: ${error}`);
          assert.match(error.message, /it is a pipe or a device/);
          return true;
        });
      }
    } finally {
      await Deno.remove(mirror, { recursive: true });
    }
  },
});
