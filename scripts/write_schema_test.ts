import { strict as assert } from "node:assert";
import { schemaFile, schemaText } from "./write_schema.ts";

Deno.test("the committed schema is current: deno run -A scripts/write_schema.ts", async () => {
  assert.equal(await Deno.readTextFile(schemaFile), schemaText());
});
