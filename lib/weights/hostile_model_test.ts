/** Models from strangers: refused before anything is built of them, by what is wrong. */
import { strict as assert } from "node:assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../core/errors.ts";
import { encoderParameters } from "../models/encoder/parameters.ts";
import { readPublishedFolder } from "./published_folder.ts";
import { readConfig, readWeights } from "./published_weights.ts";

const model = fileURLToPath(
  new URL("../../tests/fixtures/hub_checkpoints/trainable/bert", import.meta.url),
);

/** A copy of a small model. */
async function withModel(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for await (const { name, isFile } of Deno.readDir(model)) {
      if (isFile) await Deno.copyFile(join(model, name), join(folder, name));
    }
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Changed fields of a config.json, or what stands in its place. */
const configs: readonly (readonly [about: string, fields: object | string, problem: RegExp])[] = [
  ["a thousand million layers", { num_hidden_layers: 1e9 }, /"num_hidden_layers" is wrong/],
  ["layers that the weights lack", { num_hidden_layers: 900 }, /is missing \(the model has it/],
  ["a width beyond all", { hidden_size: 2 ** 40 }, /"hidden_size" is wrong/],
  ["another width", { hidden_size: 4096 }, /is \[.*\] there, and \[/],
  ["more than fits anywhere", {
    hidden_size: 2 ** 16,
    num_hidden_layers: 1000,
    num_attention_heads: 1,
  }, /would have \d+ parameters, more than 137438953472/],
  ["an inner width beyond all", { intermediate_size: 1e12 }, /"intermediate_size" is wrong/],
  ["a vocabulary beyond all", { vocab_size: 1e15 }, /"vocab_size" is wrong/],
  ["a vocabulary of others", { vocab_size: 77_777 }, /is \[.*\] there, and \[77777/],
  ["positions beyond all", { max_position_embeddings: 1e9 }, /"max_position_embeddings"/],
  ["token types beyond all", { type_vocab_size: 1e9 }, /"type_vocab_size" is wrong/],
  ["heads beyond all", { num_attention_heads: 1e9 }, /"num_attention_heads" is wrong/],
  ["a number that is text", { num_hidden_layers: "2" }, /"num_hidden_layers" is wrong/],
  ["a part of a layer", { num_hidden_layers: 1.5 }, /"num_hidden_layers" is wrong/],
  ["no heads", { num_attention_heads: 0 }, /"num_attention_heads" is wrong/],
  ["nothing", "null", /config\.json as it is wrong|model_type/],
  ["a list", "[]", /model_type" is wrong|as it is wrong/],
  ["nested lists without end", `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`, /200 deep/],
  ["half of it", '{"model_type":', /config\.json as JSON/],
  ["17 MB", `{"a":"${"x".repeat(17 * 2 ** 20)}"}`, /has \d+ bytes, more than 16777216/],
];

Deno.test("a config.json that no encoder has is refused before anything runs", async () => {
  for (const [about, fields, problem] of configs) {
    await withModel(async (folder) => {
      const path = join(folder, "config.json");
      const text = typeof fields === "string"
        ? fields
        : JSON.stringify({ ...JSON.parse(await Deno.readTextFile(path)), ...fields });
      await Deno.writeTextFile(path, text);
      await assert.rejects(readPublishedFolder(folder, "/"), (error) => {
        assert.ok(error instanceof UserError, `${about}: ${error}`);
        assert.match(error.message, problem, about);
        return true;
      });
    });
  }
});

/** What stands in the place of a file. */
const places: readonly (readonly [name: string, what: string, problem: RegExp])[] = [
  ["config.json", "fifo", /config\.json: it is a pipe or a device/],
  ["config.json", "zero", /config\.json: it is a pipe or a device/],
  ["config.json", "loop", /config\.json: its links lead in a circle/],
  ["config.json", "folder", /config\.json: it is a folder/],
  ["config.json", "nothing", /Cannot find config\.json/],
  ["model.safetensors", "fifo", /as it has no model\.safetensors/],
  ["model.safetensors", "zero", /as it has no model\.safetensors/],
  ["model.safetensors", "loop", /model\.safetensors: its links lead in a circle/],
  ["model.safetensors", "folder", /as it has no model\.safetensors/],
  ["model.safetensors", "nothing", /as it has no model\.safetensors/],
];

Deno.test("pipes, devices, folders and links in a circle are no files of a model", async () => {
  for (const [name, what, problem] of places) {
    await withModel(async (folder) => {
      const path = join(folder, name);
      await Deno.remove(path);
      if (what === "fifo") await new Deno.Command("mkfifo", { args: [path] }).output();
      if (what === "zero") await Deno.symlink("/dev/zero", path);
      if (what === "loop") await Deno.symlink(path, path);
      if (what === "folder") await Deno.mkdir(path);
      await assert.rejects(readPublishedFolder(folder, "/"), (error) => {
        assert.ok(error instanceof UserError, `${name} ${what}: ${error}`);
        assert.match(error.message, problem, `${name} ${what}`);
        return true;
      });
    });
  }
});

Deno.test("weights that are no numbers are refused with the tensor's name", async () => {
  for (const bits of [0x7fc00000, 0x7f800000, 0xff800000, 0xffffffff]) {
    await withModel(async (folder) => {
      const path = join(folder, "model.safetensors");
      const bytes = await Deno.readFile(path);
      const view = new DataView(bytes.buffer);
      view.setUint32(8 + Number(view.getBigUint64(0, true)), bits, true); // the first number
      await Deno.writeFile(path, bytes);
      const { config } = await readConfig(folder);
      const options = { freshHead: { seed: 1, all: true } };
      await assert.rejects(readWeights(folder, config, encoderParameters(config), options), {
        name: "UserError",
        message: /as tensor "[\w.]+" has values that are no numbers/,
      });
    });
  }
});
