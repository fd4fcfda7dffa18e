import { strict as assert } from "node:assert";
import { dirname, join } from "node:path";
import { writeTable } from "../lib/table/parquet_tables.ts";
import { defineTable, type TableSchema } from "../lib/table/schema.ts";
import { claimsTable } from "../lib/table/schemas/claims.ts";
import { headlineText } from "./headline.ts";

const scores = defineTable({
  name: "scores",
  about: "scores",
  columns: { f1: { type: "DOUBLE", about: "a score" } },
  key: [],
});

/** A results folder with a claim and a score. */
async function resultsOf(outer: string, pipeline: string, verdict: string) {
  const folder = join(outer, pipeline);
  const tables = {
    scores: { schema: scores, rows: [{ f1: 0.5 }] },
    claims: {
      schema: claimsTable,
      rows: [{
        id: "helps",
        says: "it helps",
        source: "A 2020",
        verdict,
        effect: 1.5,
        low: 1,
        high: 2,
        confirmed: "low > 0",
        refuted: "high < 0",
        query: "SELECT 1",
      }],
    },
  };
  const manifest: Record<string, unknown> = {};
  for (const [name, { schema, rows }] of Object.entries(tables)) {
    const path = `${name}/${name}.parquet`;
    await Deno.mkdir(dirname(join(folder, path)), { recursive: true });
    await writeTable<TableSchema>(schema, join(folder, path), rows);
    const { size: sizeBytes } = await Deno.stat(join(folder, path));
    manifest[name] = { columns: schema.columns, files: [{ path, sizeBytes }] };
  }
  await Deno.writeTextFile(
    join(folder, "manifest.json"),
    JSON.stringify({ format: 1, tables: manifest }),
  );
  return { pipeline, folder };
}

Deno.test("a run of several studies ends with the claims of all, each with whose it is", async () => {
  const outer = await Deno.makeTempDir();
  try {
    const one = await resultsOf(outer, "one", "confirmed");
    const two = await resultsOf(outer, "two", "refuted");
    assert.equal(
      await headlineText([one, two]),
      [
        "",
        "Claims of the sources, held against these results: 1 confirmed, 1 refuted, 0 undecided",
        "",
        "verdict    claim      effect  interval  what the source says",
        "─────────  ─────────  ──────  ────────  ────────────────────",
        "confirmed  one:helps     1.5    [1, 2]  it helps (A 2020)",
        "refuted    two:helps     1.5    [1, 2]  it helps (A 2020)",
      ].join("\n"),
    );
    assert.match(await headlineText([one]), /\nconfirmed {2}helps {5}1\.5/);
    // A headline stands below the name of its study, where there are several, and before the claims.
    const shown = { ...two, headline: "scores" };
    assert.match(await headlineText([one, shown]), /^\n── two\n\n f1\n─+\n0\.5\n\nClaims of/);
    assert.match(await headlineText([shown]), /^\n f1\n─+\n0\.5\n\nClaims of/);
    assert.equal(await headlineText([]), "");
  } finally {
    await Deno.remove(outer, { recursive: true });
  }
});
