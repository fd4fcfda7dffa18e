import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ReadOnlyTables } from "./read_only.ts";
import { ScratchFolder } from "./scratch_folder.ts";

const sorted =
  "SELECT i, md5(i::VARCHAR) || md5(i::VARCHAR) AS m FROM range(600_000) t(i) ORDER BY m";

Deno.test("what does not fit into memory goes to a bounded folder, which is gone in the end", async () => {
  let path: string;
  {
    using tables = await ReadOnlyTables.open({}, { memory: "50MB", disk: "1GB" });
    path = tables.scratch.path;
    assert.ok(path.startsWith(tmpdir()));
    let rows = 0, spilled = 0;
    for await (const batch of (await tables.stream(sorted)).batches) {
      if (rows === 0) spilled = [...Deno.readDirSync(path)].length;
      rows += batch.length;
    }
    assert.equal(rows, 600_000);
    assert.ok(spilled > 0);
  }
  assert.ok(!existsSync(path));
  {
    using tables = await ReadOnlyTables.open({}, { memory: "50MB", disk: "5MB" });
    path = tables.scratch.path;
    await assert.rejects(tables.ask(sorted), /Out of Memory.*5|max_temp_directory_size/);
    assert.deepEqual((await tables.ask("SELECT 1")).rows, [[1]]);
  }
  assert.ok(!existsSync(path));
});

Deno.test("folders of processes that were killed are removed, those of others are not", async () => {
  const child = new Deno.Command(Deno.execPath(), { args: ["eval", "0"] }).spawn();
  await child.status;
  const dead = `${tmpdir()}/crosstie-sql-${child.pid}-x`;
  const alive = `${tmpdir()}/crosstie-sql-${Deno.pid}-x`;
  const other = `${tmpdir()}/crosstie-sql-notes-${crypto.randomUUID()}`;
  for (const folder of [dead, alive, other]) await Deno.mkdir(folder);
  try {
    using folder = new ScratchFolder();
    assert.ok(!existsSync(folder.path));
    assert.deepEqual([dead, alive, other].map((each) => existsSync(each)), [false, true, true]);
  } finally {
    await Deno.remove(alive);
    await Deno.remove(other);
  }
});

Deno.test("a temporary folder that is none, or may not be listed, is no error by itself", () => {
  const before = Deno.env.get("TMPDIR");
  try {
    for (const none of [join(tmpdir(), crypto.randomUUID()), import.meta.filename!]) {
      Deno.env.set("TMPDIR", none);
      using folder = new ScratchFolder();
      assert.ok(folder.path.startsWith(none));
    }
  } finally {
    if (before === undefined) Deno.env.delete("TMPDIR");
    else Deno.env.set("TMPDIR", before);
  }
});
