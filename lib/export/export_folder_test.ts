import { strict as assert } from "node:assert";
import { join } from "node:path";
import { UserError } from "../core/errors.ts";
import { filesIn, folderName, markerName, writeExport } from "./export_folder.ts";

async function inFolder(act: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await act(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const writing = (name: string) => async (folder: string) => {
  await Deno.mkdir(join(folder, "deep"));
  await Deno.writeTextFile(join(folder, "deep", name), name);
};

Deno.test("an export appears, is replaced by another, and leaves nothing beside", () =>
  inFolder(async (folder) => {
    const target = join(folder, "a", "out");
    const [{ path, sizeBytes }] = await writeExport(target, writing("one"));
    assert.deepEqual([path, sizeBytes], ["deep/one", 3]);
    await writeExport(target, writing("two"));
    assert.deepEqual((await filesIn(target)).map(({ path }) => path), ["deep/two"]);
    assert.deepEqual([...Deno.readDirSync(join(folder, "a"))].map(({ name }) => name), ["out"]);
  }));

Deno.test("what fails leaves the old export, or none", () =>
  inFolder(async (folder) => {
    const target = join(folder, "out");
    const fail = async (folder: string) => {
      await writing("half")(folder);
      throw new Error("no space");
    };
    await assert.rejects(writeExport(target, fail), /no space/);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
    await writeExport(target, writing("one"));
    await assert.rejects(writeExport(target, fail), /no space/);
    assert.deepEqual((await filesIn(target)).map(({ path }) => path), ["deep/one"]);
  }));

Deno.test("a folder, a file and an export with anything of a person's stay as they are", () =>
  inFolder(async (folder) => {
    const target = join(folder, "out");
    const refused = (message: RegExp) =>
      assert.rejects(writeExport(target, writing("two")), (error) => {
        assert.ok(error instanceof UserError);
        assert.match(error.message, message);
        return true;
      });
    await Deno.writeTextFile(target, "mine");
    await refused(/it is no folder/);
    await Deno.remove(target);
    await writeExport(target, writing("one"));
    await Deno.writeTextFile(join(target, "deep", "notes.txt"), "mine");
    await refused(/deep\/notes\.txt in it is of no export/);
    await Deno.writeTextFile(join(target, markerName), "{}");
    await refused(/export\.json is of something else/);
    await Deno.remove(join(target, markerName));
    await refused(/it holds files that no export has written/);
    assert.equal(await Deno.readTextFile(join(target, "deep", "notes.txt")), "mine");
    assert.equal(await Deno.readTextFile(join(target, "deep", "one")), "one");
  }));

Deno.test("an empty folder is taken; what a killed export left long ago goes", () =>
  inFolder(async (folder) => {
    const target = join(folder, "out");
    await Deno.mkdir(target);
    const strays = [0, 1].map(() => `${target}.${crypto.randomUUID()}.partial`);
    for (const stray of strays) await Deno.mkdir(stray);
    await Deno.utime(strays[0], 0, 0);
    await writeExport(target, writing("one"));
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => join(folder, name)).sort(), [
      target,
      strays[1],
    ]);
  }));

Deno.test("names of instances become names of folders", () => {
  assert.equal(folderName("train[source=eng,seed=42]"), "train-source-eng-seed-42");
  assert.equal(folderName("../../[x]"), "x");
  assert.equal(folderName("[አማርኛ]"), "model");
});
