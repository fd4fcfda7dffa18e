import { strict as assert } from "node:assert";
import { join } from "node:path";
import { Database } from "./duckdb.ts";
import { concatenateTables, queryParquet } from "./parquet_tables.ts";
import { defineTable } from "./schema.ts";

const counted = defineTable({
  name: "counted",
  about: "whole numbers",
  columns: { n: { type: "INTEGER", about: "a number" } },
  key: ["n"],
});

Deno.test("parts of many row groups stand one after the other, in the order given", async () => {
  const folder = await Deno.makeTempDir();
  try {
    // A row group has at most 122,880 rows.
    const sizes = [300_000, 1, 150_000, 400_000];
    const parts: string[] = [];
    let before = 0;
    for (const [i, size] of sizes.entries()) {
      // The names do not stand in the order of the parts.
      const part = join(folder, `${9 - i}.parquet`);
      using database = await Database.open();
      await database.run(
        `COPY (SELECT (${before} + i)::INTEGER AS n FROM range(${size}) r(i)) TO '${part}' (FORMAT parquet)`,
      );
      parts.push(part);
      before += size;
    }
    const whole = join(folder, "whole.parquet");
    await concatenateTables(counted, whole, parts);
    const [{ rows, wrong }] = await queryParquet(
      whole,
      "SELECT count(*)::INTEGER AS rows, (count(*) FILTER (n <> file_row_number))::INTEGER AS wrong " +
        `FROM read_parquet('${whole}', file_row_number = true)`,
    );
    assert.deepEqual([rows, wrong], [before, 0]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
