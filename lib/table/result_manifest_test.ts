import { strict as assert } from "node:assert";
import { join } from "node:path";
import { UserError } from "../core/errors.ts";
import { writeTable } from "./parquet_tables.ts";
import { ReadOnlyTables } from "./read_only.ts";
import { resultViews } from "./result_manifest.ts";
import { defineTable } from "./schema.ts";

const column = { type: "INTEGER", about: "" } as const;
const table = (columns: unknown, files: unknown = []) => ({ about: "", key: [], columns, files });
const manifest = (tables: unknown, format: unknown = 1) => ({ format, tables });
const file = (path: unknown, sizeBytes: unknown = 1) => ({ path, sizeBytes });

/** Manifests that somebody has written, and what is said of them. */
const damaged: readonly (readonly [text: string, reason: RegExp])[] = [
  ["", /it is no JSON/],
  ["{", /it is no JSON/],
  ...([
    [null, /expected object/],
    [[], /expected object/],
    [1, /expected object/],
    ["text", /expected object/],
    [{}, /"format"/],
    [manifest({}, 2), /"format"/],
    [manifest(null), /"tables"/],
    [manifest([]), /"tables"/],
    [manifest({ x: null }), /"tables\.x"/],
    [manifest({ x: table(null) }), /"tables\.x\.columns"/],
    [manifest({ x: table({}) }), /a table has no columns/],
    [manifest({ x: table({ a: column }, null) }), /"tables\.x\.files"/],
    [manifest({ x: table({ a: column }, [1]) }), /"tables\.x\.files\.0"/],
    [manifest({ x: table({ a: column }, [file(7)]) }), /"tables\.x\.files\.0\.path"/],
    [manifest({ x: table({ a: column }, [file("a", "1")]) }), /sizeBytes/],
    ...["/etc/passwd", "../a", "x/../../a", "./a", "a//b", "", ".", "a\0b"].map((path) =>
      [manifest({ x: table({ a: column }, [file(path)]) }), /leads out of the folder/] as const
    ),
    [manifest({ "a\0b": table({ a: column }) }), /"tables": a name has a NUL character/],
    [manifest({ x: table({ "a\0b": column }) }), /"tables\.x\.columns": a name has a NUL/],
    [manifest({ x: table({ a: { ...column, about: "\0" } }) }), /about": a text has a NUL/],
    ...["../../x", "/x", "a.json", "0\0"].flatMap((digest) =>
      ["fingerprint", "digest"].map((key) =>
        [
          manifest({ x: table({ a: column }, [{ ...file("a"), [key]: digest }]) }),
          new RegExp(`"tables\\.x\\.files\\.0\\.${key}"`),
        ] as const
      )
    ),
    [{ ...manifest({}), pipeline: "\0" }, /"pipeline": a text has a NUL/],
    ...[{ h: "\0" }, { "\0": 1 }].map((axes) =>
      [
        manifest({ x: table({ a: column }, [{ ...file("a"), axes }]) }),
        /"tables\.x\.files\.0\.axes.*": an? \w+ has a NUL character/,
      ] as const
    ),
    ...[
      "INTEGER AS x; COPY (SELECT 'written') TO '/tmp/man.csv'; SELECT 1",
      "integer",
      "INTEGER[3]",
      "BLOB",
      "",
      7,
      null,
    ].map((type) =>
      [
        manifest({ x: table({ a: { type, about: "" } }) }),
        /"tables\.x\.columns\.a\.type"/,
      ] as const
    ),
  ] as const).map(([json, reason]) => [JSON.stringify(json), reason] as const),
];

Deno.test("a manifest that is damaged is named, with what is wrong", async () => {
  const folder = await Deno.makeTempDir();
  for (const [text, reason] of damaged) {
    await Deno.writeTextFile(join(folder, "manifest.json"), text);
    await assert.rejects(resultViews(folder), (error) => {
      assert.ok(error instanceof UserError, text);
      assert.ok(error.message.startsWith(`Cannot read ${folder}/manifest.json: `), error.message);
      assert.match(error.message, reason, text);
      return true;
    });
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("names in a manifest are names, whatever they hold", async () => {
  const folder = await Deno.makeTempDir();
  const names = [
    'a"; DROP VIEW b; --',
    "b'; COPY (SELECT 1) TO 'x'; --",
    "constructor",
    "toString",
    "\x1b[31m",
    "select",
    "a b",
    "አማርኛ",
  ];
  const columns = Object.fromEntries(names.map((name) => [name, column]));
  const tables = Object.fromEntries(names.map((name) => [name, table(columns)]));
  await Deno.writeTextFile(join(folder, "manifest.json"), JSON.stringify(manifest(tables)));
  const views = await resultViews(folder);
  assert.deepEqual(Object.keys(views), names);
  using open = await ReadOnlyTables.open(views);
  assert.deepEqual(
    (await open.ask("SELECT view_name FROM duckdb_views() WHERE NOT internal")).rows.flat().sort(),
    names.toSorted(),
  );
  assert.deepEqual((await open.ask('FROM "constructor"')).columns, names);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a file that is a link out of the results is not read", async () => {
  const outside = await Deno.makeTempDir(), folder = await Deno.makeTempDir();
  const schema = defineTable({ name: "x", about: "", columns: { a: column }, key: ["a"] });
  const secret = join(outside, "secret.parquet");
  await writeTable(schema, secret, [{ a: 1 }]);
  const { size } = await Deno.stat(secret);
  await Deno.symlink(secret, join(folder, "a.parquet"));
  await Deno.symlink(outside, join(folder, "x"));
  for (const path of ["a.parquet", "x/secret.parquet"]) {
    const text = JSON.stringify(manifest({ x: table({ a: column }, [file(path, size)]) }));
    await Deno.writeTextFile(join(folder, "manifest.json"), text);
    await assert.rejects(resultViews(folder), /link out of the results/, path);
  }
  for (const each of [outside, folder]) await Deno.remove(each, { recursive: true });
});
