import { strict as assert } from "node:assert";
import { Database } from "./duckdb.ts";
import { withScores } from "./testdata/scores.ts";

Deno.test("tables and columns of views complete, and other words where none of them fits", async () => {
  await withScores(async (tables) => {
    const cases: [text: string, begun: string, words: RegExp][] = [
      ["FROM sco", "sco", /^scores$/],
      ["FROM SCO", "SCO", /^scores$/],
      ["SELECT 'üß😀',\n  sou", "sou", /^source$/],
      ['SELECT "sou', '"sou', /^"source"$/],
      ["SELECT * FROM scores WHERE source = 'eng' AND ta", "ta", /^target$/],
      ["SEL", "SEL", /^SELECT $/],
      ["FROM scores WHE", "WHE", /^WHERE $/],
      ["SELECT mad", "mad", /^mad$/],
      ["FROM ", "", /^scores$/],
      ["SELECT 'sou", "", /^$/],
      ["SELECT -- sou", "", /^$/],
      ["SELECT s\0ou", "", /^$/],
      [`SELECT ${"(".repeat(40)}sou`, "", /^$/],
      [`SELECT ${"f1, ".repeat(100_000)}sou`, "", /^$/],
    ];
    for (const [text, begun, words] of cases) {
      const found = await tables.complete(text);
      assert.equal(found.begun, begun, text.slice(0, 80));
      assert.match(found.words.join(), words, text.slice(0, 80));
    }
  });
});

Deno.test("what is suggested while an answer comes does not end it", async () => {
  await withScores(async (tables) => {
    const { batches } = await tables.stream("FROM range(50_000)");
    let rows = 0;
    for await (const batch of batches) {
      rows += batch.length;
      if (rows < 5_000) assert.deepEqual((await tables.complete("FROM sco")).words, ["scores"]);
    }
    assert.equal(rows, 50_000);
  });
});

Deno.test("a query beside sees the same database, and its error leaves nothing open", async () => {
  using database = await Database.open();
  await database.run("CREATE TABLE t AS SELECT 1 AS a");
  await assert.rejects(database.queryBeside("FROM nobody"), /nobody/);
  assert.deepEqual((await database.queryBeside("FROM t")).rows, [[1]]);
});
