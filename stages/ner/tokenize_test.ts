import { strict as assert } from "node:assert";
import { runStage } from "../lib/plan/testdata/run_stage.ts";
import { readTable, writeTable } from "../lib/table/duckdb.ts";
import { encodedTable } from "../lib/table/schemas/encoded.ts";
import { sentencesTable } from "../lib/table/schemas/sentences.ts";
import { noLabel } from "../lib/text/batching.ts";
import { readEncoding, sharedEncoding } from "../lib/text/encoding.ts";
import { createTokenizer } from "../lib/tokenizers/tokenizer_source.ts";
import { tokenize } from "./tokenize.ts";

const tokenizer = "tests/fixtures/tokenizers/unigram.json";
const corpus = { corpus: "c", language: "swa", sentence: 0 };
const words = { tokens: ["Wanjiru", "\u200b", "alisafiri"], tags: ["B-PER", "O", "O"] };

async function run(folder: string, options: Record<string, string>): Promise<readonly string[]> {
  const files: Record<string, string> = {};
  for (const split of ["train", "validation", "test"]) {
    files[`${split}.parquet`] = `${folder}/corpus-${split}.parquet`;
    await writeTable(sentencesTable, files[`${split}.parquet`], [{ ...corpus, split, ...words }]);
  }
  const inputs = {
    corpus: [{ instance: "corpus[language=swa]", axes: { language: "swa" }, files }],
  };
  return (await runStage(tokenize, folder, options, inputs)).lines;
}

Deno.test("a tokenizer.json of the project is read, and goes along in encoding.json", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const lines = await run(folder, { tokenizer, labels: "all" });
    assert.equal(lines[0], "train: 1 sentences, 1 words that give no piece are read as unknown");
    const encoding = await readEncoding(`${folder}/encoding.json`);
    assert.deepEqual(
      [encoding.vocabSize, encoding.padId, encoding.labelledPieces],
      [3001, 1, "all"],
    );
    const { inputIds, wordIds } = createTokenizer(encoding.tokenizer).encode(words.tokens, 512);
    const labelled: Record<string, number> = {};
    for (const split of ["train", "test"]) {
      const [row] = await readTable(encodedTable, `${folder}/${split}.parquet`);
      assert.deepEqual([row.inputIds, row.wordIds], [inputIds, wordIds]);
      labelled[split] = row.labels.filter((label) => label !== noLabel).length;
    }
    assert.deepEqual(labelled, { train: inputIds.length - 2, test: 3 });
    assert.throws(
      () =>
        sharedEncoding([
          { of: "a", encoding },
          { of: "b", encoding: { ...encoding, tokenizer: "bytes" } },
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
