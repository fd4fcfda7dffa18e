import { strict as assert } from "node:assert";
import { madeOf } from "./lock.ts";
import { parseRecord } from "./record.ts";
import { putResult, withStore } from "./testdata/results.ts";

/** Parts of a record that are others than they must be. */
const broken: readonly (readonly [part: string, value: unknown])[] = [
  ["components", { packages: [] }],
  ["components", null],
  ["components", []],
  ["components.code", 7],
  ["components.code", undefined],
  ["components.kind", {}],
  ["components.packages", [1]],
  ["components.packages", "a"],
  ["components.params", undefined],
  ["components.inputs", []],
  ["components.inputs", null],
  ["components.reads", undefined],
  ["components.runtime", undefined],
  ["components.runtime", { cores: "2" }],
  ["host", null],
  ["startedAt", 0],
  ["outputs", null],
  ["outputs", { "a.txt": { digest: "../x", sizeBytes: 1 } }],
  ["provenance", {}],
  ["provenance.git", { commit: 1 }],
  ["log", "x"],
  ["format", 2],
];

Deno.test("a record that lacks a part, or has it of another kind, is none", () =>
  withStore(async (store) => {
    const record = await putResult(store, "a[x=1]", { "a.txt": "content" });
    const { fingerprint } = record;
    const parsed = parseRecord(JSON.stringify(record), fingerprint);
    assert.deepEqual(parsed, record);
    assert.equal(typeof madeOf(parsed!.components).code, "string");
    for (const [part, value] of broken) {
      const changed = structuredClone(record) as unknown as Record<string, unknown>;
      const [name, inner] = part.split(".");
      if (inner === undefined) changed[name] = value;
      else (changed[name] as Record<string, unknown>)[inner] = value;
      const found = parseRecord(JSON.stringify(changed), fingerprint);
      assert.equal(found, undefined, `${part} = ${JSON.stringify(value)}`);
    }
  }));
