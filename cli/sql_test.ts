import { strict as assert } from "node:assert";
import { join } from "node:path";
import { workbench } from "./testdata/workbench.ts";

Deno.test("sql answers at any size, to a pipe, a file or nobody", async (t) => {
  await using bench = await workbench();
  assert.equal((await bench.crosstie("run")).code, 0);
  const sql = (...args: string[]) => bench.crosstie("sql", ...args);

  await t.step("more rows than a call can have arguments", async () => {
    const { code, out } = await sql("FROM range(300_000)");
    assert.equal(code, 0);
    const lines = out.trimEnd().split("\n");
    assert.equal(lines.length, 300_002);
    assert.equal(lines.at(-1), "299999");
  });

  await t.step("the store's records say how long each instance took", async () => {
    const query = "SELECT stage, instance, axes, cores, device, seconds > 0 AS told FROM runs " +
      "WHERE instance IN (SELECT DISTINCT 'corpus[language=' || language || ']' FROM sentences)";
    const { code, out } = await sql("--format", "json", query);
    assert.equal(code, 0);
    const rows = JSON.parse(out) as Record<string, unknown>[];
    assert.ok(rows.length > 0);
    const [{ instance }] = rows;
    const language = /=(\w+)\]$/.exec(String(instance))![1];
    assert.deepEqual(rows[0], {
      stage: "corpus",
      instance,
      axes: `{"language":"${language}"}`,
      cores: 1,
      device: "cpu",
      told: true,
    });
  });

  await t.step("whoever reads may go", async () => {
    for (const format of ["table", "csv", "json", "markdown"]) {
      const child = bench.spawn("sql", "--format", format, "FROM range(100_000_000_000)");
      const reader = child.stdout.getReader();
      assert.ok((await reader.read()).value!.length > 0);
      await reader.cancel();
      const [{ code }, errors] = await Promise.all([
        child.status,
        new Response(child.stderr).text(),
      ]);
      assert.deepEqual([code, errors], [0, ""], format);
    }
  });

  await t.step("what is printed as CSV is what is exported", async () => {
    const file = join(bench.folder, "out.csv");
    const queries = [
      "SELECT 1 AS a -- one",
      "SELECT 1 AS a;;",
      "SELECT 1.10 AS a, 1e0 AS b, [0.123456789, NULL] AS c, {'x': 'a, b'} AS d, '' AS e, NULL AS f",
      "SELECT 9007199254740993 AS a, 0.12345678901234567891 AS b, 0.1::DOUBLE AS c, 'nan'::DOUBLE",
      "SELECT 'a\nb' AS a, 'say \"x\"' AS b, TIMESTAMP '2027-01-02 03:04:05' AS c, DATE '2027-01-02'",
      "PIVOT sentences ON split USING count(*) GROUP BY language ORDER BY language; -- all",
      "DESCRIBE sentences",
      "EXPLAIN SELECT 1",
    ];
    for (const query of queries) {
      const { out } = await sql("--format", "csv", query);
      assert.equal((await sql("--output", file, query)).code, 0);
      assert.equal(await Deno.readTextFile(file), out.replaceAll("\r\n", "\n"), query);
    }
    const { out } = await sql("--format", "csv", queries[2]);
    assert.equal(
      out,
      'a,b,c,d,e,f\r\n1.10,1.0,"[0.123456789, NULL]","{\'x\': \'a, b\'}","",\r\n',
    );
  });

  await t.step(
    "what was there stays when the answer fails, and nothing is left beside",
    async () => {
      const folder = join(bench.folder, "exports"), file = join(folder, "kept.csv");
      await Deno.mkdir(folder);
      await Deno.writeTextFile(file, "kept");
      for (const name of ["kept.csv", "kept.parquet"]) {
        const query = "SELECT if(i = 1_000_000, error('late'), i) FROM range(2_000_000) t(i)";
        const child = bench.spawn("sql", "--output", join(folder, name), query);
        const [{ code }, errors] = await Promise.all([
          child.status,
          new Response(child.stderr).text(),
          child.stdout.cancel(),
        ]);
        assert.equal(code, 2);
        assert.match(errors, /late/);
        assert.doesNotMatch(errors, /^ +at /m);
      }
      assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["kept.csv"]);
      assert.equal(await Deno.readTextFile(file), "kept");
    },
  );

  await t.step("an address is no file", async () => {
    for (const to of ["s3://127.0.0.1/x.csv", "http://127.0.0.1:9/x.parquet", "HF://x/y.csv"]) {
      const child = bench.spawn("sql", "--output", to, "SELECT 1");
      const [{ code }, errors] = await Promise.all([
        child.status,
        new Response(child.stderr).text(),
        child.stdout.cancel(),
      ]);
      assert.equal(code, 2);
      assert.equal(
        errors.split("\n")[0],
        `Cannot export to "${to}": only files of this machine are written`,
      );
    }
  });
});
