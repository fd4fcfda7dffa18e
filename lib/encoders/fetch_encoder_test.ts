import { strict as assert } from "node:assert";
import { join } from "node:path";
import { sha256 } from "../core/sha256.ts";
import { filesBelow, rejection, withFolder } from "../corpora/testdata/fetching.ts";
import { parseEncoderConfig } from "../models/encoder/config.ts";
import { encoderParameters } from "../models/encoder/parameters.ts";
import { readWeights } from "../weights/published_weights.ts";
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
import { serveHub } from "./testdata/hub_server.ts";

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
