import { strict as assert } from "node:assert";
import { join } from "node:path";
import { UserError } from "../core/errors.ts";
import { refused } from "./testdata/refused_statements.ts";
import { rows, withScores } from "./testdata/scores.ts";

Deno.test("there are enough statements to refuse", () => {
  assert.ok(Object.values(refused).flat().length >= 250);
});

for (const [kind, statements] of Object.entries(refused)) {
  Deno.test(`refused whether printed or exported: ${kind}`, async () => {
    await withScores(async (tables, folder) => {
      const secret = join(folder, "secret.csv");
      await Deno.writeTextFile(secret, "a,b\nsecret,1\n");
      const digest = await Deno.readFile(join(folder, "scores.parquet"));
      const answer = async () => (await tables.ask("FROM scores")).rows;
      const settings = "SELECT list(value ORDER BY name) FROM duckdb_settings()";
      const before = (await tables.ask(settings)).rows;
      for (const statement of statements) {
        const sql = statement.replaceAll("<out>", join(folder, "out"))
          .replaceAll("<in>", secret).replaceAll("<scores>", join(folder, "scores.parquet"));
        await assert.rejects(tables.ask(sql), UserError, `answered: ${sql}`);
        for (const name of ["e.csv", "e.parquet"]) {
          const exported = tables.export(sql, join(folder, name));
          await assert.rejects(exported, UserError, `exported: ${sql}`);
        }
        const left = [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
        assert.deepEqual(left, ["scores.parquet", "secret.csv"], sql);
        assert.deepEqual(await answer(), rows, sql);
      }
      assert.deepEqual((await tables.ask(settings)).rows, before);
      assert.deepEqual(await Deno.readFile(join(folder, "scores.parquet")), digest);
    });
  });
}

Deno.test("what is refused is named", async () => {
  await withScores(async (tables) => {
    const messages: [sql: string, message: RegExp][] = [
      ["-- a\ndrop view scores", /^Cannot run a DROP statement: results are read-only$/m],
      [
        "EXPLAIN ANALYZE COPY scores TO 'x'",
        /^Cannot run a COPY statement: results are read-only$/m,
      ],
      ["FROM read_text('x')", /^Cannot call "read_text" here: results are read-only/m],
      ["SELECT 1; SELECT 2", /^Cannot run 2 statements at once: give one$/m],
      ["EXPLAIN", /^Cannot answer: nothing is asked$/m],
    ];
    for (const [sql, message] of messages) await assert.rejects(tables.ask(sql), { message });
  });
});

Deno.test("every function that is not the same each time is known", async () => {
  await withScores(async (tables) => {
    const { rows } = await tables.ask(
      "SELECT DISTINCT function_name FROM duckdb_functions() " +
        "WHERE function_type = 'scalar' AND stability = 'VOLATILE' ORDER BY 1",
    );
    const refused = ["nextval", "setseed", "sleep_ms", "write_log"];
    const harmless = [
      "current_connection_id",
      "current_query",
      "current_query_id",
      "current_transaction_id",
      "currval",
      "error",
      "gen_random_uuid",
      "random",
      "stats",
      "uuid",
      "uuidv4",
      "uuidv7",
    ];
    assert.deepEqual(rows.map(([name]) => name), [...harmless, ...refused].sort());
    for (const name of refused) {
      await assert.rejects(tables.ask(`SELECT ${name}('a')`), /Cannot call "/);
    }
  });
});

Deno.test("a text of a megabyte is no question", async () => {
  await withScores(async (tables) => {
    await assert.rejects(tables.ask(`SELECT '${"x".repeat(2 ** 20)}'`), /characters, more than/);
    const deep = `SELECT ${"(".repeat(200_000)}1${")".repeat(200_000)}`;
    await assert.rejects(tables.ask(deep), UserError);
  });
});
