import { strict as assert } from "node:assert";
import { join } from "node:path";
import { rejection, withFolder } from "../corpora/testdata/fetching.ts";
import {
  bert,
  fetchInto,
  type Files,
  filesOf,
  model,
  placed,
  sharded,
  text,
  writeAll,
} from "./testdata/fetching.ts";
import { type Behaviour, serveHub } from "./testdata/hub_server.ts";

const gated =
  /^Cannot fetch .*\n {2}ann\/tiny may be gated or private.* and set HF_TOKEN to a token/;
/** What is wrong at the hub, and what is said of it. */
const faults: [
  about: string,
  change: (files: Files) => void,
  scripts: Record<string, Behaviour[]>,
  message: RegExp,
][] = [
  ["a web page in place of a config", () => {}, { "/config.json": ["web page"] }, gated],
  ["a web page in place of weights", () => {}, { "model.safetensors": ["web page"] }, gated],
  ["a web page in place of a tokenizer", () => {}, { "tokenizer.json": ["web page"] }, gated],
  ["a gated model", () => {}, { "/config.json": ["unauthorized"] }, gated],
  [
    "a revision that is not there",
    (files) => files.clear(),
    {},
    /^Cannot find the revision "v1" of ann\/tiny, or the model itself: .* \(HTTP 404 Not Found\)\n.*\/tree\/v1/,
  ],
  [
    "a busy hub",
    () => {},
    { "tokenizer_config.json": ["busy", "busy", "busy", "serve"] },
    /^Cannot fetch .*tokenizer_config.json: .*HTTP 503/,
  ],
  [
    "pickled weights alone",
    (files) => {
      files.set("pytorch_model.bin", files.get("model.safetensors")!);
      files.delete("model.safetensors");
    },
    {},
    /^Cannot load pytorch_model.bin of ann\/tiny@v1, and it has no model.safetensors: pickled .*\n {2}convert it once in Python: .*from_pretrained\("ann\/tiny", revision="v1"\)/,
  ],
  [
    "no weights at all",
    (files) => files.delete("model.safetensors"),
    {},
    /^Cannot load ann\/tiny@v1 as it has neither model.safetensors nor model.safetensors.index.json\n/,
  ],
  [
    "no tokenizer.json",
    (files) => files.delete("tokenizer.json"),
    {},
    /^Cannot tokenize for ann\/tiny@v1 as it has no tokenizer.json\n {2}make one once in Python: /,
  ],
  [
    "a tokenizer.json that is no JSON",
    (files) => files.set("tokenizer.json", text("{")),
    {},
    /^Cannot read tokenizer.json of ann\/tiny@v1: .*\n {2}look at what is there: http/,
  ],
  [
    "a family that crosstie has not",
    (files) => files.set("config.json", text('{"model_type": "t5"}')),
    {},
    /^Cannot use config.json of ann\/tiny@v1 as "model_type" is wrong: must be one of .* got "t5"$/,
  ],
  [
    "weights of another shape",
    (files) => {
      const config = new TextDecoder().decode(files.get("config.json"));
      files.set("config.json", text(config.replace('"hidden_size": 8', '"hidden_size": 12')));
    },
    {},
    /^Cannot load .*model.safetensors as tensor "bert.embeddings.word_embeddings.weight" is \[\d+,8\] there/,
  ],
  [
    "weights that are cut",
    (files) => files.set("model.safetensors", files.get("model.safetensors")!.slice(0, 9000)),
    {},
    /^Cannot read .*model.safetensors as safetensors: tensor ".*" lies at .*, outside the file/,
  ],
];
for (const [about, change, scripts, message] of faults) {
  Deno.test(`at the hub: ${about} is told`, () =>
    withFolder(async (folder) => {
      const files = await filesOf(bert);
      change(files);
      await using hub = serveHub(placed(files), scripts);
      const error = await rejection(fetchInto(folder, { hub: hub.url }));
      assert.match(error.message, message);
      // Once it is mended there, it is fetched anew, whatever lies in the download folder.
      const mirror = join(folder, "mirror");
      await writeAll(
        join(mirror, new URL(hub.url).host.replace(":", "_")),
        placed(await filesOf(bert)),
      );
      await fetchInto(folder, { hub: hub.url, mirror });
    }));
}

Deno.test("an index that names a shard which is not there is told with the shard", () =>
  withFolder(async (folder) => {
    const files = await filesOf(sharded);
    files.delete("model-00002-of-00002.safetensors");
    await using hub = serveHub(placed(files));
    const error = await rejection(fetchInto(folder, { hub: hub.url }));
    assert.match(
      error.message,
      /^Cannot load ann\/tiny@v1 as shard model-00002-of-00002.safetensors is missing, in which model.safetensors.index.json has \d+ tensors\n/,
    );
  }));

Deno.test("nobody to ask is told as that, and not as a revision that is not there", () =>
  withFolder(async (folder) => {
    const error = await rejection(fetchInto(folder, {}));
    assert.match(
      error.message,
      /^Cannot fetch http:.*config.json: no network \(.*\n.*CROSSTIE_MIRR/,
    );
  }));

Deno.test("an entry's family must be the model's", () =>
  withFolder(async (folder) => {
    await using hub = serveHub(placed(await filesOf(bert)));
    const error = await rejection(
      fetchInto(folder, { hub: hub.url }, { ...model, family: "distilbert" }),
    );
    assert.match(error.message, /as its model_type must be "distilbert": got "bert"/);
  }));
