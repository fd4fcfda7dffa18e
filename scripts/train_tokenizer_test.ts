import { strict as assert } from "node:assert";
import { fileURLToPath } from "node:url";
import { writeTable } from "../lib/table/parquet_tables.ts";
import { sentencesTable } from "../lib/table/schemas/sentences.ts";
import { createTokenizer, readTokenizerSource } from "../lib/tokenizers/tokenizer_source.ts";

const script = fileURLToPath(new URL("train_tokenizer.ts", import.meta.url));

async function learn(...args: string[]): Promise<{ code: number; said: string }> {
  const command = new Deno.Command(Deno.execPath(), { args: ["run", "-A", script, ...args] });
  const { code, stdout, stderr } = await command.output();
  const text = new TextDecoder();
  return { code, said: text.decode(stdout) + text.decode(stderr) };
}

Deno.test("a tokenizer is learnt from tables; what is wrong is told without a stack trace", async () => {
  const folder = await Deno.makeTempDir();
  const table = `${folder}/train.parquet`, out = `${folder}/tokenizer.json`;
  const sentence = { corpus: "c", language: "eng", split: "train", tokens: ["aba", "ba", "abab"] };
  await writeTable(
    sentencesTable,
    table,
    [0, 1].map((number) => ({ ...sentence, sentence: number, tags: ["O", "O", "O"] })),
  );
  try {
    const { code, said } = await learn("12", out, table);
    assert.equal(code, 0, said);
    assert.match(said, /^.*tokenizer.json: (\d+) pieces, learnt from 2 sentences/);
    const tokenizer = createTokenizer(await readTokenizerSource(out, folder));
    assert.equal(tokenizer.vocabSize, Number(/(\d+) pieces/.exec(said)![1]));
    for (
      const [args, message] of [
        [["many", out, table], /^usage: /],
        [["12.5", out, table], /^usage: /],
        [["6", out, table], /^Cannot learn 1 pieces, .*; special tokens are part of the size 6\n$/],
        [["12", `${folder}/no/where.json`, table], /^Cannot write .*where.json: /],
        [["12", out, `${folder}/none.parquet`], /^Cannot read the Parquet file .*none.parquet: /],
      ] as const
    ) {
      const { code, said } = await learn(...args);
      assert.equal(code, 2, said);
      assert.match(said, message);
      assert.doesNotMatch(said, /^ +at /m);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
