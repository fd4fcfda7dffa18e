import { strict as assert } from "node:assert";
import { dirname } from "node:path";
import { carry, foreignIn, ownedIn, retire } from "./results_folder.ts";

const manifest = (files: readonly unknown[], more = {}) =>
  JSON.stringify({ pipeline: "p", profile: "cpu", tables: { scores: { files } }, ...more });

async function withFolders(
  use: (old: string, current: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(`${folder}/old`, `${folder}/current`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function write(path: string, text: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, text);
}

/** Every file below a folder with its text, links by where they lead. */
function contents(folder: string, below = ""): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { name, isDirectory, isSymlink } of Deno.readDirSync(`${folder}/${below}`)) {
    const path = below + name;
    if (isDirectory) Object.assign(found, contents(folder, `${path}/`));
    else if (isSymlink) found[path] = `→ ${Deno.readLinkSync(`${folder}/${path}`)}`;
    else found[path] = Deno.readTextFileSync(`${folder}/${path}`);
  }
  return found;
}

Deno.test("what a manifest names is owned, and nothing outside its tables", () =>
  withFolders(async (folder) => {
    assert.equal(ownedIn(folder), undefined);
    const paths = ["scores/a.parquet", "notes.txt", "../x", "scores/../x", "/etc/passwd"];
    await write(`${folder}/manifest.json`, manifest(paths.map((path) => ({ path }))));
    const owned = ownedIn(folder)!;
    assert.deepEqual([...owned.files], ["manifest.json", "scores/a.parquet"]);
    assert.deepEqual([...owned.tables], ["scores"]);
    for (
      const text of [
        "",
        "null",
        "[]",
        "{}",
        "no JSON",
        manifest([{ path: 1 }]),
        manifest([1]),
        manifest([], { tables: null }),
        manifest([], { pipeline: 1 }),
      ]
    ) {
      await write(`${folder}/manifest.json`, text);
      assert.equal(ownedIn(folder), undefined, text);
    }
  }));

Deno.test("what is a person's is carried as the same file, links as links, with its rights", () =>
  withFolders(async (old, current) => {
    await write(`${old}/manifest.json`, manifest([{ path: "scores/a.parquet" }]));
    await write(`${old}/scores/a.parquet`, "a");
    await write(`${old}/scores/mine/b.txt`, "b");
    await write(`${old}/notes.txt`, "notes");
    await Deno.mkdir(`${old}/empty`);
    await Deno.chmod(`${old}/empty`, 0o700);
    await Deno.symlink("nowhere", `${old}/link`);
    const foreign = [...foreignIn(old, ownedIn(old)!)];
    assert.deepEqual(foreign.map(({ path }) => path).sort(), [
      "empty",
      "link",
      "notes.txt",
      "scores/mine",
      "scores/mine/b.txt",
    ]);
    await Deno.mkdir(`${current}/scores`, { recursive: true });
    carry(foreign, old, current);
    assert.deepEqual(contents(current), {
      "link": "→ nowhere",
      "notes.txt": "notes",
      "scores/mine/b.txt": "b",
    });
    const ino = (path: string) => Deno.lstatSync(path).ino;
    assert.equal(ino(`${current}/notes.txt`), ino(`${old}/notes.txt`));
    assert.equal(Deno.statSync(`${current}/empty`).mode! & 0o777, 0o700);
    assert.equal(retire(old, current), true);
    assert.equal(contents(current)["notes.txt"], "notes");
    await assert.rejects(Deno.lstat(old), Deno.errors.NotFound);
  }));

Deno.test("what came, or was saved anew, after it was carried goes along", () =>
  withFolders(async (old, current) => {
    await write(`${old}/manifest.json`, manifest([{ path: "scores/a.parquet" }]));
    await write(`${old}/scores/a.parquet`, "a");
    await write(`${old}/notes.txt`, "notes");
    const foreign = [...foreignIn(old, ownedIn(old)!)];
    await Deno.mkdir(current);
    carry(foreign, old, current);
    const carried = new Map([["notes.txt", Deno.lstatSync(`${current}/notes.txt`).ino]]);
    await write(`${old}/deep/new.txt`, "new");
    await write(`${old}/notes.txt~`, "edited notes");
    await Deno.rename(`${old}/notes.txt~`, `${old}/notes.txt`); // as editors do
    assert.equal(retire(old, current, carried), true);
    assert.deepEqual(contents(current), { "notes.txt": "edited notes", "deep/new.txt": "new" });
  }));

Deno.test("of two files of a name, neither goes", () =>
  withFolders(async (old, current) => {
    await write(`${old}/manifest.json`, manifest([{ path: "scores/a.parquet" }]));
    await write(`${old}/scores/a.parquet`, "a");
    await write(`${old}/notes.txt`, "one");
    await write(`${current}/notes.txt`, "other");
    assert.equal(retire(old, current), false);
    assert.equal(contents(current)["notes.txt"], "other");
    assert.deepEqual(Object.keys(contents(old)).sort(), ["manifest.json", "notes.txt"]);
    await Deno.remove(`${current}/notes.txt`);
    assert.equal(retire(old, current), true);
    assert.deepEqual(contents(current), { "notes.txt": "one" });
  }));

Deno.test("a copy of the same time counts as the same file, where links cannot be", () =>
  withFolders(async (old, current) => {
    await write(`${old}/manifest.json`, manifest([]));
    for (const folder of [old, current]) {
      await write(`${folder}/notes.txt`, "notes");
      await Deno.utime(`${folder}/notes.txt`, 1e9, 1e9);
      await Deno.symlink("there", `${folder}/link`);
    }
    assert.equal(retire(old, current), true);
    assert.deepEqual(contents(current), { "notes.txt": "notes", "link": "→ there" });
  }));
