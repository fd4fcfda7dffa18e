/**
 * Writes `data/pipeline.schema.json`, which editors use to check pipeline files.
 *
 * @module
 */
import { pipelineJsonSchema } from "../lib/plan/schema.ts";
import { stages } from "../stages/mod.ts";

/** Where the schema is. */
export const schemaFile = new URL("../data/pipeline.schema.json", import.meta.url);

/** The schema's text. */
export function schemaText(): string {
  return JSON.stringify(pipelineJsonSchema(Object.keys(stages)), null, 2) + "\n";
}

if (import.meta.main) await Deno.writeTextFile(schemaFile, schemaText());
