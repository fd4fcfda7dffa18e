/**
 * A pipeline that takes long enough to be disturbed, and what must hold of its store at any time.
 *
 * @module
 */
import { strict as assert } from "node:assert";
import { sha256 } from "../../core/sha256.ts";
import { Laboratory } from "./laboratory.ts";

/** Instances of the slow pipeline. */
export const slowInstances = 17;

/** A pipeline of 8 slow instances and what follows, which count their runs in `tally`. */
export async function slowLaboratory(): Promise<Laboratory> {
  const lab = await Laboratory.create("");
  await lab.write("tally", "");
  await lab.write(
    "pipeline.yaml",
    `
name: crash
params: { words: [ape, bee, cat, dog, eel, fox, gnu, hen], tally: ${lab.folder}/tally }
stages:
  words:
    use: write
    matrix: { word: $words }
    with: { text: $word, sleepMs: 40, tally: $tally }
  first:
    use: upper
    matrix: { word: $words }
    with: { tally: $tally }
    inputs: { text: words }
  all:
    use: concat
    inputs: { texts: first }
`,
  );
  return lab;
}

/** Every object is named by the digest of its content, and every record's outputs are there. */
export async function assertWhole(lab: Laboratory): Promise<void> {
  for (const path of await lab.files("store/objects")) {
    assert.equal(sha256(await lab.read(path)), path.split("/").at(-1));
  }
  for (const path of await lab.files("store/records")) {
    const { outputs } = JSON.parse(await lab.read(path));
    for (const { digest } of Object.values<{ digest: string }>(outputs)) {
      await Deno.stat(`${lab.folder}/store/objects/${digest.slice(0, 2)}/${digest}`);
    }
  }
}

/** Name and content of every table. */
export async function tablesOf(lab: Laboratory): Promise<string[]> {
  const tables = (await lab.files("results")).filter((path) => path.endsWith(".parquet"));
  return await Promise.all(tables.map(async (path) => `${path}: ${await lab.read(path)}`));
}
