import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { sha256 } from "../core/sha256.ts";
import { Store } from "./store.ts";
import { damage, newStore, putResult, withStore } from "./testdata/results.ts";

Deno.test("what is put is found, read-only, by the digest of its content", () =>
  withStore(async (store) => {
    const record = await putResult(store, "a[x=1]", { "a.txt": "content" });
    assert.deepEqual(await store.find(sha256("other"), ["a.txt"]), { kind: "absent" });
    assert.deepEqual(await store.find(record.fingerprint, ["a.txt"]), { kind: "found", record });
    const { digest, sizeBytes } = record.outputs["a.txt"];
    assert.deepEqual([digest, sizeBytes], [sha256("content"), 7]);
    const path = store.objectPath(digest);
    assert.equal(await Deno.readTextFile(path), "content");
    assert.equal((await Deno.stat(path)).mode! & 0o777, 0o444);
  }));

Deno.test("a damaged content is noticed, also where its size is the same, and healed by putting it again", () =>
  withStore(async (store) => {
    const put = () => putResult(store, "a", { "a.txt": "content" });
    const { fingerprint } = await put();
    const verdict = async () => {
      const found = await store.find(fingerprint, ["a.txt"]);
      return found.kind === "damaged" ? `${found.verdict} ${found.output}` : found.kind;
    };
    const path = store.objectPath(sha256("content"));
    for (
      const [text, expected] of [["cont", "outputCorrupt a.txt"], [
        "CONTENT",
        "outputCorrupt a.txt",
      ]]
    ) {
      assert.equal(await verdict(), "found");
      await damage(path, text);
      assert.equal(await verdict(), expected);
      await put();
    }
    await Deno.remove(path);
    assert.equal(await verdict(), "outputMissing a.txt");
    await put();
    assert.equal(await verdict(), "found");
  }));

Deno.test("a content is hashed once, and again when its state is new", () =>
  withStore(async (store) => {
    const { fingerprint } = await putResult(store, "a", { "a.txt": "content" });
    const path = store.objectPath(sha256("content"));
    await Deno.utime(path, 1e9, 1e9);
    const known = async (): Promise<boolean> => {
      const stamps = await Deno.readTextFile(`${store.folder}/stamps/own.json`).catch(() => "{}");
      return sha256("content") in JSON.parse(stamps);
    };
    assert.equal(await known(), false);
    assert.equal((await store.find(fingerprint, ["a.txt"])).kind, "found");
    await store.saveStamps();
    assert.equal(await known(), true);

    // Another time is no other content: it is hashed, and found.
    await Deno.utime(path, 1.1e9, 1.1e9);
    assert.equal((await new Store(store.folder).find(fingerprint, ["a.txt"])).kind, "found");
    // A stamp that is cut short, or of another shape, is no stamp.
    await Deno.writeTextFile(`${store.folder}/stamps/own.json`, '{"ab');
    assert.equal((await new Store(store.folder).find(fingerprint, ["a.txt"])).kind, "found");
  }));

Deno.test("what a shared folder has is used where it lies, and never written to", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const shared = newStore(`${folder}/shared`);
    const record = await putResult(shared, "a", { "a.txt": "content", "b.txt": "more" });
    const names = ["a.txt", "b.txt"];
    const own = newStore(`${folder}/own`, [`${folder}/empty`, shared.folder]);
    assert.deepEqual(await own.find(record.fingerprint, names), { kind: "found", record });
    assert.equal(own.objectPath(sha256("content")), shared.objectPath(sha256("content")));
    assert.equal(await own.readText(record.log), "log of a");
    assert.equal(existsSync(own.recordPath(record.fingerprint)), false);

    // A damaged content of one folder is got over by a whole one in the other.
    await putResult(own, "a", { "a.txt": "content", "b.txt": "more" });
    await damage(`${own.folder}/objects/${sha256("content").slice(0, 2)}/${sha256("content")}`);
    await damage(shared.objectPath(sha256("more")));
    assert.equal((await own.find(record.fingerprint, names)).kind, "found");
    assert.equal(own.objectPath(sha256("content")), shared.objectPath(sha256("content")));
    assert.ok(own.objectPath(sha256("more")).startsWith(own.folder));
    await own.saveStamps();
    assert.equal(existsSync(`${shared.folder}/stamps`), false);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
