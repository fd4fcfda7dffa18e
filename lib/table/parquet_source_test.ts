import { strict as assert } from "node:assert";
import { join } from "node:path";
import { UserError } from "../core/errors.ts";
import { readTable, writeTable } from "./parquet_tables.ts";
import { ReadOnlyTables } from "./read_only.ts";
import { defineTable } from "./schema.ts";

const scores = defineTable({
  name: "scores",
  about: "scores",
  columns: {
    source: { type: "VARCHAR", about: "" },
    f1: { type: "DOUBLE", about: "" },
    tags: { type: "VARCHAR[]", about: "" },
  },
  key: ["source"],
});

/** Names of folders, each with a neighbour that a pattern of this name would find too. */
const names: readonly (readonly [name: string, neighbour: string])[] = [
  ["source=zz", "source=yy"],
  ["f1=99", "f1=98"],
  ["tags=5", "tags=6"],
  ["p+seeds=5", "p"],
  ["more=1=2", "more"],
  ["a*b", "axb"],
  ["**", "x"],
  ["q?", "qx"],
  ["run[1]", "run1"],
  ["[!a]", "b"],
  ["[a-z]", "m"],
  ["[", "]"],
  ["{x}", "x"],
  ["{a,b}", "a"],
  ["o'k", "ok"],
  ['say "x"', "say x"],
  ["%41", "A"],
  ["#", "x"],
  ["a b", "a"],
  [" ", "x"],
  ["a\nb", "ab"],
  ["a\tb", "ab"],
  ["ü", "u"],
  ["u\u0308", "ü"],
  ["अ=ब*", "अ=बx"],
  ["$HOME", "~"],
  ["~", "x"],
  ["s3:", "x"],
  ["a\\b", "ab"],
];

async function withFolders(
  name: string,
  neighbour: string,
  body: (folder: string) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    for (const [folder, source] of [[neighbour, "neighbour"], [name, "own"]]) {
      await Deno.mkdir(join(root, folder));
      for (const [file, f1] of [["a", 1], ["b", 2]] as const) {
        const rows = [{ source, f1, tags: [file] }];
        await writeTable(scores, join(root, folder, `${file}.parquet`), rows);
      }
    }
    await body(join(root, name));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

for (const [name, neighbour] of names) {
  Deno.test(`a folder ${JSON.stringify(name)} is a name, not a pattern or a column`, async () => {
    await withFolders(name, neighbour, async (folder) => {
      const path = join(folder, "a.parquet");
      const own = { source: "own", f1: 1, tags: ["a"] };
      assert.deepEqual(await readTable(scores, path), [own]);
      const columns = scores.columns;
      for (const files of [[path], [path, join(folder, "b.parquet")]]) {
        using tables = await ReadOnlyTables.open({ scores: { files, columns } });
        assert.deepEqual(await tables.ask("FROM scores ORDER BY f1"), {
          columns: ["source", "f1", "tags"],
          rows: [["own", 1, ["a"]], ["own", 2, ["b"]]].slice(0, files.length),
        });
      }
    });
  });
}

Deno.test("a file that is called like a pattern is read alone", async () => {
  for (const [name, neighbour] of names.filter(([name]) => !name.includes("\\"))) {
    const folder = await Deno.makeTempDir();
    const path = join(folder, `${name}.parquet`);
    await writeTable(scores, join(folder, `${neighbour}.parquet`), [
      { source: "neighbour", f1: 0, tags: [] },
    ]);
    await writeTable(scores, path, [{ source: "own", f1: 1, tags: [] }]);
    assert.deepEqual(await readTable(scores, path), [{ source: "own", f1: 1, tags: [] }], name);
    using tables = await ReadOnlyTables.open({ t: { files: [path], columns: scores.columns } });
    assert.deepEqual((await tables.ask("SELECT source FROM t")).rows, [["own"]], name);
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("what DuckDB has no name for is refused, and nothing else is read", async () => {
  await withFolders("a\\[b", "b", async (folder) => {
    await assert.rejects(
      readTable(scores, join(folder, "a.parquet")),
      (error) => error instanceof UserError && /^Cannot read .*a\\\[b/.test(error.message),
    );
  });
});
