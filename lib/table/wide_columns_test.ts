import { strict as assert } from "node:assert";
import { join } from "node:path";
import { readTable, writeTable } from "./parquet_tables.ts";
import { ReadOnlyTables } from "./read_only.ts";
import { defineTable } from "./schema.ts";

const about = "a seed";
const wide = defineTable({
  name: "seeds",
  about,
  columns: { seed: { type: "UINTEGER", about, nullable: true } },
  key: ["seed"],
});
const narrow = defineTable({
  name: "seeds",
  about,
  columns: { seed: { type: "INTEGER", about, nullable: true } },
  key: ["seed"],
});

/** Greatest seeds that tools have: 16, 31 and 32 bits; one more is the least that takes the next type. */
const files: readonly (number | null)[][] = [
  [0, 1, 65_535],
  [2_147_483_647, null],
  [2_147_483_648],
  [null, 4_294_967_295, 1],
  [null],
  [],
];

Deno.test("a column of seeds keeps every one, and the bytes that it had where all are small", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const paths = files.map((_, i) => join(folder, `${i}.parquet`));
    for (const [i, seeds] of files.entries()) {
      const rows = seeds.map((seed) => ({ seed }));
      await writeTable(wide, paths[i], rows);
      assert.deepEqual(await readTable(wide, paths[i]), rows);
      const isSmall = seeds.every((seed) => Number(seed) < 2 ** 31);
      if (!isSmall) continue;
      await writeTable(narrow, join(folder, "narrow"), rows);
      assert.deepEqual(await Deno.readFile(paths[i]), await Deno.readFile(join(folder, "narrow")));
    }
    using tables = await ReadOnlyTables.open({ seeds: { files: paths, columns: wide.columns } });
    const { rows } = await tables.ask("SELECT seed FROM seeds");
    assert.deepEqual(rows, files.flat().map((seed) => [seed]));
    const sum = await tables.ask("SELECT sum(seed)::VARCHAR FROM seeds");
    assert.deepEqual(sum.rows, [[
      String(0 + 1 + 65_535 + 2 ** 31 - 1 + 2 ** 31 + 2 ** 32 - 1 + 1),
    ]]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("what is no seed is refused with its table", async () => {
  const path = await Deno.makeTempFile();
  for (const seed of [2 ** 32, 2 ** 53, 0.5]) {
    await assert.rejects(
      writeTable(wide, path, [{ seed }]),
      /Cannot write table "seeds"/,
      `${seed}`,
    );
  }
  await Deno.remove(path);
});
