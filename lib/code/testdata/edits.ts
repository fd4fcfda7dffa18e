/**
 * Edits of small projects, and whether they count as code.
 *
 * @module
 */
import { strict as assert } from "node:assert";
import { Modules } from "./modules.ts";

/** What a project has, and an edit of one of its files. */
export type Edit = readonly [
  about: string,
  files: Readonly<Record<string, string>>,
  edited: string,
  from: string,
  to: string,
];

/** A stage with a worker. */
export const work = (from: string): string => `export const run = () => new Worker(${from});`;

/** Tests whether each edit changes the code of `stage.ts`. */
export function testEdits(edits: readonly Edit[], counts: boolean): void {
  Deno.test(`${counts ? "counts" : "does not count"} as code`, async (t) => {
    for (const [about, files, edited, from, to] of edits) {
      await t.step(about, async () => {
        await using lab = await Modules.create(files);
        const [before] = await lab.derive("stage");
        if (counts && !/json$/.test(edited)) assert.ok(edited in before.files);
        const text = files[edited].replace(from, to);
        assert.notEqual(text, files[edited]);
        await lab.write(edited, text);
        const [after] = await lab.derive("stage");
        assert.equal(after.digest !== before.digest, counts);
      });
    }
  });
}
