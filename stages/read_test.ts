import { strict as assert } from "node:assert";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../lib/core/errors.ts";
import { Workshop } from "../lib/experiment/testdata/workshop.ts";
import { readTable } from "../lib/table/parquet_tables.ts";
import { examplesTable } from "../lib/table/schemas/examples.ts";
import { odditiesTable } from "../lib/table/schemas/oddities.ts";
import { sentencesTable } from "../lib/table/schemas/sentences.ts";
import { textsTable } from "../lib/table/schemas/texts.ts";
import { read } from "./read.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** A folder of the project with some files, for a while; it is named as a pipeline file would. */
async function withFiles(
  files: Readonly<Record<string, string>>,
  run: (folder: string) => Promise<void>,
): Promise<void> {
  const path = await Deno.makeTempDir({ dir: root, prefix: "own-" });
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(join(path, name), text);
    }
    await run(relative(root, path));
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

const named = { corpus: "towns", language: "swa" };
const people = "Ada B-PER\nlala O\n\nLin B-PER\n";

for (
  const [about, text, params, sentences] of [
    ["raw text", "Ada lala\n\nLin\n", { format: "text" }, [["Ada lala", ""], ["Lin", ""]]],
    ["columns of entities", people, { format: "conll", entityTypes: ["PER"] }, [
      ["Ada lala", "B-PER O"],
      ["Lin", "B-PER"],
    ]],
    [
      "columns with options",
      "# a\nword,tag\nAda,I-PER\nlala,_\n",
      {
        format: "conll",
        entityTypes: ["PER"],
        options: {
          separator: "comma",
          comments: "#",
          header: true,
          scheme: "iob1",
          outside: ["_"],
        },
      },
      [["Ada lala", "B-PER O"]],
    ],
    ["columns of tags", "the DET\ncat NOUN\n", { format: "conll", tags: ["DET", "NOUN"] }, [
      ["the cat", "DET NOUN"],
    ]],
    [
      "CoNLL-U",
      "# text = cats\n1\tcats\tcat\tNOUN\t_\t_\t0\troot\t_\t_\n",
      { format: "conllu", tags: "upos" },
      [["cats", "NOUN"]],
    ],
  ] as [string, string, Record<string, unknown>, [string, string][]][]
) {
  Deno.test(`files of the project: ${about}`, async () => {
    await using shop = await Workshop.open();
    await withFiles({ "test.txt": text }, async (folder) => {
      const files = { test: `${folder}/test.txt` };
      const { instance, lines } = await shop.run("read", { ...named, files, ...params });
      const rows = await readTable(sentencesTable, instance.files["test.parquet"]);
      assert.deepEqual(
        rows,
        sentences.map(([tokens, tags], sentence) => ({
          ...named,
          split: "test",
          sentence,
          tokens: tokens.split(" "),
          tags: tags === "" ? [] : tags.split(" "),
        })),
      );
      assert.deepEqual(await readTable(sentencesTable, instance.files["train.parquet"]), []);
      assert.deepEqual(lines.slice(0, 3), [
        "train: 0 sentences",
        "validation: 0 sentences",
        `test: ${sentences.length} sentences`,
      ]);
    });
  });
}

Deno.test("splits are compared and limited as those of a downloaded corpus", async () => {
  await using shop = await Workshop.open();
  await withFiles({ a: "a b\nc d\na b\ne\n", b: "c d\nf\n" }, async (folder) => {
    const { instance } = await shop.run("read", {
      ...named,
      format: "text",
      files: { train: `${folder}/a`, test: `${folder}/b` },
      limit: { train: 2 },
    });
    assert.equal((await readTable(sentencesTable, instance.files["train.parquet"])).length, 2);
    const oddities = await readTable(odditiesTable, instance.files["oddities.parquet"]);
    assert.deepEqual(
      oddities.map(({ corpus, split, oddity, count }) => [corpus, split, oddity, count]),
      [
        ["towns", "train", "duplicateSentence", 1],
        ["towns", "validation", "emptySplit", 1],
        ["towns", "test", "testInTrain", 1],
      ],
    );
  });
});

Deno.test("texts of the project as JSON lines, with labels under other names", async () => {
  await using shop = await Workshop.open();
  const rows = [{ a: "x y", b: "z", l: "Yes" }, { a: "w", b: "v", l: "No" }];
  const text = rows.map((row) => JSON.stringify(row) + "\n").join("");
  await withFiles({ "test.jsonl": text }, async (folder) => {
    const { instance } = await shop.run("read.texts", {
      ...named,
      format: "json",
      files: { test: `${folder}/test.jsonl` },
      options: { lines: true, text: "a", second: "b", label: "l", labelMap: { Yes: "+", No: "-" } },
      labels: ["+", "-"],
    });
    const key = { ...named, split: "test" };
    assert.deepEqual(await readTable(textsTable, instance.files["test.parquet"]), [
      { ...key, sentence: 0, text: "x y", second: "z", label: "+" },
      { ...key, sentence: 1, text: "w", second: "v", label: "-" },
    ]);
  });
});

Deno.test("texts of the project, and pairs of them", async () => {
  await using shop = await Workshop.open();
  await withFiles({ "train.tsv": "a\tb\tl\nx y\tz\tgood\nw\tv\tbad\n" }, async (folder) => {
    const { instance } = await shop.run("read.texts", {
      ...named,
      files: { train: `${folder}/train.tsv` },
      options: { separator: "tab", text: "a", second: "b", label: "l" },
      labels: ["good", "bad"],
    });
    const key = { ...named, split: "train" };
    assert.deepEqual(await readTable(textsTable, instance.files["train.parquet"]), [
      { ...key, sentence: 0, text: "x y", second: "z", label: "good" },
      { ...key, sentence: 1, text: "w", second: "v", label: "bad" },
    ]);
    await assert.rejects(
      shop.run("read.texts", {
        ...named,
        files: { train: `${folder}/train.tsv` },
        options: { separator: "tab", text: "a", label: "l" },
        labels: ["good"],
      }),
      (error) => {
        assert.ok(error instanceof UserError);
        const [{ message, range }] = error.problems;
        assert.equal(message, 'Cannot use the label "bad": this corpus has good');
        assert.deepEqual([range!.file, range!.line], [`${folder}/train.tsv`, 3]);
        return true;
      },
    );
  });
});

for (
  const [about, text, params, place, message, hint] of [
    [
      "a tag that is none",
      "Ada B-PER\nlala B-LOC\n",
      { format: "conll", entityTypes: ["PER"] },
      "2:6",
      'Cannot use the tag "B-LOC": this corpus has O, B-PER, I-PER',
      /add "LOC" to the corpus.s `entityTypes` in the stage.s `with`/,
    ],
    [
      "another separator",
      "Ada\tB-PER\n",
      { format: "conll", entityTypes: ["PER"] },
      "1:1",
      /: declare `separator: tab` in the stage's `with` if this file has it$/,
      undefined,
    ],
  ] as [string, string, Record<string, unknown>, string, string | RegExp, RegExp?][]
) {
  Deno.test(`${about} is told at its place in the file that the pipeline names`, async () => {
    await using shop = await Workshop.open();
    await withFiles({ "test.txt": text }, async (folder) => {
      const files = { test: `${folder}/test.txt` };
      await assert.rejects(shop.run("read", { ...named, files, ...params }), (error) => {
        assert.ok(error instanceof UserError);
        const [problem] = error.problems;
        const { file, line, column } = problem.range!;
        assert.equal(`${file}:${line}:${column}`, `${folder}/test.txt:${place}`);
        if (typeof message === "string") assert.equal(problem.message, message);
        else assert.match(problem.message, message);
        if (hint) assert.match(problem.hint!, hint);
        assert.doesNotMatch(error.message, /sources\.yaml/);
        return true;
      });
    });
  });
}

Deno.test("an empty file is refused where its split is asked for", async () => {
  await using shop = await Workshop.open();
  await withFiles({ a: "\n", b: "x\n" }, async (folder) => {
    const params = {
      ...named,
      format: "text",
      files: { train: `${folder}/a`, test: `${folder}/b` },
    };
    await assert.rejects(
      shop.run("read", params),
      /Cannot use the train split of towns swa: no sentences/,
    );
    const { instance } = await shop.run("read", { ...params, limit: { train: 0 } });
    assert.equal((await readTable(sentencesTable, instance.files["test.parquet"])).length, 1);
  });
});

Deno.test("what the files hold is a part of the fingerprint, and nothing of where they lie", async () => {
  const facts = async (files: Record<string, string>) => {
    const { facts, paths } = await read.reads!(
      read.params.parse({ ...named, format: "text", files }),
    );
    assert.deepEqual(paths, Object.values(files).map((name) => join(root, name)));
    return facts as Record<string, string>;
  };
  await withFiles({ a: "x\n", b: "x\n", c: "y\n" }, async (folder) => {
    const [a, b, c] = ["a", "b", "c"].map((name) => `${folder}/${name}`);
    assert.deepEqual(await facts({ train: a }), await facts({ train: b }));
    assert.notDeepEqual(await facts({ train: a }), await facts({ train: c }));
    assert.notDeepEqual(await facts({ train: a }), await facts({ test: a }));
    await Deno.writeTextFile(join(root, a), "z\n");
    assert.notDeepEqual(await facts({ train: a }), await facts({ train: b }));
  });
});

Deno.test("a masked language model reads raw text; tags of it cannot be asked", async () => {
  await using shop = await Workshop.open();
  await withFiles({ a: "a b c\nd e\n" }, async (folder) => {
    const files = { train: `${folder}/a` };
    const { instance } = await shop.run("read", { ...named, format: "text", files });
    const tokens = await shop.run("mlm.tokenize", { maxTokens: 16 }, { corpus: [instance] });
    const rows = await readTable(examplesTable, tokens.instance.files["train.parquet"]);
    assert.deepEqual(rows.map(({ units, answers, asked }) => [units, answers, asked]), [
      [[], [], []],
      [[], [], []],
    ]);
    assert.deepEqual(rows.map(({ inputIds }) => inputIds.length), [7, 5]);
    for (const kind of ["ner.tokenize", "pos.tokenize"]) {
      await assert.rejects(
        shop.run(kind, {}, { corpus: [instance] }),
        /Cannot ask for 3 answers in sentence 0 of the train split of towns, swa: it has 0\n {2}take mlm/,
      );
    }
  });
});
