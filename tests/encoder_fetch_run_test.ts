import { strict as assert } from "node:assert";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { serveHub } from "../lib/encoders/testdata/hub_server.ts";
import { publishedTokenizer } from "../lib/tokenizers/published_tokenizer.ts";
import { ProjectCopy } from "./project_copy.ts";

const sharded = fileURLToPath(
  new URL("fixtures/hub_checkpoints/trainable/xlm-roberta", import.meta.url),
);
const place = "/huggingface.co/ann/tiny/resolve/v1/";

const pipeline = `name: tiny
stages:
  encoder: { use: encoder, with: { encoder: ann/tiny@v1 } }
  corpus:
    use: download
    with: { corpus: sample, language: eng, limit: { train: 16, validation: 8, test: 8 } }
  tokens:
    use: ner.tokenize
    with: { maxTokens: 64 }
    inputs: { corpus: corpus, tokenizer: encoder }
  train:
    use: encoder.train
    with: { seed: 1, epochs: 1, batchSize: 8, learningRate: 0.01 }
    inputs: { examples: tokens, start: encoder }
  predict: { use: encoder.predict, inputs: { model: train, examples: tokens } }
`;

Deno.test("a pipeline fetches a sharded encoder through cuts, from two mirrors, and needs nobody the second time", async () => {
  await using project = await ProjectCopy.create();
  await Deno.writeTextFile(join(project.folder, "tiny.yaml"), pipeline);
  const files = new Map<string, Uint8Array>();
  for await (const { name } of Deno.readDir(sharded)) {
    files.set(`${place}${name}`, await Deno.readFile(join(sharded, name)));
  }
  // The first mirror has the tokenizer, the second the weights.
  const { tokenizerJson } = publishedTokenizer("bytes", 64);
  const folder = join(project.outer, "mirror");
  await Deno.mkdir(join(folder, place), { recursive: true });
  await Deno.writeTextFile(join(folder, place, "tokenizer.json"), tokenizerJson);
  const crosstie = (mirror: string) =>
    project.crosstie(["run", "-f", "tiny.yaml"], {
      CROSSTIE_CACHE: join(project.outer, "cache"),
      CROSSTIE_MIRROR: mirror,
      HF_HOME: join(project.outer, "none"),
    });
  {
    await using web = serveHub(files, {
      "00001-of-00002.safetensors": ["cut after half", "serve"],
    });
    const { code, stdout, stderr } = await crosstie(`${folder}:${web.url}`);
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /5 ran, 0 fresh, 0 failed/);
    assert.ok(web.seen.some((line) => /00001-of-00002.* bytes=\d+-$/.test(line)));
  }
  const lock = await Deno.readTextFile(join(project.folder, "tiny.lock"));
  for (const name of ["tokenizer.json", ...[...files.keys()].map((path) => basename(path))]) {
    assert.match(lock, new RegExp(`"https:/${place}${name}": "[0-9a-f]{64}"`));
  }
  const { code, stdout, stderr } = await crosstie("");
  assert.equal(code, 0, stdout + stderr);
  assert.match(stdout, /0 ran, 5 fresh, 0 failed|nothing to do/);
});
