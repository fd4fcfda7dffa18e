import { strict as assert } from "node:assert";
import { join } from "node:path";
import { UserError } from "../core/errors.ts";
import { Database } from "../table/duckdb.ts";
import { sqlString } from "../table/sql_text.ts";
import { readWikiannParquet, wikiannParquetDefaults } from "./wikiann_parquet.ts";

const labels = ["O", "B-PER", "I-PER", "B-LOC"];

/** Reads what a query gives, stored as Parquet. */
async function read(query: string, options = "") {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "it's [1]*.parquet");
    using database = await Database.open();
    await database.run(`COPY (${query}) TO ${sqlString(path)} (FORMAT parquet${options})`);
    return await readWikiannParquet(path, { ...wikiannParquetDefaults, labels });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const words = "['Anna', 'in', 'Cádiz']", tags = "[1, 0, 3]";
const sentence = { tokens: ["Anna", "in", "Cádiz"], tags: ["B-PER", "O", "B-LOC"] };
const bytes = `[encode('Anna'), encode('in'), encode('Cádiz')]`;

/** Types that are read, each as the same sentence. */
const right: [name: string, tokens: string, classes: string][] = [
  ["text and INTEGER", words, tags],
  ...["", "U"].flatMap((sign) =>
    ["TINYINT", "SMALLINT", "INTEGER", "BIGINT"].map((type): [string, string, string] => [
      `text and ${sign}${type}`,
      words,
      `${tags}::${sign}${type}[]`,
    ])
  ),
  ["text and FLOAT", words, `${tags}::FLOAT[]`],
  ["text and DOUBLE", words, `${tags}::DOUBLE[]`],
  ["text and HUGEINT, which Parquet has as DOUBLE", words, `${tags}::HUGEINT[]`],
  ["arrays of a fixed size", `${words}::VARCHAR[3]`, `${tags}::INTEGER[3]`],
  ["text of few values", `${words}::ENUM('Anna', 'in', 'Cádiz')[]`, tags],
  ["bytes", bytes, tags],
  ["tags as text", words, "['B-PER', 'O', 'B-LOC']"],
  ["tags as text of few values", words, "['B-PER', 'O', 'B-LOC']::ENUM('O', 'B-PER', 'B-LOC')[]"],
  ["tags as bytes", words, "[encode('B-PER'), encode('O'), encode('B-LOC')]"],
  ["bytes and tags as text", bytes, "['B-PER', 'O', 'B-LOC']"],
];

for (const [name, tokens, classes] of right) {
  Deno.test(`${name} are read`, async () => {
    const { sentences } = await read(`SELECT ${tokens} AS tokens, ${classes} AS ner_tags`);
    assert.deepEqual(sentences, [sentence]);
  });
}

const query = `SELECT ${words} AS tokens, ${tags} AS ner_tags FROM range(5000)`;
for (
  const options of [
    ", COMPRESSION snappy",
    ", COMPRESSION brotli",
    ", COMPRESSION gzip",
    ", COMPRESSION lz4_raw",
    ", COMPRESSION uncompressed",
    ", ROW_GROUP_SIZE 2048",
    ", PARQUET_VERSION v2",
    ", DICTIONARY_SIZE_LIMIT 1",
  ]
) {
  Deno.test(`rows keep their order and number${options}`, async () => {
    const numbered = "SELECT [i::VARCHAR] AS tokens, [i % 4] AS ner_tags FROM range(5000) t(i)";
    const { sentences } = await read(numbered, options);
    assert.equal(sentences.length, 5000);
    sentences.forEach(({ tokens, tags }, i) =>
      assert.deepEqual([tokens, tags], [[String(i)], [labels[i % 4]]])
    );
  });
}

/** The types of `tokens` and of `ner_tags` that are refused, as DuckDB spells them. */
const refusedTokens: [expression: string, type: string][] = [
  ["'Anna'", "VARCHAR"],
  ["'[1]'::JSON", "JSON"],
  ["encode('Anna')", "BLOB"],
  ["[{t: 'Anna'}]", "STRUCT(t VARCHAR)[]"],
  ["{list: ['Anna']}", "STRUCT(list VARCHAR[])"],
  ["[['An', 'na']]", "VARCHAR[][]"],
  ["[['An']::VARCHAR[1]]", "VARCHAR[][]"],
  ["MAP {'Anna': 1}", "MAP(VARCHAR, INTEGER)"],
  ["['\"Anna\"'::JSON]", "JSON[]"],
  ["[uuid()]", "UUID[]"],
  ["[1]", "INTEGER[]"],
  ["[1.5]::DOUBLE[]", "DOUBLE[]"],
  ["[1.5::DECIMAL(5, 1)]", "DECIMAL(5,1)[]"],
  ["[true]", "BOOLEAN[]"],
  ["[DATE '2020-01-01']", "DATE[]"],
  ["[TIMESTAMP '2020-01-01']", "TIMESTAMP[]"],
  ["[TIME '01:00:00']", "TIME[]"],
  ["[INTERVAL 1 DAY]", "INTERVAL[]"],
  ["NULL::VARCHAR", "VARCHAR"],
];
const refusedTags: [expression: string, type: string][] = [
  ["1", "INTEGER"],
  ["'O'", "VARCHAR"],
  ["[true]", "BOOLEAN[]"],
  ["[1::DECIMAL(5, 1)]", "DECIMAL(5,1)[]"],
  ["[{id: 1}]", "STRUCT(id INTEGER)[]"],
  ["[[1]]", "INTEGER[][]"],
  ["MAP {'Anna': 1}", "MAP(VARCHAR, INTEGER)"],
  ["[DATE '2020-01-01']", "DATE[]"],
  ["['1'::JSON]", "JSON[]"],
];
for (const [column, list] of [["tokens", refusedTokens], ["ner_tags", refusedTags]] as const) {
  for (const [expression, type] of list) {
    Deno.test(`the column ${column} of type ${type} is refused by name: ${expression}`, async () => {
      const other = column === "tokens" ? "[1] AS ner_tags" : "['Anna'] AS tokens";
      await assert.rejects(
        read(`SELECT ${other}, ${expression} AS ${column} FROM range(3)`),
        (error) =>
          error instanceof UserError &&
          error.problems[0].message.startsWith(`Cannot read the column "${column}" of `) &&
          error.problems[0].message.endsWith(`: its type is ${type}`) &&
          error.problems[0].hint!.startsWith("expected a list of "),
      );
    });
  }
}

/** Files of the right types with a row, the second of three, that cannot be taken. */
const refusedRows: [what: string, tokens: string, classes: string, message: RegExp][] = [
  ["a NULL list of words", "NULL", "[1]", /row 2 of .*: tokens is NULL instead of a list$/],
  ["a NULL list of tags", "['a']", "NULL", /row 2 of .*: ner_tags is NULL instead of a list$/],
  ["both lists NULL", "NULL", "NULL", /row 2 of .*: tokens is NULL/],
  ["a NULL word", "['a', NULL]", "[1, 2]", /row 2 of .*: an item of tokens is NULL$/],
  ["a NULL tag", "['a']", "[NULL]", /row 2 of .*: an item of ner_tags is NULL$/],
  ["lists of other lengths", "['a', 'b']", "[1]", /row 2 of .*: 2 tokens and 1 ner_tags$/],
  ["a tag beyond the labels", "['a']", "[4]", /the tag 4 in row 2 of .*O.*B-LOC/],
  ["a negative tag", "['a']", "[-100]", /the tag -100 in row 2 of /],
  [
    "too many words",
    "range(10001)::VARCHAR[]",
    "[1]",
    /row 2 .*: tokens has 10001 items, more than 10000/,
  ],
  [
    "too long a word",
    "[repeat('é', 50001)]",
    "[1]",
    /row 2 .*: an item of tokens has 100002 bytes/,
  ],
];
for (const [what, tokens, classes, message] of refusedRows) {
  Deno.test(`${what} is refused with the row`, async () => {
    const row = (number: number, tokens: string, classes: string) =>
      `SELECT ${number} AS n, ${tokens}::VARCHAR[] AS tokens, ${classes}::INTEGER[] AS ner_tags`;
    const all = [row(1, "['x']", "[0]"), row(2, tokens, classes), row(3, "['y']", "[0]")];
    await assert.rejects(
      read(`SELECT tokens, ner_tags FROM (${all.join(" UNION ALL ")}) ORDER BY n`),
      (error) => error instanceof UserError && message.test(error.problems[0].message),
    );
  });
}

for (
  const [what, classes, message] of [
    ["0.5", "[0.5]::DOUBLE[]", /the tag 0\.5 in row 1 of /],
    ["NaN", "['nan'::DOUBLE]", /the tag null in row 1 of /],
    ["2^53 + 1", "[9007199254740993]", /the tag "9007199254740993" in row 1 of /],
    ["a text that is no label", "['B-MISC']", /the tag "B-MISC" in row 1 of /],
    ["a number as text", "['1']", /the tag "1" in row 1 of /],
    [
      "bytes that are no UTF-8",
      "['\\xFF'::BLOB]",
      /row 1 of .*the bytes "\\xFF" in ner_tags are not UTF-8/,
    ],
  ] as const
) {
  Deno.test(`the tag ${what} is refused with the row`, async () => {
    await assert.rejects(
      read(`SELECT ['Anna'] AS tokens, ${classes} AS ner_tags`),
      (error) => error instanceof UserError && message.test(error.problems[0].message),
    );
  });
}

Deno.test("bytes are noted, and refused with the row where they are no UTF-8", async () => {
  const { oddities } = await read(`SELECT ${bytes} AS tokens, ${tags} AS ner_tags FROM range(3)`);
  assert.deepEqual(oddities, [
    { oddity: "binaryText", action: "kept", line: 1, count: 1, detail: "tokens" },
  ]);
  for (const wrong of ["\\xFF", "\\xC3", "a\\xE1diz", "\\xED\\xA0\\x80", "\\xC0\\x80"]) {
    await assert.rejects(
      read(
        `SELECT CASE WHEN i = 1 THEN ['${wrong}'::BLOB] ELSE [encode('á')] END AS tokens, ` +
          "[0] AS ner_tags FROM range(3) t(i)",
      ),
      (error) =>
        error instanceof UserError &&
        /^Cannot read row 2 of .*\.parquet: the bytes ".*" in tokens are not UTF-8$/.test(
          error.problems[0].message,
        ),
      wrong,
    );
  }
});

Deno.test("other columns are left, whatever they are, and may be missing", async () => {
  for (const more of ["", ", ['en'] AS langs, NULL AS spans", ", {a: [1]} AS langs, 1 AS spans"]) {
    const { sentences } = await read(`SELECT ${words} AS tokens, ${tags} AS ner_tags${more}`);
    assert.deepEqual(sentences, [sentence]);
  }
});

Deno.test("a file with rows is never a file without sentences", async () => {
  const empty = "SELECT []::VARCHAR[] AS tokens, []::INTEGER[] AS ner_tags FROM range(3)";
  await assert.rejects(read(empty), /none of its 3 rows has a word in tokens$/);
  assert.deepEqual((await read(`${query} LIMIT 0`)).sentences, []);
});

Deno.test("columns are found by their names as they are written", async () => {
  await assert.rejects(
    read(`SELECT ${words} AS "Tokens", ${tags} AS ner_tags`),
    /no column "tokens", only "Tokens", "ner_tags"$/,
  );
});

Deno.test("a small file that unpacks to too much is refused before it is unpacked", async () => {
  await assert.rejects(
    read("SELECT list_resize(['a'], 10000, 'a') AS tokens, [0] AS ner_tags FROM range(2001)"),
    /Cannot read .*\.parquet: it has 20010000 words, more than 20000000\n/,
  );
});
