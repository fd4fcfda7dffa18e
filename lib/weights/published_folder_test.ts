import { strict as assert } from "node:assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../core/errors.ts";
import { readTokenizerSource, tokenizerName } from "../tokenizers/tokenizer_source.ts";
import { checkTokenizer, readPublishedFolder } from "./published_folder.ts";

const fixtures = fileURLToPath(new URL("../../tests/fixtures/hub_checkpoints", import.meta.url));

async function problemOf(folder: string): Promise<string> {
  try {
    await readPublishedFolder("checkpoint", folder);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.problems.map(({ message, hint }) => `${message}\n${hint ?? ""}`)
      .join("\n").replaceAll(folder, "BASE");
  }
  return "";
}

Deno.test("an encoder is found in the project or anywhere, whole or sharded", async () => {
  const whole = await readPublishedFolder("trainable/bert", fixtures);
  assert.deepEqual([whole.config.model_type, whole.folder], [
    "bert",
    join(fixtures, "trainable/bert"),
  ]);
  assert.equal((await readPublishedFolder(whole.folder, "/")).digest, whole.digest);
  const sharded = await readPublishedFolder("trainable/xlm-roberta", fixtures);
  assert.match(sharded.digest, /^[0-9a-f]{64}$/);
  assert.notEqual(sharded.digest, whole.digest);
});

Deno.test("the digest follows config.json and every weight, not the other files", async () => {
  const base = await Deno.makeTempDir();
  const folder = join(base, "checkpoint");
  try {
    for (
      const [family, weights] of [
        ["roberta", "model.safetensors"],
        ["xlm-roberta", "model-00002-of-00002.safetensors"],
      ]
    ) {
      await Deno.mkdir(folder);
      for await (const { name } of Deno.readDir(join(fixtures, "trainable", family))) {
        await Deno.copyFile(join(fixtures, "trainable", family, name), join(folder, name));
      }
      const { digest } = await readPublishedFolder("checkpoint", base);
      await Deno.writeTextFile(join(folder, "README.md"), "Of no weight");
      assert.equal((await readPublishedFolder("checkpoint", base)).digest, digest);
      for (const file of ["config.json", weights]) {
        const bytes = await Deno.readFile(join(folder, file));
        await Deno.writeFile(
          join(folder, file),
          file === "config.json"
            ? new Uint8Array([...bytes, 0x20])
            : bytes.with(bytes.length - 1, bytes[bytes.length - 1] ^ 1),
        );
        assert.notEqual((await readPublishedFolder("checkpoint", base)).digest, digest, file);
        await Deno.writeFile(join(folder, file), bytes);
        assert.equal((await readPublishedFolder("checkpoint", base)).digest, digest);
      }
      await Deno.remove(folder, { recursive: true });
    }
  } finally {
    await Deno.remove(base, { recursive: true });
  }
});

Deno.test("sentences of another tokenizer are refused where the encoder has its own", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const tokenizers = join(fixtures, "../tokenizers");
    const unigram = await readTokenizerSource("unigram.json", tokenizers);
    await checkTokenizer({ folder, published: {} }, "bytes");
    await Deno.copyFile(join(tokenizers, "unigram.json"), join(folder, "tokenizer.json"));
    await checkTokenizer({ folder, published: {} }, unigram);
    await checkTokenizer({ folder, published: {} }, await readTokenizerSource(folder, "/"));
    for (const other of ["bytes", await readTokenizerSource("trained.json", tokenizers)] as const) {
      await assert.rejects(checkTokenizer({ folder, published: {} }, other), (error: unknown) => {
        assert.ok(error instanceof UserError);
        assert.match(error.message, /its own tokenizer.json says something else/);
        assert.equal(error.problems[0].hint, `tokenize with tokenizer: ${folder}`);
        return true;
      });
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a model of our own knows the tokenizer that it was trained with", async () => {
  const folder = "/no/tokenizer.json/here";
  const tokenizers = join(fixtures, "../tokenizers");
  const unigram = await readTokenizerSource("unigram.json", tokenizers);
  const trainedWith = (tokenizer: string) => ({ folder, published: { crosstie: { tokenizer } } });
  await checkTokenizer(trainedWith("bytes"), "bytes");
  const name = tokenizerName(unigram);
  await checkTokenizer(trainedWith(name.replace("unigram.json", "moved/elsewhere.json")), unigram);
  const another = await readTokenizerSource("trained.json", tokenizers);
  for (
    const [tokenizer, source] of [["bytes", unigram], [name, "bytes"], [name, another]] as const
  ) {
    await assert.rejects(checkTokenizer(trainedWith(tokenizer), source), (error: unknown) => {
      assert.ok(error instanceof UserError);
      assert.ok(error.message.includes(`: it was trained with ${tokenizer}\n`), error.message);
      return true;
    });
  }
});

Deno.test("what is missing or cannot be used is told, with what to do", async () => {
  const base = await Deno.makeTempDir();
  const folder = join(base, "checkpoint");
  try {
    assert.match(
      await problemOf(base),
      /^Cannot find the encoder "checkpoint": there is no such folder\nfetch config.json/,
    );
    await Deno.mkdir(folder);
    assert.equal(
      await problemOf(base),
      "Cannot find config.json in BASE/checkpoint\nfetch the model again, with all its files",
    );
    await Deno.copyFile(join(fixtures, "trainable/bert/config.json"), join(folder, "config.json"));
    assert.match(await problemOf(base), /^Cannot load BASE\/checkpoint as it has no model.safet/);
    await Deno.writeTextFile(join(folder, "pytorch_model.bin"), "");
    assert.match(
      await problemOf(base),
      /^Cannot load BASE\/checkpoint\/pytorch_model.bin: .*\nconvert it once in Python: /,
    );
    const weights = await Deno.readFile(join(fixtures, "trainable/bert/model.safetensors"));
    await Deno.writeFile(join(folder, "model.safetensors"), weights.subarray(0, 5000));
    assert.match(
      await problemOf(base),
      /^Cannot read BASE\/checkpoint\/model.safetensors as safetensors: .*\nthe file may be truncated/,
    );
    await Deno.writeTextFile(join(folder, "config.json"), '{"model_type": "gpt2"}');
    assert.match(
      await problemOf(base),
      /must be one of xlm-roberta, roberta, bert, distilbert: got "gpt2"\n/,
    );
    await Deno.remove(folder, { recursive: true });
    await Deno.writeTextFile(folder, "");
    assert.match(await problemOf(base), /there is no such folder/);
  } finally {
    await Deno.remove(base, { recursive: true });
  }
});
