import { strict as assert } from "node:assert";
import { openJournal } from "./journal.ts";
import { Store } from "./store.ts";

Deno.test("a journal that cannot be opened tells where a store can be", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/runs`, "");
  assert.throws(() => openJournal(new Store(folder)), (error: Error) => {
    assert.equal(error.name, "UserError");
    assert.match(error.message, /^Cannot keep a store in \/.*: .*runs/);
    assert.match(error.message, /\n {2}set CROSSTIE_CACHE to a folder that can be written to$/);
    return true;
  });
  await Deno.remove(folder, { recursive: true });
});
