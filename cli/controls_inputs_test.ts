/** An escape in any field of a stranger's file is shown, and never obeyed. */
import { strict as assert } from "node:assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const project = fileURLToPath(new URL("..", import.meta.url));
const evil = "\x1b]0;pwn\x07\x9b31m";
// deno-lint-ignore no-control-regex
const controls = /[\0-\x08\x0b-\x1f\x7f-\x9f]/;

const pipeline = (folder: string, name: string) =>
  `name: ${name}
stages:
  corpus: { use: download, with: { corpus: sample, language: eng, limit: { train: 4 } } }
  tokens: { use: ner.tokenize, with: { tokenizer: TOKENIZER }, inputs: { corpus: corpus } }
  train:
    use: encoder.train
    with: { seed: 1, epochs: 1, learningRate: 0.001, encoder: ${folder}/model }
    inputs: { examples: tokens }
`;

/** Writes what a stranger has filled; @returns the command to run */
type Case = (folder: string, results: string) => Promise<readonly string[]>;

const write = async (path: string, value: unknown) =>
  await Deno.writeTextFile(path, typeof value === "string" ? value : JSON.stringify(value));
const bert = join(project, "tests/fixtures/hub_checkpoints/trainable/bert");
const entry = { fingerprint: evil, madeOf: {}, runtime: null, outputs: {} };
const manifest = (tables: unknown) => ({ format: 1, tables });
const table = (columns: unknown, files: unknown[] = []) => ({ columns, files });
const column = { type: "VARCHAR", about: "" };

const cases: Readonly<Record<string, Case>> = {
  "a config's family": async (folder) => {
    await write(`${folder}/model/config.json`, { model_type: evil });
    return ["status"];
  },
  "a config that is no JSON": async (folder) => {
    await write(`${folder}/model/config.json`, evil);
    return ["status"];
  },
  "a shard's name": async (folder) => {
    await Deno.copyFile(`${bert}/config.json`, `${folder}/model/config.json`);
    await write(`${folder}/model/model.safetensors.index.json`, { weight_map: { a: evil } });
    return ["status"];
  },
  "a tensor's name in an index": async (folder) => {
    await Deno.copyFile(`${bert}/config.json`, `${folder}/model/config.json`);
    await write(`${folder}/model/model.safetensors.index.json`, { weight_map: { [evil]: "../x" } });
    return ["status"];
  },
  "a tensor's name in a header": async (folder) => {
    await Deno.copyFile(`${bert}/config.json`, `${folder}/model/config.json`);
    const header = new TextEncoder().encode(JSON.stringify({
      [evil]: { dtype: "F32", shape: [1], data_offsets: [0, 4] },
    }));
    const bytes = new Uint8Array(8 + header.length + 4);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
    bytes.set(header, 8);
    await Deno.writeFile(`${folder}/model/model.safetensors`, bytes);
    return ["status"];
  },
  "a header that is no JSON": async (folder) => {
    await Deno.copyFile(`${bert}/config.json`, `${folder}/model/config.json`);
    await write(`${folder}/model/model.safetensors`, `\x07\0\0\0\0\0\0\0${evil}`);
    return ["status"];
  },
  "a tokenizer's model": async (folder) => {
    await write(`${folder}/tokenizer.json`, { model: { type: evil } });
    return ["status"];
  },
  "a tokenizer's template": async (folder) => {
    await write(`${folder}/tokenizer.json`, {
      model: { type: "BPE" },
      [evil]: evil,
      added_tokens: [evil],
    });
    return ["status"];
  },
  "a lock's profile": async (folder) => {
    await write(`${folder}/pipeline.lock`, { lock: 1, profiles: { [evil]: { a: entry } } });
    return ["verify", "--lock"];
  },
  "a lock that is no JSON": async (folder) => {
    await write(`${folder}/pipeline.lock`, evil);
    return ["verify", "--lock"];
  },
  "a table's name": async (_, results) => {
    await write(`${results}/manifest.json`, manifest({ [evil]: table({ a: column }) }));
    return ["sql", "FROM nobody"];
  },
  "a column's name": async (_, results) => {
    await write(`${results}/manifest.json`, manifest({ t: table({ [evil]: column }) }));
    return ["sql", "FROM t"];
  },
  "a column's type": async (_, results) => {
    await write(
      `${results}/manifest.json`,
      manifest({ t: table({ a: { ...column, type: evil } }) }),
    );
    return ["sql", "FROM t"];
  },
  "a file's path": async (_, results) => {
    const files = [{ path: `${evil}.parquet`, sizeBytes: 1 }];
    await write(`${results}/manifest.json`, manifest({ t: table({ a: column }, files) }));
    return ["sql", "FROM t"];
  },
  "a tag of a prediction": async (folder) => {
    await write(`${folder}/a.txt`, `Ann B-PER B-PER\nruns O ${evil}\n\n`);
    return ["compare", `${folder}/a.txt`, `${folder}/a.txt`];
  },
  "a word of two predictions that differ": async (folder) => {
    await write(`${folder}/a.txt`, "Ann B-PER B-PER\nruns O O\n\n");
    await write(`${folder}/b.txt`, `Ann${evil} B-PER B-PER\nruns O O\n\n`);
    return ["compare", `${folder}/a.txt`, `${folder}/b.txt`];
  },
  "a router's language": async (folder) => {
    await write(`${folder}/r.yaml`, String.raw`models: { "\e]0;pwn\a": "no" }`);
    return ["predict", `${folder}/r.yaml`, `${folder}/no.txt`];
  },
  "an adapter's config": async (folder) => {
    await Deno.mkdir(`${folder}/adapter`);
    await write(`${folder}/adapter/adapter_config.json`, { model_type: evil, config: evil });
    return ["predict", `${folder}/adapter`, `${folder}/no.txt`];
  },
  "a manifest that is no JSON": async (_, results) => {
    await write(`${results}/manifest.json`, evil);
    return ["sql", "FROM t"];
  },
};

Deno.test("an escape in a model, tokenizer, lock or results folder never reaches a terminal", async () => {
  for (const [about, prepare] of Object.entries(cases)) {
    const folder = await Deno.makeTempDir();
    const name = `test-${crypto.randomUUID()}`, results = join(folder, "results", name, "default");
    try {
      await Deno.mkdir(`${folder}/model`);
      await Deno.mkdir(results, { recursive: true });
      const [command, ...args] = await prepare(folder, results);
      const hasTokenizer = await Deno.stat(`${folder}/tokenizer.json`).then(
        () => true,
        () => false,
      );
      const text = pipeline(folder, name)
        .replace("TOKENIZER", hasTokenizer ? `${folder}/tokenizer.json` : "bytes");
      await write(`${folder}/pipeline.yaml`, text);
      const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "-A",
          "--quiet",
          `${project}/main.ts`,
          command,
          "-f",
          `${folder}/pipeline.yaml`,
          ...args,
        ],
        env: {
          CROSSTIE_CACHE: `${folder}/store`,
          CROSSTIE_RESULTS: `${folder}/results`,
          NO_COLOR: "1",
        },
        stdin: "null",
      }).output();
      const printed = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
      assert.doesNotMatch(printed, controls, about);
      assert.doesNotMatch(printed, /^ {4}at |Uncaught/m, about);
      assert.match(printed, /Cannot |␛|Catalog Error/, `${about}: ${printed}`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }
});
