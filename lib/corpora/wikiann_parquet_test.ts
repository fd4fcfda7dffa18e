import { strict as assert } from "node:assert";
import { join } from "node:path";
import { UserError } from "../core/errors.ts";
import { writeTable } from "../table/parquet_tables.ts";
import { defineTable } from "../table/schema.ts";
import {
  readWikiannParquet,
  wikiannParquetDefaults,
  type WikiannParquetOptions,
} from "./wikiann_parquet.ts";

const labels = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"];
const source = defineTable({
  name: "source",
  about: "as on the hub",
  columns: {
    tokens: { type: "VARCHAR[]", about: "words" },
    ner_tags: { type: "INTEGER[]", about: "classes" },
    spans: { type: "VARCHAR[]", about: "entities" },
  },
  key: [],
});

type Row = { tokens: string[]; ner_tags: number[] };

async function read(
  rows: Row[],
  spoil?: (path: string) => Promise<void>,
  options: Partial<WikiannParquetOptions> = {},
) {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "a 'quoted' name.parquet");
    await writeTable(source, path, rows.map((row) => ({ ...row, spans: [] })));
    await spoil?.(path);
    return await readWikiannParquet(path, { ...wikiannParquetDefaults, labels, ...options });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("classes become tags in the declared order", async () => {
  const tokens = ["a", "b", "c", "d", "e", "f", "g"];
  assert.deepEqual(await read([{ tokens, ner_tags: [0, 1, 2, 3, 4, 5, 6] }]), {
    sentences: [{ tokens, tags: labels }],
    oddities: [],
  });
});

Deno.test("orphans, empty words and empty rows are noted with their row", async () => {
  const { sentences, oddities } = await read([
    { tokens: ["a"], ner_tags: [0] },
    { tokens: [], ner_tags: [] },
    { tokens: ["b", "", "c"], ner_tags: [2, 0, 4] },
  ]);
  assert.deepEqual(sentences, [
    { tokens: ["a"], tags: ["O"] },
    { tokens: ["b", "\uFFFD", "c"], tags: ["I-PER", "O", "I-ORG"] },
  ]);
  assert.deepEqual(oddities, [
    { oddity: "emptySentence", action: "dropped", line: 2, count: 1, detail: "" },
    { oddity: "emptyToken", action: "repaired", line: 3, count: 1, detail: "" },
    { oddity: "orphanInside", action: "kept", line: 3, count: 2, detail: "b I-PER, c I-ORG" },
  ]);
});

Deno.test("what nobody sees in words is noted, and repaired where that is declared", async () => {
  const row = {
    tokens: ["\uFEFFAnna", "New York", "a\u0007b", "e\u0301", "\u200B"],
    ner_tags: [1, 5, 0, 0, 0],
  };
  const kinds = [
    ["invisibleCharacter", 2, "<U+FEFF>Anna, <U+200B>"],
    ["whiteSpaceInWord", 1, "New York"],
    ["controlCharacter", 1, "a<U+0007>b"],
    ["notComposed", 1, "e\u0301"],
  ] as const;
  const noted = (action: string) =>
    kinds.map(([oddity, count, detail]) => ({ oddity, action, line: 1, count, detail }));
  assert.deepEqual(await read([row]), {
    sentences: [{ tokens: row.tokens, tags: ["B-PER", "B-LOC", "O", "O", "O"] }],
    oddities: noted("kept"),
  });
  const repair = ["splitSpaces", "dropInvisible", "dropControls"] as const;
  const { sentences, oddities } = await read([row], undefined, { repair, normalize: "nfc" });
  assert.deepEqual(sentences, [{
    tokens: ["Anna", "New", "York", "ab", "\u00E9", "\uFFFD"],
    tags: ["B-PER", "B-LOC", "I-LOC", "O", "O", "O"],
  }]);
  assert.deepEqual(oddities, [
    ...noted("repaired").map((each) =>
      each.oddity === "whiteSpaceInWord" ? { ...each, action: "kept" } : each
    ),
    { oddity: "emptyToken", action: "repaired", line: 1, count: 1, detail: "" },
    { oddity: "splitWord", action: "repaired", line: 1, count: 1, detail: "New York" },
  ]);
});

for (
  const [name, row, message] of [
    [
      "a class beyond the labels",
      { tokens: ["a"], ner_tags: [7] },
      /the tag 7 in row 1 of .*O.*I-LOC/,
    ],
    ["a negative class", { tokens: ["a"], ner_tags: [-1] }, /the tag -1 in row 1 of /],
    [
      "lists of different lengths",
      { tokens: ["a"], ner_tags: [] },
      /row 1 .*1 tokens and 0 ner_tags/,
    ],
  ] as const
) {
  Deno.test(`${name} is an error`, async () => {
    const rows = [{ tokens: [...row.tokens], ner_tags: [...row.ner_tags] }];
    await assert.rejects(
      read(rows),
      (error) => error instanceof UserError && message.test(error.message),
    );
  });
}

Deno.test("a truncated file is named", async () => {
  const rows = [{ tokens: ["a"], ner_tags: [0] }];
  await assert.rejects(
    read(rows, (path) => Deno.truncate(path, 100)),
    (error) =>
      error instanceof UserError &&
      /^Cannot read the Parquet file \S+.*name\.parquet: [^]*truncated/.test(error.message),
  );
});

Deno.test("a table of something else is named with its columns", async () => {
  const other = defineTable({
    name: "other",
    about: "no corpus",
    columns: { tokens: { type: "VARCHAR[]", about: "words" } },
    key: [],
  });
  const rewrite = (path: string) => writeTable(other, path, []);
  await assert.rejects(read([], rewrite), { message: /no column "ner_tags", only "tokens"$/ });
});
