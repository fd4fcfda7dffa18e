import { strict as assert } from "node:assert";
import { fileURLToPath } from "node:url";
import { UserError } from "../core/errors.ts";
import { publishedTokenizer } from "./published_tokenizer.ts";
import {
  checkVocabulary,
  createTokenizer,
  isNamed,
  readTokenizerSource,
  tokenizerName,
  type TokenizerSource,
} from "./tokenizer_source.ts";

const fixtures = fileURLToPath(new URL("../../tests/fixtures/tokenizers", import.meta.url));

Deno.test("bytes need no file", async () => {
  assert.equal(await readTokenizerSource("bytes", "/nowhere"), "bytes");
  assert.equal(createTokenizer("bytes").vocabSize, 261);
});

Deno.test("a tokenizer survives JSON, from a file or its folder, and content makes its digest", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.copyFile(`${fixtures}/unigram.json`, `${folder}/tokenizer.json`);
    const source = await readTokenizerSource("tokenizer.json", folder);
    assert.ok(source !== "bytes");
    assert.deepEqual({ ...source, file: "." }, await readTokenizerSource(".", folder));
    const rebuilt = createTokenizer(JSON.parse(JSON.stringify(source)));
    assert.deepEqual(
      rebuilt.encode(["Nairobi"], 64),
      createTokenizer(await readTokenizerSource("unigram.json", fixtures)).encode(["Nairobi"], 64),
    );
    assert.match(tokenizerName(source), /^tokenizer.json \([0-9a-f]{12}\)$/);
    await Deno.writeTextFile(`${folder}/tokenizer_config.json`, '{"pad_token": "</s>"}');
    const configured = await readTokenizerSource("tokenizer.json", folder);
    assert.ok(configured !== "bytes" && configured.digest !== source.digest);
    assert.equal(createTokenizer(configured).padId, 2);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a file that is not there or no JSON is named", async () => {
  await assert.rejects(
    readTokenizerSource("nowhere/tokenizer.json", fixtures),
    (error: unknown) =>
      error instanceof UserError &&
      /Cannot read the tokenizer "nowhere\/tokenizer.json"[^]*give "bytes"/.test(error.message),
  );
  assert.throws(
    () => createTokenizer({ file: "t/tokenizer.json", digest: "", tokenizerJson: "{" }),
    /^UserError: Cannot read t\/tokenizer.json as JSON/,
  );
});

Deno.test("a vocabulary larger than the embedding is refused", async () => {
  const source = await readTokenizerSource("word_piece.json", fixtures);
  const tokenizer = createTokenizer(source);
  checkVocabulary(source, tokenizer.vocabSize, tokenizer.vocabSize);
  assert.throws(
    () => checkVocabulary(source, tokenizer.vocabSize, 261),
    /Cannot embed the pieces of the tokenizer word_piece.json \(.{12}\), as its vocabulary is larger than the embedding: got 4000 pieces and 261 rows/,
  );
});

Deno.test("a model's folder has the tokenizer that it was trained with: bytes, or a tokenizer.json", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const publish = async (source: TokenizerSource) => {
      const { tokenizerJson, tokenizerConfig } = publishedTokenizer(source, 64);
      await Deno.writeTextFile(`${folder}/tokenizer.json`, tokenizerJson);
      await Deno.writeTextFile(`${folder}/tokenizer_config.json`, tokenizerConfig);
      return await readTokenizerSource(folder, ".");
    };
    assert.equal(await publish("bytes"), "bytes");
    for (const file of ["unigram.json", "word_piece.json", "byte_bpe.json"]) {
      const source = await readTokenizerSource(`tests/fixtures/tokenizers/${file}`, ".");
      const published = await publish(source);
      assert.ok(published !== "bytes" && source !== "bytes");
      assert.equal(published.digest, source.digest);
      assert.ok(isNamed(published, tokenizerName(source)));
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
