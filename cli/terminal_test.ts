import { strict as assert } from "node:assert";
import { fileURLToPath } from "node:url";
import { jsonText } from "./terminal.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));

/** Files that move the cursor; what they write of others passes showControls. */
const drawing = new Set(["progress.ts", "sync.ts"]);

Deno.test("every command prints through terminal.ts", async () => {
  for (const { name } of Deno.readDirSync(folder)) {
    if (!name.endsWith(".ts") || name.endsWith("_test.ts") || name === "terminal.ts") continue;
    const text = await Deno.readTextFile(`${folder}${name}`);
    assert.doesNotMatch(text, /\bconsole\./, name);
    if (!drawing.has(name)) assert.doesNotMatch(text, /\bstd(out|err)\.write/, name);
  }
});

Deno.test("JSON holds every value, and no control", () => {
  const evil = "a\0\x07\x1b[31m\x7f\x80\x9b\n\u2028é";
  const text = jsonText({ [evil]: [evil] });
  assert.equal(
    text,
    '{"a\\u0000\\u0007\\u001b[31m\\u007f\\u0080\\u009b\\n\u2028é":' +
      '["a\\u0000\\u0007\\u001b[31m\\u007f\\u0080\\u009b\\n\u2028é"]}',
  );
  assert.deepEqual(JSON.parse(text), { [evil]: [evil] });
});
