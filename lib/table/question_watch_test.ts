/** What exhausts a machine is bounded, and says so. */
import { strict as assert } from "node:assert";
import { ReadOnlyTables } from "./read_only.ts";

/** The memory is the process's, which other tests share. */
const small = () => {
  const residentGib = 1 + Deno.memoryUsage().rss / 2 ** 30;
  return { memory: "100MB", disk: "50MB", seconds: 0.5, residentGib };
};

/** Questions without end or measure. */
const exhausting: readonly string[] = [
  "SELECT string_agg(repeat('x', 1000), '') FROM range(10000000)",
  "SELECT count(*) FROM range(1000000000000) a, range(1000000000000) b",
  "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b",
  "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
  "FROM repeat_row(1, 2, num_rows = 1000000000000)",
  "FROM range(100000000) ORDER BY random()",
  "PIVOT (FROM range(300000)) ON range USING count(*)",
];

Deno.test("questions without end are ended, with what they took too much of", async () => {
  for (const sql of exhausting) {
    using tables = await ReadOnlyTables.open({}, small());
    const take = async (): Promise<void> => {
      const { batches } = await tables.stream(sql);
      for await (const batch of batches) assert.ok(batch.length > 0);
    };
    await assert.rejects(take(), (error) => {
      assert.match(
        String(error),
        /Cannot answer|Out of Memory|Out of Range|limit of|more than 20000000|Interrupted|too large/i,
        sql,
      );
      return true;
    });
    assert.equal(tables.isStuck, false, sql);
    assert.deepEqual((await tables.ask("SELECT 1")).rows, [[1]], `after ${sql}`);
  }
});

Deno.test("the time of whoever reads an answer is not that of its question", async () => {
  using tables = await ReadOnlyTables.open({}, small());
  const { batches } = await tables.stream("FROM range(10000)");
  let rows = 0;
  for await (const batch of batches) {
    rows += batch.length;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  assert.equal(rows, 10_000);
});
