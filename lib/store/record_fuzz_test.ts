import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { CounterRandom } from "../core/random.ts";
import { collectGarbage } from "./collect.ts";
import type { Store } from "./store.ts";
import { putResult, withStore } from "./testdata/results.ts";
import { verifyStore } from "./verify.ts";

const mutants = 5_000;
const pieces = [
  ...["null", "{}", "[]", '"', "}", "-1", "1e999", "\\u0000", "", ",", ":", "true", "\n", "\ud800"],
  ...[
    "../../x",
    "/etc/passwd",
    '"__proto__":',
    '"constructor":',
    "[".repeat(9_000),
    "9".repeat(400),
  ],
];

/** A text with one to three places overwritten, cut out or filled in. */
function mutate(text: string, random: CounterRandom): string {
  let result = text;
  for (let i = random.integer(3); i >= 0; i--) {
    const at = random.integer(result.length + 1);
    result = result.slice(0, at) + random.pick(pieces) + result.slice(at + random.integer(20));
  }
  return random.integer(50) === 0 ? result.slice(0, random.integer(result.length + 1)) : result;
}

/** Every file outside the records, with its size. */
async function surroundings(store: Store): Promise<string> {
  const found: string[] = [];
  const walk = async (folder: string): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (name === "records" || name === "damaged" || name === "stamps") continue;
      if (isDirectory) await walk(`${folder}/${name}`);
      else found.push(`${folder}/${name} ${(await Deno.stat(`${folder}/${name}`)).size}`);
    }
  };
  await walk(store.folder);
  return found.sort().join("\n");
}

Deno.test(`${mutants} mutated records are found whole or not at all, and nothing else changes`, () =>
  withStore(async (store) => {
    const outputs = { "a.txt": "content", "b.txt": "more" };
    const { fingerprint } = await putResult(store, "a[x=1]", outputs);
    const path = store.recordPath(fingerprint);
    const text = await Deno.readTextFile(path);
    const before = await surroundings(store);
    const random = new CounterRandom("records", 1);
    for (let i = 0; i < mutants; i++) {
      await Deno.writeTextFile(path, mutate(text, random));
      try {
        const found = await store.find(fingerprint, Object.keys(outputs));
        if (found.kind === "found") {
          assert.match(found.record.outputs["a.txt"].digest, /^[0-9a-f]{64}$/);
        }
        if (i % 100 > 0) continue;
        await verifyStore(store, false);
        await collectGarbage(store.folder, { keepLast: 1, graceMs: 3_600_000, dryRun: false });
        await verifyStore(store, true);
        await putResult(store, "a[x=1]", outputs); // what was set aside is made again
      } catch (error) {
        assert.ok(error instanceof UserError, error instanceof Error ? error.stack : String(error));
      }
    }
    await putResult(store, "a[x=1]", outputs);
    const after = (await surroundings(store)).split("\n");
    // Healing a lost log stores a text in its place.
    assert.deepEqual(before.split("\n").filter((line) => !after.includes(line)), []);
    assert.ok(after.length <= before.split("\n").length + 2);
    assert.deepEqual((await verifyStore(store, false)).damages, []);
  }));
