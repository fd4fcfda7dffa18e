import { strict as assert } from "node:assert";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { sha256 } from "../core/sha256.ts";
import { filesBelow, rejection, retry, withFolder } from "../corpora/testdata/fetching.ts";
import { parseEncoderConfig } from "../models/encoder/config.ts";
import { encoderParameters } from "../models/encoder/parameters.ts";
import { readWeights } from "../weights/published_weights.ts";
import type { PublishedEncoder } from "./catalogue.ts";
import { fetchEncoder } from "./fetch_encoder.ts";
import type { HubOptions } from "./hub_files.ts";
import { type Behaviour, serveHub } from "./testdata/hub_server.ts";

const fixtures = fileURLToPath(new URL("../../tests/fixtures", import.meta.url));
const bert = join(fixtures, "hub_checkpoints/trainable/bert");
const sharded = join(fixtures, "hub_checkpoints/trainable/xlm-roberta");
const tokenizerJson = join(fixtures, "tokenizers/unigram.json");
const model: PublishedEncoder = { repository: "ann/tiny", revision: "v1", sha256: {} };
const nobody = "http://127.0.0.1:9";

type Files = Map<string, Uint8Array>;

/** The files of a checkpoint of the fixtures, with a tokenizer. */
async function filesOf(folder: string): Promise<Files> {
  const files: Files = new Map([["tokenizer.json", await Deno.readFile(tokenizerJson)]]);
  for await (const { name } of Deno.readDir(folder)) {
    files.set(name, await Deno.readFile(join(folder, name)));
  }
  return files;
}

const text = (content: string) => new TextEncoder().encode(content);

/** The files at their place on a hub, or below the folder of a hub's host in a mirror. */
function placed(files: Files, { repository, revision } = model): Files {
  return new Map(
    [...files].map(([name, bytes]) => [`/${repository}/resolve/${revision}/${name}`, bytes]),
  );
}

async function writeAll(folder: string, files: Files): Promise<void> {
  for (const [name, bytes] of files) {
    const path = join(folder, name);
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeFile(path, bytes);
  }
}

/** Fetches into `<folder>/out`. */
async function fetchInto(
  folder: string,
  options: Partial<HubOptions>,
  encoder: PublishedEncoder = model,
) {
  const lines: string[] = [], sources: Record<string, string> = {};
  const out = join(folder, "out");
  await Deno.mkdir(out, { recursive: true });
  await fetchEncoder(encoder, {
    config: join(out, "config.json"),
    weights: join(out, "model.safetensors"),
    tokenizer: join(out, "tokenizer.json"),
    tokenizerConfig: join(out, "tokenizer_config.json"),
  }, {
    folder: join(folder, "downloads"),
    hub: nobody,
    retry: { ...retry, attempts: 3, attemptsUnanswered: 1 },
    log: (line) => void lines.push(line),
    onSource: (url, digest) => void (sources[url] = digest),
    ...options,
  });
  return { out, lines, sources, text: (name: string) => Deno.readTextFile(join(out, name)) };
}

Deno.test("an encoder comes from the hub through cuts, unpinned files are noted, and stay", () =>
  withFolder(async (folder) => {
    const files = (await filesOf(bert)).set("tokenizer_config.json", text('{"a": 1}'));
    await using hub = serveHub(placed(files), {
      "model.safetensors": ["cut after half", "busy", "cut after half", "serve"],
    });
    const { out, sources, lines } = await fetchInto(folder, { hub: hub.url });
    assert.deepEqual(await filesBelow(out), [...files.keys()].sort());
    for (const [name, bytes] of files) {
      assert.deepEqual(await Deno.readFile(join(out, name)), bytes, name);
      assert.equal(sources[`${hub.url}/ann/tiny/resolve/v1/${name}`], sha256(bytes), name);
    }
    assert.ok(lines.includes("tokenizer.json of ann/tiny@v1: 0.086 MB from the hub"), lines.join());
    const resumed = hub.seen.filter((line) => / bytes=\d+-$/.test(line));
    assert.ok(resumed.length >= 2, hub.seen.join("\n"));
    // Fetched once, it needs nobody any more.
    const requests = hub.seen.length;
    assert.deepEqual((await fetchInto(folder, { hub: hub.url })).sources, sources);
    assert.equal(hub.seen.length, requests);
  }));

Deno.test("shards become one file, with every tensor as it was; no tokenizer_config.json is {}", () =>
  withFolder(async (folder) => {
    await using hub = serveHub(placed(await filesOf(sharded)), {
      "00002-of-00002.safetensors": ["cut after half", "serve"],
    });
    const { out, lines, text } = await fetchInto(folder, { hub: hub.url });
    assert.equal(await text("tokenizer_config.json"), "{}\n");
    const config = parseEncoderConfig(JSON.parse(await text("config.json")));
    const parameters = encoderParameters(config);
    const merged = await readWeights(join(out, "model.safetensors"), config, parameters);
    const whole = await readWeights(sharded, config, parameters);
    assert.deepEqual([...merged.weights], [...whole.weights]);
    assert.ok(merged.weights.size > 10);
    assert.ok(
      lines.includes("2 shards of ann/tiny@v1 are one model.safetensors now"),
      lines.join("\n"),
    );
    assert.deepEqual(await filesBelow(out), [
      "config.json",
      "model.safetensors",
      "tokenizer.json",
      "tokenizer_config.json",
    ]);
  }));

Deno.test("two mirrors hold a model together, a folder and an address; nobody else is needed", () =>
  withFolder(async (folder) => {
    const files = await filesOf(sharded);
    const weights = new Map([...files].filter(([name]) => name.startsWith("model")));
    const others = new Map([...files].filter(([name]) => !name.startsWith("model")));
    const hub = "https://hub.invalid";
    await writeAll(join(folder, "mirror/hub.invalid"), placed(others));
    await using web = serveHub(
      new Map([...placed(weights)].map(([path, bytes]) => [`/hub.invalid${path}`, bytes])),
    );
    const mirror = `${folder}/mirror:${web.url}`;
    const { lines, text } = await fetchInto(folder, { hub, mirror });
    assert.equal(await text("tokenizer_config.json"), "{}\n");
    assert.ok(
      lines.includes(
        "tokenizer_config.json of ann/tiny@v1 is not there, and the hub cannot be asked: taken to " +
          "have none",
      ),
      lines.join("\n"),
    );
    assert.ok(lines.some((line) => /^model-00002.* MB from the mirror$/.test(line)));
  }));

Deno.test("the hub's cache on this machine is used, by commit or by the branch that it notes", () =>
  withFolder(async (folder) => {
    const files = (await filesOf(bert)).set("tokenizer_config.json", text("{}"));
    const commit = "0123456789abcdef0123456789abcdef01234567";
    const cached = join(folder, "hub/models--ann--tiny");
    await writeAll(join(cached, "snapshots", commit), files);
    await writeAll(join(cached, "refs"), new Map([["main", text(`${commit}\n`)]]));
    for (const revision of [commit, "main"]) {
      const options = { hubCache: join(folder, "hub") };
      const { lines, sources, out } = await fetchInto(folder, options, { ...model, revision });
      assert.equal(
        lines[0],
        `config.json of ann/tiny@${revision}: 0.001 MB from the hub's cache on this machine`,
      );
      assert.equal(Object.keys(sources).length, 4);
      assert.deepEqual(
        await Deno.readFile(join(out, "model.safetensors")),
        files.get("model.safetensors"),
      );
    }
    // What it lacks comes from elsewhere, and of a branch that is said.
    await Deno.remove(join(cached, "snapshots", commit, "model.safetensors"));
    await using hub = serveHub(placed(files, { ...model, revision: "main" }));
    const options = { hubCache: join(folder, "hub"), hub: hub.url };
    const { lines } = await fetchInto(folder, options, { ...model, revision: "main" });
    assert.match(lines.at(-1)!, /came from the hub's cache on this machine and the hub: they may/);
    assert.deepEqual(hub.seen, ["GET /ann/tiny/resolve/main/model.safetensors"]);
  }));

Deno.test("a pin is kept, whoever has the file, and pinned files are not noted", () =>
  withFolder(async (folder) => {
    const files = await filesOf(bert);
    await using hub = serveHub(placed(files));
    const sha256Of = (name: string) => sha256(files.get(name)!);
    const right = { "model.safetensors": sha256Of("model.safetensors") };
    const { sources } = await fetchInto(folder, { hub: hub.url }, { ...model, sha256: right });
    assert.deepEqual(Object.keys(sources).map((url) => url.split("/").at(-1)), [
      "config.json",
      "tokenizer.json",
    ]);
    const wrong = { "config.json": sha256Of("tokenizer.json") };
    const options = { hub: hub.url, folder: join(folder, "others") };
    const error = await rejection(fetchInto(folder, options, { ...model, sha256: wrong }));
    assert.match(
      error.message,
      /its bytes are not the expected ones: expected SHA-256 .*\n.*yaml$/,
    );
  }));

Deno.test("a tokenizer of another model goes along, and the head of a model is nobody's own", () =>
  withFolder(async (folder) => {
    const files = await filesOf(bert);
    const config = JSON.parse(new TextDecoder().decode(files.get("config.json")));
    files.set("config.json", text(JSON.stringify({ ...config, crosstie: { tokenizer: "x" } })));
    files.delete("tokenizer.json");
    const other = { repository: "bob/words", revision: "main", sha256: {} };
    const words: Files = new Map([["tokenizer.json", text('{"model": {}}')]]);
    await using hub = serveHub(new Map([...placed(files), ...placed(words, other)]));
    const fetched = await fetchInto(folder, { hub: hub.url }, { ...model, tokenizer: other });
    assert.equal(await fetched.text("tokenizer.json"), '{"model": {}}');
    assert.deepEqual(JSON.parse(await fetched.text("config.json")), config);
  }));

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
