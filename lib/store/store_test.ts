import { strict as assert } from "node:assert";
import { CounterRandom } from "../core/random.ts";
import { sha256 } from "../core/sha256.ts";
import type { RunRecord } from "./record.ts";
import { createStore, Store } from "./store.ts";

const fingerprint = sha256("fingerprint");

async function withStore(use: (store: Store) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    createStore(folder);
    await use(new Store(folder));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function recordOf(store: Store, content: string): Promise<RunRecord> {
  const attempt = await store.startAttempt(fingerprint);
  await Deno.writeTextFile(`${attempt}/out/a.txt`, content);
  return {
    format: 1,
    fingerprint,
    instance: "a[x=1]",
    components: {
      kind: "a",
      code: sha256("code"),
      packages: ["zod@4.0.0"],
      params: { text: "x" },
      inputs: {},
      reads: null,
      runtime: null,
    },
    outputs: { "a.txt": await store.putFile(`${attempt}/out/a.txt`) },
    log: await store.putText("log"),
    codeFiles: await store.putText("{}"),
    resources: { cores: 1, memoryMib: 1, gpus: 0 },
    device: "cpu",
    startedAt: "2026-01-01T00:00:00.000Z",
    endedAt: "2026-01-01T00:00:01.000Z",
    host: "here",
    provenance: { git: null, versions: { deno: "2.9.6" } },
  };
}

Deno.test("what is put is found, read-only, by the digest of its content", () =>
  withStore(async (store) => {
    assert.deepEqual(await store.find(fingerprint, ["a.txt"]), { kind: "absent" });
    const record = await recordOf(store, "content");
    await store.putRecord(record);
    assert.deepEqual(await store.find(fingerprint, ["a.txt"]), { kind: "found", record });
    const { digest, sizeBytes } = record.outputs["a.txt"];
    assert.deepEqual([digest, sizeBytes], [sha256("content"), 7]);
    const path = store.objectPath(digest);
    assert.equal(await Deno.readTextFile(path), "content");
    assert.equal((await Deno.stat(path)).mode! & 0o777, 0o444);
  }));

Deno.test("a damaged content is healed by putting it again", () =>
  withStore(async (store) => {
    await store.putRecord(await recordOf(store, "content"));
    const path = store.objectPath(sha256("content"));
    await Deno.remove(path);
    const missing = await store.find(fingerprint, ["a.txt"]);
    assert.equal(missing.kind === "damaged" && missing.verdict, "outputMissing");
    await Deno.writeTextFile(path, "cont");
    const corrupt = await store.find(fingerprint, ["a.txt"]);
    assert.equal(corrupt.kind === "damaged" && corrupt.verdict, "outputCorrupt");
    await recordOf(store, "content");
    assert.equal((await store.find(fingerprint, ["a.txt"])).kind, "found");
  }));

Deno.test("a mutated record is found whole or not at all", () =>
  withStore(async (store) => {
    await store.putRecord(await recordOf(store, "content"));
    const path = store.recordPath(fingerprint);
    const text = await Deno.readTextFile(path);
    const random = new CounterRandom("records", 1);
    const pieces = ["null", "{}", "[]", '"', "}", "-1", "../../x", "1e999", "\\u0000", ""];
    for (let i = 0; i < 1_000; i++) {
      const at = random.integer(text.length);
      const mutated = text.slice(0, at) + random.pick(pieces) +
        text.slice(at + random.integer(20));
      Deno.writeTextFileSync(path, mutated);
      const found = await store.find(fingerprint, ["a.txt"]);
      if (found.kind === "absent") continue;
      for (const { digest } of Object.values(found.record.outputs)) {
        assert.match(digest, /^[0-9a-f]{64}$/);
      }
    }
  }));
