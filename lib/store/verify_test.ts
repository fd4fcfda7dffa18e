import { strict as assert } from "node:assert";
import { sha256 } from "../core/sha256.ts";
import type { Store } from "./store.ts";
import { damage, newStore, putResult, withStore } from "./testdata/results.ts";
import { verifyStore } from "./verify.ts";

/** The damages as text, with paths cut short. */
async function damagesOf(store: Store, heal = false): Promise<string[]> {
  const { damages } = await verifyStore(store, heal);
  return damages.map(({ kind, instance = "?", output = "?", healed = "" }) =>
    `${instance} ${output} ${kind} ${healed}`.trim()
  );
}

Deno.test("a whole store has no damages, and everything in it is read", () =>
  withStore(async (store) => {
    await putResult(store, "a", { "a.txt": "content", "b.txt": "more" });
    await putResult(store, "b", { "a.txt": "content" });
    const { records, objects, damages } = await verifyStore(store, false);
    assert.deepEqual({ records, objects, damages }, { records: 2, objects: 5, damages: [] });
  }));

Deno.test("every damage is named; healed, it is gone, and the whole results are still there", () =>
  withStore(async (store) => {
    const [a, , c, d, e] = [
      await putResult(store, "a", { "a.txt": "changed" }),
      await putResult(store, "b", { "b.txt": "whole" }),
      await putResult(store, "c", { "c.txt": "gone" }),
      await putResult(store, "d", { "d.txt": "record" }),
      await putResult(store, "e", { "e.txt": "log" }),
    ];
    await damage(store.objectPath(a.outputs["a.txt"].digest));
    await Deno.remove(store.objectPath(c.outputs["c.txt"].digest));
    await damage(store.recordPath(d.fingerprint), '{"format":1}');
    await Deno.remove(store.objectPath(e.log));
    await damage(store.objectPath(e.codeFiles));
    const expected = [
      ...["a a.txt corrupt", "c c.txt missing", "? ? record", "e log missing"],
      ...["a", "b", "c", "e"].map((id) => `${id} codeFiles corrupt`), // all have the same code
    ];
    assert.deepEqual((await damagesOf(store)).sort(), [...expected].sort());
    assert.deepEqual(
      (await damagesOf(store, true)).sort(),
      [
        "a a.txt corrupt setAside",
        "c c.txt missing setAside",
        "? ? record setAside",
        "e log missing forgotten",
        "b codeFiles missing forgotten",
        "e codeFiles corrupt forgotten",
      ].sort(),
    );
    assert.deepEqual(await damagesOf(store), []);
    const { records } = await verifyStore(store, false);
    assert.equal(records, 2);
    assert.equal((await store.find(e.fingerprint, ["e.txt"])).kind, "found");
  }));

Deno.test("a record that another fingerprint's components would explain is damaged", () =>
  withStore(async (store) => {
    const record = await putResult(store, "a", { "a.txt": "content" });
    const components = { ...record.components, params: { instance: "another" } };
    store.putRecord({ ...record, components });
    assert.deepEqual(await damagesOf(store), ["? ? record"]);
  }));

Deno.test("a whole content of a shared folder stands in for a damaged one", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const shared = newStore(`${folder}/shared`);
    await putResult(shared, "a", { "a.txt": "content" });
    const own = newStore(`${folder}/own`, [shared.folder]);
    await putResult(own, "a", { "a.txt": "content" });
    await damage(`${own.folder}/objects/${sha256("content").slice(0, 2)}/${sha256("content")}`);
    assert.deepEqual(await damagesOf(own), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("what is no file among the records is damage, and is set aside", () =>
  withStore(async (store) => {
    const { fingerprint } = await putResult(store, "a", { "a.txt": "content" });
    const path = store.recordPath(fingerprint);
    const makes: Record<string, () => Promise<unknown>> = {
      pipe: () => new Deno.Command("mkfifo", { args: [path] }).output(),
      device: () => Deno.symlink("/dev/zero", path),
      circle: () => Deno.symlink(path, path),
      large: async () => {
        using file = await Deno.create(path);
        await file.truncate(2 ** 40);
      },
    };
    for (const [about, make] of Object.entries(makes)) {
      await Deno.remove(path).catch(() => {});
      await make();
      const { damages } = await verifyStore(store, false);
      assert.deepEqual(damages, [{ kind: "record", path }], about);
    }
    assert.deepEqual(await damagesOf(store, true), ["? ? record setAside"]);
    assert.deepEqual(await damagesOf(store), []);
  }));
