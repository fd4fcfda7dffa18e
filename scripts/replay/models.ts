/**
 * Models, tokenizers, records and pipelines of strangers: B7, B8, C1 to C3, C7, C8.
 *
 * @module
 */
import { type Attack, harmless, refused } from "./attack.ts";
import { type Lab, tiny, training } from "./lab.ts";

type Prepare = (lab: Lab) => Promise<unknown>;

function model(
  id: string,
  about: string,
  prepare: Prepare,
  message: RegExp,
  command: readonly string[] = ["status"],
): Attack {
  return {
    id,
    about,
    begins: "model",
    async attack(lab) {
      await prepare(lab);
      return refused(await lab.run(command), message);
    },
  };
}

const config = (about: string, fields: object, message: RegExp, id = "B7") =>
  model(id, `config.json: ${about}`, (lab) => lab.change("model/config.json", fields), message);

const tokenizer = (id: string, about: string, fields: object, message: RegExp) =>
  model(
    id,
    `tokenizer.json: ${about}`,
    (lab) => lab.change("model/tokenizer.json", fields),
    message,
    ["run", "tokens"],
  );

/** Changes the pipeline file instead of the model. */
const pipeline = (id: string, about: string, from: string, to: string, message: RegExp) =>
  model(id, about, (lab) => lab.write("pipeline.yaml", training.replace(from, to)), message);

/** Another thing in the place of a file. */
const place = (name: string, what: "fifo" | "zero" | "loop", message: RegExp, id = "B7") =>
  model(
    id,
    `${what === "zero" ? "/dev/zero" : what === "fifo" ? "a FIFO" : "a link to itself"} as ${name}`,
    async (lab) => {
      await Deno.remove(lab.at(name)).catch(() => {});
      if (what === "fifo") await new Deno.Command("mkfifo", { args: [lab.at(name)] }).output();
      else await Deno.symlink(what === "zero" ? "/dev/zero" : lab.at(name), lab.at(name));
    },
    message,
    name.endsWith(".lock") ? ["verify", "--lock"] : ["status"],
  );

/** A safetensors file of a header and data. */
function tensors(header: string, data: number): Uint8Array {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + data);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

const weights = (id: string, about: string, header: string, data: number, message: RegExp) =>
  model(
    id,
    `model.safetensors: ${about}`,
    (lab) => lab.write("model/model.safetensors", tensors(header, data)),
    message,
  );

const tensor = (from: number, to: number) =>
  JSON.stringify({ dtype: "F32", shape: [(to - from) / 4], data_offsets: [from, to] });
const template = (single: unknown[]) => ({
  post_processor: {
    type: "TemplateProcessing",
    single,
    pair: [],
    special_tokens: { "<s>": { id: "<s>", ids: [0], tokens: ["<s>"] } },
  },
});
const special = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
const sequence = (id: string) => ({ Sequence: { id, type_id: 0 } });
const plain = { id: 0, special: true };
const added = [
  { ...plain, content: "<s>" },
  { ...plain, content: "<pad>", id: 1 },
  { ...plain, content: "</s>", id: 2 },
  { ...plain, content: "<unk>", id: 3 },
];
const bpe = (fields: object) => ({
  added_tokens: added,
  model: {
    type: "BPE",
    unk_token: "<unk>",
    vocab: { "<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, a: 4, b: 5, ab: 6, c: 7, bc: 8 },
    merges: ["a b"],
    ...fields,
  },
});
const doubling = { type: "Replace", pattern: { String: "a" }, content: "aa" };

/** A pipeline whose stages are all alike. */
const stages = (count: number, body: string) =>
  `name: many\nstages:\n${Array.from({ length: count }, (_, i) => `  s${i}:\n${body}`).join("")}`;
const list = (count: number) => JSON.stringify(Array.from({ length: count }, (_, i) => i));
const sample = "    use: download\n    with: { corpus: sample, language: eng }\n    matrix:\n";

/** The attacks. */
export const models: readonly Attack[] = [
  config("num_hidden_layers: 1000000000", { num_hidden_layers: 1e9 }, /"num_hidden_layers"/),
  pipeline("B7", "train: width: 1000000000", "encoder: model", "width: 1000000000", /width/),
  pipeline("B7", "train: layers: 1000000", "encoder: model", "layers: 1000000", /layers/),
  pipeline("B7", "train: width: 100000", "encoder: model", "width: 100000", /width|parameters/),
  tokenizer("B7", "unk_id: 1000000000", {
    model: { type: "Unigram", unk_id: 1e9, vocab: [["<unk>", 0]] },
  }, /unk_id/),
  tokenizer("B7", "40 × Replace a → aa", {
    normalizer: { type: "Sequence", normalizers: Array(40).fill(doubling) },
  }, /times as long/),
  model("B7", "tokenizer.json of 400 MB", async (lab) => {
    using file = await Deno.open(lab.at("model/tokenizer.json"), { write: true });
    await file.truncate(400e6);
  }, /tokenizer\.json.*more than 134217728/),
  model(
    "B7",
    "config.json with 100,000 nested lists in a key that nobody knows",
    (lab) => lab.write("model/config.json", `{"a":${"[".repeat(1e5)}${"]".repeat(1e5)}}`),
    /200 deep/,
  ),
  place("model/config.json", "fifo", /a pipe or a device/),
  place("model/config.json", "zero", /a pipe or a device/),
  place("model/tokenizer.json", "fifo", /a pipe or a device/),
  place("model/tokenizer.json", "zero", /a pipe or a device/),
  place("pipeline.lock", "fifo", /a pipe or a device/),
  place("pipeline.lock", "zero", /a pipe or a device/),
  place("model/model.safetensors", "loop", /links lead in a circle/, "C1"),
  model("C1", '"\\u0000" in a shard\'s name', async (lab) => {
    await Deno.remove(lab.at("model/model.safetensors"));
    await lab.write("model/model.safetensors.index.json", { weight_map: { a: "x\0y" } });
  }, /Cannot /),
  {
    id: "B8",
    about: "include: with lists, 2,250,000 instances",
    begins: "nothing",
    async attack(lab) {
      const include = Array.from(
        { length: 15 },
        (_, i) => `        - { a: ${list(1500)}, b: ${list(100)}, c: ${i} }\n`,
      );
      await lab.write("pipeline.yaml", stages(1, `${sample}      include:\n${include.join("")}`));
      return refused(await lab.run(["status"]), /instances|include/);
    },
  },
  {
    id: "B8",
    about: "20 stages of 196,000 instances",
    begins: "nothing",
    async attack(lab) {
      const axes = `      a: ${list(442)}\n      b: ${list(443)}\n`;
      await lab.write("pipeline.yaml", stages(20, sample + axes));
      return refused(await lab.run(["status"]), /instances/);
    },
  },
  ...["https://bob:a%secret@127.0.0.1", "s3://b%ZZ/x", "htps://bob:hunter2secret@host/x"].map((
    address,
  ): Attack => ({
    id: address.startsWith("htps") ? "A6" : "C1",
    about: `CROSSTIE_REMOTE=${address}`,
    begins: "nothing",
    async attack(lab) {
      const env = {
        CROSSTIE_REMOTE: address,
        AWS_ACCESS_KEY_ID: "AKIAHIDDEN",
        AWS_SECRET_ACCESS_KEY: "hidden",
      };
      await lab.write("pipeline.yaml", tiny);
      const ran = await lab.run(["push"], { env });
      const said = refused(ran, /^Cannot use CROSSTIE_REMOTE=/m);
      if (/secret@|hunter2secret|a%secret|hidden/i.test(ran.stdout + ran.stderr)) {
        throw new Error(`It got through: a password is printed: ${ran.stdout}`);
      }
      return said;
    },
  })),
  tokenizer(
    "C2",
    'a template that names "constructor"',
    template([
      special("constructor"),
      sequence("A"),
    ]),
    /unknown token "constructor"/,
  ),
  tokenizer("C2", "a template of only B", template([sequence("B")]), /"single" must/),
  tokenizer("C2", "merges of two kinds", bpe({ merges: ["a b", ["b", "c"]] }), /merges/),
  tokenizer("C2", "an id of 2^53 - 1", bpe({ vocab: { "<unk>": 3, a: 2 ** 53 - 1 } }), /Too big/),
  config("pad_token_id beyond vocab_size", { pad_token_id: 5_000 }, /pad_token_id|Cannot/, "C2"),
  model(
    "C2",
    "weights that are NaN",
    async (lab) => {
      const bytes = await Deno.readFile(lab.at("model/model.safetensors"));
      const at = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
      await lab.write("model/model.safetensors", bytes.fill(0xff, at, at + 4));
    },
    /numbers/,
    ["run"],
  ),
  model("C2", "config.json: []", (lab) => lab.write("model/config.json", []), /config\.json/),
  weights("C3", "overlapping tensors", `{"a":${tensor(0, 8)},"b":${tensor(4, 12)}}`, 12, /Cannot/),
  weights(
    "C3",
    "a name that stands twice",
    `{"a":${tensor(0, 8)},"a":${tensor(8, 16)}}`,
    16,
    /Cannot/,
  ),
  weights("C3", "bytes behind the last tensor", `{"a":${tensor(0, 8)}}`, 16, /Cannot/),
  tokenizer("C3", "a template without a sentence", template([special("<s>")]), /"single" must/),
  tokenizer(
    "C3",
    "a template with two sentences",
    template([sequence("A"), sequence("A")]),
    /"single" must/,
  ),
  {
    id: "C3",
    about: "auto_map of a stranger's config.json: in the trained model",
    begins: "model",
    async attack(lab) {
      await lab.change("model/config.json", { auto_map: { AutoModel: "evil.py" } });
      const ran = await lab.run(["run"]);
      const { stdout } = await new Deno.Command("grep", {
        args: ["-rlE", "auto_map|evil", ".crosstie/objects"],
        cwd: lab.folder,
      }).output();
      const found = new TextDecoder().decode(stdout).trim();
      const kept = found.split("\n").filter(Boolean).filter((path) =>
        Deno.readTextFileSync(lab.at(path)).includes('"auto_map"')
      );
      if (kept.length > 0) throw new Error(`It got through: ${kept}`);
      return harmless(ran, /3 ran, 0 fresh, 0 failed/);
    },
  },
  {
    id: "C7",
    about: "claims/ab/<fp>.1.bak and a number of 21 digits, for every fingerprint",
    begins: "results",
    async attack(lab) {
      const records = [...Deno.readDirSync(lab.at(".crosstie/records"))].flatMap((shelf) =>
        [...Deno.readDirSync(lab.at(".crosstie/records", shelf.name))].map(({ name }) => name)
      );
      for (const name of records) {
        const fingerprint = name.replace(".json", "");
        const folder = lab.at(".crosstie/claims", fingerprint.slice(0, 2));
        await Deno.mkdir(folder, { recursive: true });
        for (const end of ["1.bak", "9".repeat(21), "x"]) {
          await Deno.writeTextFile(`${folder}/${fingerprint}.${end}`, "{}");
        }
      }
      return harmless(
        await lab.run(["run", "--force"], { within: 400 }),
        /8 ran, 0 fresh, 0 failed/,
      );
    },
  },
  model("C8", "an index of 100,000 shards", async (lab) => {
    await Deno.remove(lab.at("model/model.safetensors"));
    const map = Object.fromEntries(
      Array.from({ length: 1e5 }, (_, i) => [`t${i}`, `s${i}.safetensors`]),
    );
    await lab.write("model/model.safetensors.index.json", { weight_map: map });
  }, /Cannot/),
  model("C8", "300,000 tensors that nobody wants", async (lab) => {
    const header = Array.from({ length: 3e5 }, (_, i) => `"t${i}":${tensor(4 * i, 4 * i + 4)}`);
    await lab.write("model/model.safetensors", tensors(`{${header}}`, 12e5));
  }, /Cannot/),
];
