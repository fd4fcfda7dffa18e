import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { CounterRandom } from "../core/random.ts";
import { entryOf, formatLock, type Lock, lockFileOf, parseLock, updateSection } from "./lock.ts";
import type { RunRecord } from "./record.ts";
import { putResult, withStore } from "./testdata/results.ts";

async function withLock(
  use: (lock: Lock, records: Record<string, RunRecord>) => void | Promise<void>,
): Promise<void> {
  await withStore(async (store) => {
    const records: Record<string, RunRecord> = {};
    for (const id of ["b", 'a[x="q"]', "a[x=1]"]) {
      records[id] = await putResult(store, id, { "b.txt": id, "a.txt": "same" });
    }
    const section = Object.fromEntries(
      Object.entries(records).map(([id, record]) => [id, entryOf(record)]),
    );
    await use({ cpu: section, big: {} }, records);
  });
}

Deno.test("a lock file stands beside its pipeline file", () => {
  assert.equal(lockFileOf("pipeline.yaml"), "pipeline.lock");
  assert.equal(lockFileOf("/x.yaml/a.b.yml"), "/x.yaml/a.b.lock");
  assert.equal(lockFileOf("plain"), "plain.lock");
});

Deno.test("a lock is sorted text with one block per instance, and reads as it was written", () =>
  withLock((lock) => {
    const text = formatLock(lock);
    assert.deepEqual(parseLock(text, "x.lock"), lock);
    assert.equal(formatLock(parseLock(text, "x.lock")), text);
    const names = [...text.matchAll(/^ {6}(".*"): \{$/gm)].map((match) => JSON.parse(match[1]));
    assert.deepEqual(names, ["a[x=1]", 'a[x="q"]', "b"].sort());
    const shuffled = Object.fromEntries(Object.entries(lock.cpu).reverse());
    assert.equal(formatLock({ big: {}, cpu: shuffled }), text);
    assert.match(
      text,
      /"runtime": \{"cores":2,"cpu":"an Abacus","device":"cpu","onnxruntime":"1.30.0"\}/,
    );
    assert.match(text, /^ {10}"a.txt": \{"digest":"[0-9a-f]{64}","sizeBytes":4\},$/m);
    assert.doesNotMatch(text, /2026|here/);
  }));

Deno.test("another result changes only its own lines", () =>
  withLock((lock, records) => {
    const other = {
      ...records.b,
      outputs: { ...records.b.outputs, "a.txt": { digest: "f".repeat(64), sizeBytes: 5 } },
    };
    const section = updateSection(lock.cpu, new Map([["b", other]]), false);
    const before = formatLock(lock).split("\n"),
      after = formatLock({ ...lock, cpu: section }).split("\n");
    assert.equal(before.length, after.length);
    assert.equal(before.filter((line, at) => line !== after[at]).length, 1);
  }));

Deno.test("a section keeps what is the same, takes what is new, and drops on demand", () =>
  withLock(({ cpu }, records) => {
    const elsewhere = { ...records.b, provenance: { git: null, versions: { cpu: "another" } } };
    const fresh = new Map([["b", elsewhere], ["c", elsewhere]]);
    const part = updateSection(cpu, fresh, false);
    assert.deepEqual(Object.keys(part).sort(), [...Object.keys(cpu), "c"].sort());
    assert.equal(part.b, cpu.b);
    assert.equal(part.c.runtime?.cpu, "another");
    assert.deepEqual(Object.keys(updateSection(cpu, fresh, true)), ["b", "c"]);
  }));

Deno.test("a text that is no lock is refused in words, whatever it is", () =>
  withLock((lock) => {
    const text = formatLock(lock);
    const refusal = (wrong: string): string => {
      try {
        parseLock(wrong, "x.lock");
        return "";
      } catch (error) {
        assert.ok(error instanceof UserError, String(error));
        return error.message;
      }
    };
    const hint = "\n  take it from another commit, or delete it and run the whole pipeline";
    assert.equal(refusal("no"), `Cannot read x.lock: it is not a lock file${hint}`);
    assert.equal(
      refusal(text.replace('  "lock"', '<<<<<<< ours\n  "lock"')),
      `Cannot read x.lock: it holds the conflict of a merge${hint}`,
    );
    assert.equal(
      refusal(text.replace(/"fingerprint": ".{64}"/, '"fingerprint": "../x"')),
      `Cannot read x.lock: profiles.cpu.a[x="q"].fingerprint: must be a SHA-256${hint}`,
    );
    const random = new CounterRandom("locks", 1);
    for (let i = 0; i < 500; i++) {
      const at = random.integer(text.length);
      refusal(
        text.slice(0, at) + random.pick(['"', "{", "9", ""]) + text.slice(at + random.integer(9)),
      );
    }
  }));

Deno.test("sources that nothing pins are in the lock, and a changed one is written anew", () =>
  withLock((lock, records) => {
    const sources = { "https://host/b": "b".repeat(64), "https://host/a": "a".repeat(64) };
    const locked = (of: typeof sources) =>
      updateSection(lock.cpu, new Map([["b", { ...records.b, sources: of }]]), false);
    const section = locked(sources);
    const text = formatLock({ cpu: section });
    assert.ok(
      text.includes(
        `        "sources": {\n          "https://host/a": "${"a".repeat(64)}",\n` +
          `          "https://host/b": "${"b".repeat(64)}"\n        },\n        "outputs": {`,
      ),
      text,
    );
    assert.deepEqual(parseLock(text, "x.lock").cpu.b.sources, sources);
    assert.equal(formatLock({ cpu: parseLock(text, "x.lock").cpu }), text);
    const changed = locked({ ...sources, "https://host/b": "c".repeat(64) });
    assert.equal(changed.b.sources!["https://host/b"], "c".repeat(64));
    assert.doesNotMatch(formatLock(lock), /sources/);
  }));
