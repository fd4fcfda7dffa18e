/**
 * Writes `data/pipeline.schema.json`, which editors use to complete and check pipeline files.
 *
 * @module
 */
import { editorSchema } from "../lib/plan/editor_schema.ts";
import { stages } from "../stages/mod.ts";

/** Where the schema is. */
export const schemaFile = new URL("../data/pipeline.schema.json", import.meta.url);

/** The schema's text. */
export async function schemaText(): Promise<string> {
  const kinds = await Promise.all(Object.values(stages).map((entry) => entry.load()));
  return JSON.stringify(editorSchema(kinds), null, 2) + "\n";
}

if (import.meta.main) await Deno.writeTextFile(schemaFile, await schemaText());
