import { strict as assert } from "node:assert";
import { join } from "node:path";
import { UserError } from "../core/errors.ts";
import { CounterRandom } from "../core/random.ts";
import { Database } from "../table/duckdb.ts";
import { sqlString } from "../table/sql_text.ts";
import { readWikiannParquet, wikiannParquetDefaults } from "./wikiann_parquet.ts";

const labels = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"];
const rows = "SELECT i, i % 7 + 1 AS n FROM range(60) t(i)";
const word = "concat('wörd', (i * 31 + k) % 90, repeat('ж', k % 4))";
const list = (item: string) => `list_transform(range(n), lambda k: ${item})`;
const number = "((i + k) % 7)::INTEGER";

/** Files of every form that is read. */
const files: [name: string, query: string, options: string][] = [
  ["text and numbers", `SELECT ${list(word)} AS tokens, ${list(number)} AS ner_tags`, "snappy"],
  ["no compression", `SELECT ${list(word)} AS tokens, ${list(number)} AS ner_tags`, "uncompressed"],
  [
    "bytes and small numbers",
    `SELECT ${list(`encode(${word})`)} AS tokens, ${list(`${number}::UTINYINT`)} AS ner_tags`,
    "uncompressed",
  ],
  [
    "tags as text",
    `SELECT ${list(word)} AS tokens, ${
      list(`[${labels.map((label) => `'${label}'`)}][1 + ${number}]`)
    } AS ner_tags`,
    "uncompressed, DICTIONARY_SIZE_LIMIT 1",
  ],
  [
    "several row groups, more columns",
    `SELECT ['en'] AS langs, ${list(`${number}::BIGINT`)} AS ner_tags, ${list(word)} AS tokens`,
    "zstd, PARQUET_VERSION v2",
  ],
];
const mutantsOfFile = 200;

/** The bytes with something flipped, overwritten, cut out, put in or cut off. */
function mutate(bytes: Uint8Array, random: CounterRandom): Uint8Array<ArrayBuffer> {
  const mutant = Uint8Array.from(bytes);
  // Half of all changes hit the description of the file, at its end.
  const place = () =>
    random.integer(2) === 0
      ? random.integer(bytes.length)
      : bytes.length - 1 - random.integer(Math.min(900, bytes.length));
  const at = place(), length = 1 + random.integer(8);
  switch (random.integer(6)) {
    case 0:
    case 1:
      for (let i = 0; i < length; i++) mutant[place()] ^= 1 << random.integer(8);
      return mutant;
    case 2:
      return mutant.fill(random.pick([0, 0x7f, 0xff, 0x41]), at, at + length);
    case 3:
      return Uint8Array.from([...mutant.subarray(0, at), ...mutant.subarray(at + length)]);
    case 4:
      return Uint8Array.from([
        ...mutant.subarray(0, at),
        ...mutant.subarray(at, at + length),
        ...mutant.subarray(at),
      ]);
    default:
      return mutant.slice(0, at);
  }
}

/** What DuckDB says without us: rows of words and tags; words without characters are U+FFFD. */
async function readPlainly(path: string): Promise<unknown[]> {
  using database = await Database.open();
  const text = (column: string) =>
    `list_transform(${column}, lambda x: CASE WHEN typeof(x) = 'BLOB' ` +
    "THEN decode(CAST(x AS BLOB)) ELSE CAST(x AS VARCHAR) END)";
  const { rows } = await database.query(
    `SELECT to_json(${text("tokens")})::VARCHAR, to_json(${text("ner_tags")})::VARCHAR ` +
      `FROM ${sqlString(path)} WHERE len(tokens) > 0`,
  );
  return rows.map(([tokens, tags]) => ({
    tokens: JSON.parse(String(tokens)).map((word: string) => word === "" ? "\uFFFD" : word),
    tags: JSON.parse(String(tags)).map((tag: string) =>
      /^[\d.]+$/.test(tag) ? labels[Number(tag)] : tag
    ),
  }));
}

for (const [name, query, options] of files) {
  Deno.test(`${mutantsOfFile} mutants of a Parquet file are refused or read as they are: ${name}`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      const path = join(folder, "mutant.parquet");
      {
        using database = await Database.open();
        await database.run(
          `COPY (${query} FROM (${rows})) TO ${
            sqlString(path)
          } (FORMAT parquet, COMPRESSION ${options})`,
        );
      }
      const whole = await Deno.readFile(path);
      const expected = JSON.stringify(
        (await readWikiannParquet(path, { ...wikiannParquetDefaults, labels })).sentences,
      );
      assert.equal(expected, JSON.stringify(await readPlainly(path)));
      const random = new CounterRandom("mutants of Parquet", name);
      const counts = { refused: 0, same: 0, other: 0 };
      for (let i = 0; i < mutantsOfFile; i++) {
        await Deno.writeFile(path, mutate(whole, random));
        let found: string;
        try {
          found = JSON.stringify(
            (await readWikiannParquet(path, { ...wikiannParquetDefaults, labels })).sentences,
          );
        } catch (error) {
          assert.ok(error instanceof UserError, `mutant ${i}: ${error}`);
          assert.ok(error.message.includes(path), error.message);
          counts.refused++;
          continue;
        }
        if (found === expected) counts.same++;
        else {
          assert.equal(found, JSON.stringify(await readPlainly(path)), `mutant ${i}`);
          counts.other++;
        }
      }
      assert.ok(counts.refused > mutantsOfFile / 4, JSON.stringify(counts));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
