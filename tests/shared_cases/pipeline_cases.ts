/**
 * What must come of the cases about pipelines, folders and questions.
 *
 * @module
 */
import { strict as assert } from "node:assert";
import { join } from "node:path";
import type { CaseCheck } from "./case_bench.ts";

const transfer =
  "SELECT model, source, target, seeds, round(mean, 6) AS mean FROM transfer ORDER BY ALL";
const matrix = [
  ["encoder", "all", "eng", 1, 8.196721],
  ["encoder", "all", "swa", 1, 4.166667],
  ["encoder", "eng", "eng", 1, 6.451613],
  ["encoder", "eng", "swa", 1, 5.16129],
  ["encoder", "swa", "eng", 1, 3.448276],
  ["encoder", "swa", "swa", 1, 5.555556],
  ["memorizer", "all", "eng", 1, 29.268293],
  ["memorizer", "all", "swa", 1, 26.415094],
  ["memorizer", "eng", "eng", 1, 29.268293],
  ["memorizer", "eng", "swa", 1, 8.695652],
  ["memorizer", "swa", "eng", 1, 0],
  ["memorizer", "swa", "swa", 1, 20.408163],
];
/** The checks by the folder of their case. */
export const pipelineCases: Readonly<Record<string, CaseCheck>> = {
  "hive-folder": async (bench) => {
    const cache = (name: string) => ({ CROSSTIE_CACHE: join(bench.project.folder, name) });
    const out = await bench.run(cache("source=zz/cache"));
    assert.match(out, /20 ran, 0 fresh, 0 failed/);
    assert.match(out, /^encoder\n.*\n.*\neng +6\.5 +5\.2 +5\.8\nswa +3\.4 +5\.6 +4\.5\nall +8\.2/m);
    assert.deepEqual(await bench.rows(transfer, cache("source=zz/cache")), matrix);
    const locked = await bench.crosstie("run", ["--locked"], { env: cache("source=zz/cache") });
    assert.equal(locked.code, 0, locked.stdout);
  },

  "glob-folder": async (bench) => {
    const cache = (name: string) => ({ CROSSTIE_CACHE: join(bench.project.folder, name) });
    await bench.run(cache("axb/cache"));
    const out = await bench.run(cache("a*b/cache"));
    assert.match(out, /20 ran, 0 fresh, 0 failed/);
    assert.deepEqual(await bench.rows(transfer, cache("a*b/cache")), matrix);
    const { stdout } = await bench.crosstie("logs", ["train[source=eng,seed=1]"], {
      env: cache("a*b/cache"),
    });
    assert.match(stdout, /40 sentences from 1 corpus/);
  },

  "entity-type-lists": async (bench) => {
    const refusals = {
      twice: /entityTypes\.1"\n[^]*expected each name once: "PER" is in entityTypes already/,
      both: /ignoreTypes\.0"\n[^]*expected a type that is not kept: "PER" is in entityTypes, too/,
      "nothing-left": /Cannot keep only \[XXX\] of a corpus that has \[PER, ORG, LOC\]: no entity/,
      empty: /entityTypes\.0"\n[^]*expected a name: this is empty/,
    };
    for (const [name, message] of Object.entries(refusals)) {
      const { code, stdout, stderr } = await bench.crosstie("run", [], { file: `${name}.yaml` });
      assert.deepEqual([code, stdout], [2, ""], name);
      assert.match(stderr, message);
      assert.match(stderr, new RegExp(`^cases/entity-type-lists/${name}\\.yaml:4:\\d+: Cannot `));
    }
  },

  "seed-range": async (bench) => {
    assert.equal((await bench.crosstie("status")).code, 0);
    assert.match(await bench.run(), /5 ran, 0 fresh, 0 failed/);
    const trained = await bench.rows("SELECT step, isSelected FROM history ORDER BY step");
    assert.deepEqual(trained, [[1, false], [2, true]]);
    const path = join(bench.project.folder, "cases/seed-range/pipeline.yaml");
    const text = await Deno.readTextFile(path);
    const siblings: [seed: string, code: number][] = [
      ["4294967295", 0],
      ["4294967296", 2],
      ["9007199254740991", 2],
      ["-1", 2],
      ["1.5", 2],
      ["12345678901234567890", 2],
    ];
    for (const [seed, code] of siblings) {
      await Deno.writeTextFile(path, text.replace("2147483648", seed));
      const { code: found, stderr } = await bench.crosstie("status");
      assert.equal(found, code, seed);
      if (code === 2) assert.match(stderr, /pipeline\.yaml:\d+:\d+: Cannot /);
    }
    await Deno.writeTextFile(path, text);
  },

  "sql-pivot": async (bench) => {
    await bench.run();
    const scores = "(FROM scores WHERE metric = 'f1' AND of = 'micro' AND model = 'encoder')";
    const pivot = `PIVOT ${scores} ON language USING round(avg(value), 3) GROUP BY source`;
    const expected = [["all", 8.197, 4.167], ["eng", 6.452, 5.161], ["swa", 3.448, 5.556]];
    for (
      const query of [
        `${pivot} ORDER BY source`,
        `FROM (${pivot}) ORDER BY source`,
        `WITH p AS (${pivot}) FROM p ORDER BY source`,
        `FROM (${pivot.replace("ON language", "ON language IN ('eng', 'swa')")}) ORDER BY source`,
      ]
    ) {
      assert.deepEqual(await bench.rows(query), expected, query);
      const output = join(bench.project.folder, "pivot.csv");
      const { code, stderr } = await bench.crosstie("sql", ["--output", output, query]);
      assert.equal(code, 0, stderr);
      assert.equal(
        await Deno.readTextFile(output),
        "source,eng,swa\nall,8.197,4.167\neng,6.452,5.161\nswa,3.448,5.556\n",
      );
    }
    // The case's own words are of columns that scores had: the message names those of today.
    const { code, stderr } = await bench.crosstie("sql", [
      "PIVOT scores ON target USING avg(f1) GROUP BY source",
    ]);
    assert.equal(code, 2);
    assert.match(stderr, /Referenced column "target" not found[^]*"language", "value"/);
  },

  "sql-export": async (bench) => {
    await bench.run();
    const output = join(bench.project.folder, "export.csv");
    for (
      const query of [
        "SELECT 1 AS a -- one",
        "SELECT 1 AS a;;",
        "SELECT 1 AS a; -- one",
        "SELECT 1 AS a /* ; */ ;",
        "-- one\nSELECT 1 AS a",
      ]
    ) {
      const printed = await bench.crosstie("sql", ["--format", "csv", query]);
      assert.deepEqual(printed, { code: 0, stdout: "a\r\n1\r\n", stderr: "" }, query);
      const exported = await bench.crosstie("sql", ["--output", output, query]);
      assert.equal(exported.code, 0, exported.stderr);
      assert.equal(await Deno.readTextFile(output), "a\n1\n");
      await Deno.remove(output);
    }
    const explained = await bench.crosstie("sql", ["--output", output, "EXPLAIN SELECT 1"]);
    assert.equal(explained.code, 0, explained.stderr);
    assert.match(await Deno.readTextFile(output), /^explain_key,explain_value\nphysical_plan,/);
  },
};
