/**
 * What is left after an engine was disturbed, for tests.
 *
 * @module
 */
import { strict as assert } from "node:assert";
import { Store } from "../../store/store.ts";
import { verifyStore } from "../../store/verify.ts";
import type { Laboratory } from "./laboratory.ts";

/** How much is tried: by `CROSSTIE_TEST=ci` 200 kills, by `full` also a fault at every write. */
export const effort = ({ ci: "ci", full: "full" } as const)[Deno.env.get("CROSSTIE_TEST") ?? ""] ??
  "quick";

/** The instances that have a record. */
export async function published(lab: Laboratory): Promise<Set<string>> {
  const records = await lab.files("store/records");
  return new Set(
    await Promise.all(records.map(async (path) => JSON.parse(await lab.read(path)).instance)),
  );
}

/** Everything that a run leaves for people: tables, manifest, lock. */
export async function outcome(lab: Laboratory): Promise<string> {
  const paths = [...await lab.files("results"), "pipeline.lock"];
  const texts = await Promise.all(
    // The catalogue has the folder's own name.
    paths.map(async (path) => `${path}: ${(await lab.read(path)).replaceAll(lab.folder, "")}`),
  );
  return texts.filter((text) => !/\.(?:new|old)-|^results\/catalog\.sql\..+\.tmp: /.test(text))
    .join("\n");
}

/** Nothing in the store is damaged, whatever happened. */
export async function assertWhole(lab: Laboratory, when: string): Promise<void> {
  const { damages } = await verifyStore(new Store(`${lab.folder}/store`), false);
  assert.deepEqual(damages, [], when);
}

/** Forgets everything but the pipeline. */
export async function reset(lab: Laboratory): Promise<void> {
  for (const path of ["store", "results", "pipeline.lock"]) {
    await Deno.remove(`${lab.folder}/${path}`, { recursive: true }).catch(() => {});
  }
}
