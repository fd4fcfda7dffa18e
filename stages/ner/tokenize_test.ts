import { strict as assert } from "node:assert";
import { runStage } from "../../lib/plan/testdata/run_stage.ts";
import { readTable, writeTable } from "../../lib/table/parquet_tables.ts";
import { examplesTable } from "../../lib/table/schemas/examples.ts";
import { sentencesTable } from "../../lib/table/schemas/sentences.ts";
import { readExampleFormat, sharedFormat } from "../../lib/models/example_format.ts";
import { createTokenizer } from "../../lib/tokenizers/tokenizer_source.ts";
import { tokenize } from "./tokenize.ts";

const tokenizer = "tests/fixtures/tokenizers/unigram.json";
const corpus = { corpus: "c", language: "swa", sentence: 0 };
const words = { tokens: ["Wanjiru", "\u200b", "alisafiri"], tags: ["B-PER", "O", "O"] };

async function run(
  folder: string,
  options: Record<string, string | number>,
): Promise<readonly string[]> {
  const files: Record<string, string> = {};
  for (const split of ["train", "validation", "test"]) {
    files[`${split}.parquet`] = `${folder}/corpus-${split}.parquet`;
    await writeTable(sentencesTable, files[`${split}.parquet`], [{ ...corpus, split, ...words }]);
  }
  const inputs = {
    corpus: [{ instance: "corpus[language=swa]", axes: { language: "swa" }, files }],
    tokenizer: [],
  };
  return (await runStage(tokenize, folder, options, inputs)).lines;
}

Deno.test("a tokenizer.json of the project is read, and goes along in encoding.json", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const lines = await run(folder, { tokenizer, labels: "all" });
    assert.equal(lines[0], "train: 1 sentences, 1 words that give no piece are read as unknown");
    const format = await readExampleFormat(`${folder}/encoding.json`);
    assert.deepEqual(
      [format.vocabSize, format.padId, format.labelledPieces],
      [3001, 1, "all"],
    );
    const { inputIds, wordIds } = createTokenizer(format.tokenizer).encode(words.tokens, 512);
    const labelled: Record<string, number> = {};
    for (const split of ["train", "test"]) {
      const [row] = await readTable(examplesTable, `${folder}/${split}.parquet`);
      assert.deepEqual([row.inputIds, row.wordIds], [inputIds, wordIds]);
      labelled[split] = row.asked.length;
    }
    assert.deepEqual(labelled, { train: inputIds.length - 2, test: 3 });
    assert.throws(
      () =>
        sharedFormat([
          { of: "a", format },
          { of: "b", format: { ...format, tokenizer: "bytes" } },
        ]),
      /Cannot use a and b together, as their tokenizer differ: tests\/fixtures\/tokenizers\/unigram.json \(.{12}\) and bytes/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the content of a tokenizer enters the fingerprint", async () => {
  const reads = async (options: Record<string, string>) =>
    (await tokenize.reads!(tokenize.params.parse(options))).facts;
  assert.equal(await reads({}), null);
  const other = "tests/fixtures/tokenizers/word_piece.json";
  assert.notDeepEqual(await reads({ tokenizer }), await reads({ tokenizer: other }));
  await assert.rejects(reads({ tokenizer: "nowhere" }), /Cannot read the tokenizer "nowhere"/);
});

Deno.test("variants recombine names for training alone, and stay beside the sentences", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder, { recombineNames: 1, variants: 3 });
    const rows = await readTable(examplesTable, `${folder}/train.parquet`);
    assert.deepEqual(rows.map(({ variant }) => variant), [0, 1, 2, 3]);
    assert.deepEqual(rows[0].units, words.tokens);
    // The only name is put together of its own halves.
    for (const { units, answers } of rows) {
      assert.deepEqual([units, answers], [words.tokens, words.tags]);
    }
    assert.equal((await readTable(examplesTable, `${folder}/test.parquet`)).length, 1);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
