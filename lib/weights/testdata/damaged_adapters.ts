/**
 * Recorded folders of adapters, damaged on purpose.
 *
 * @module
 */
import { strict as assert } from "node:assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where they are recorded. */
export const fixtures = fileURLToPath(new URL("../../../tests/fixtures/adapters", import.meta.url));

export const readJson = async (path: string) => JSON.parse(await Deno.readTextFile(path));

/** A change of what stands in a JSON file. */
export type Edit = (json: Record<string, unknown> & { config: Record<string, unknown> }) => void;

/** A change of a field of the config's own part, and of one beside it. */
export const set = (field: string, value: unknown): Edit => (json) => json.config[field] = value;
export const top = (field: string, value: unknown): Edit => (json) => json[field] = value;

/** A copy of a recorded folder, with one of its JSON files edited. */
export async function edited(
  from: string,
  file: string,
  edit: Edit,
  run: (folder: string) => Promise<void>,
) {
  const folder = await Deno.makeTempDir();
  try {
    for await (const { name } of Deno.readDir(join(fixtures, from))) {
      await Deno.copyFile(join(fixtures, from, name), join(folder, name));
    }
    const json = await readJson(join(folder, file));
    edit(json);
    await Deno.writeTextFile(join(folder, file), JSON.stringify(json));
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Asserts that a read is refused, and the first thing that is said. */
export async function refused(folder: string, read: () => Promise<unknown>, message: string) {
  await assert.rejects(read, (error: Error & { problems?: { message: string }[] }) => {
    assert.equal(error.name, "UserError", `${error}`);
    assert.equal(error.problems![0].message.replaceAll(folder, "FOLDER"), message);
    return true;
  });
}
