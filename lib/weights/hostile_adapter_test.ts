/** Adapters from strangers: refused by what is wrong, before anything is built of them. */
import { strict as assert } from "node:assert";
import { join } from "node:path";
import { readReference } from "../../scripts/references/recorded_encoders.ts";
import { UserError } from "../core/errors.ts";
import { parseEncoderConfig } from "../models/encoder/config.ts";
import { readAdapter } from "./adapter_files.ts";
import { readLora } from "./lora_files.ts";
import { fixtures, readJson } from "./testdata/damaged_adapters.ts";

const xlmr = parseEncoderConfig((await readReference("xlm_roberta")).config);
const config = "adapter_config.json", weights = "adapter_model.safetensors";

type Change = (folder: string) => Promise<unknown>;
const field = (name: string, value: unknown): Change => async (folder) => {
  const path = join(folder, config);
  await Deno.writeTextFile(path, JSON.stringify({ ...await readJson(path), [name]: value }));
};
const text = (file: string, content: string): Change => (folder) =>
  Deno.writeTextFile(join(folder, file), content);
const place =
  (file: string, what: "fifo" | "zero" | "loop" | "folder"): Change => async (folder) => {
    const path = join(folder, file);
    await Deno.remove(path).catch(() => {});
    if (what === "fifo") await new Deno.Command("mkfifo", { args: [path] }).output();
    else if (what === "folder") await Deno.mkdir(path);
    else await Deno.symlink(what === "zero" ? "/dev/zero" : path, path);
  };
/** Writes the safetensors anew, with another header or with numbers that are none. */
const tensors =
  (edit: (header: Record<string, unknown>, data: Uint8Array) => unknown): Change =>
  async (folder) => {
    const path = join(folder, weights);
    const bytes = await Deno.readFile(path);
    const end = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, end)));
    const data = bytes.slice(end);
    edit(header, data);
    const json = new TextEncoder().encode(JSON.stringify(header));
    const size = new Uint8Array(8);
    new DataView(size.buffer).setBigUint64(0, BigInt(json.length), true);
    await Deno.writeFile(path, new Uint8Array([...size, ...json, ...data]));
  };
const evil = "\x1b]0;pwn\x07";
const pickled = (bytes: string): Change => async (folder) => {
  await Deno.remove(join(folder, weights));
  await Deno.writeFile(
    join(folder, "adapter_model.bin"),
    Uint8Array.from(bytes, (c) => c.charCodeAt(0)),
  );
};

/** What a stranger's LoRA is like, and what is said. */
const loras: readonly (readonly [about: string, change: Change, why: RegExp])[] = [
  ["a rank of a thousand million", field("r", 1e9), /is \[2,12\] there, and \[1000000000,12\]/],
  ["a rank beyond all", field("r", 1e300), /"r"/],
  ["a scale of nothing", field("lora_alpha", 0), /"lora_alpha"/],
  [
    "a scale that is no number",
    text(config, '{"peft_type":"LORA","r":2,"lora_alpha":1e999}'),
    /Cannot/,
  ],
  [
    "100,000 modules",
    field("target_modules", Array.from({ length: 1e5 }, (_, i) => `m${i}`)),
    /"m0"/,
  ],
  ["a module by inheritance", field("target_modules", ["__proto__", "constructor"]), /"__proto__"/],
  ["an escape as a module", field("target_modules", [evil]), /␛\]0;pwn/],
  ["an escape as a field", field(evil, 1), /␛\]0;pwn/],
  ["a list", text(config, "[]"), /"peft_type" must be "LORA"/],
  ["null", text(config, "null"), /"peft_type" must be "LORA"|Cannot/],
  [
    "100,000 nested lists",
    text(config, `{"peft_type":"LORA","x":${"[".repeat(1e5)}${"]".repeat(1e5)}}`),
    /200 deep/,
  ],
  ["17 MB of settings", text(config, `{"x":"${"x".repeat(17 * 2 ** 20)}"}`), /more than 16777216/],
  ["a pipe as settings", place(config, "fifo"), /a pipe or a device/],
  ["zeros without an end as settings", place(config, "zero"), /a pipe or a device/],
  ["a link to itself as weights", place(weights, "loop"), /links lead in a circle|has no/],
  ["a pipe as weights", place(weights, "fifo"), /a pipe or a device|has no/],
  ["a folder as weights", place(weights, "folder"), /it is a folder|has no/],
  ["weights that are text", text(weights, "GIF89a"), /Cannot/],
  ["an escape as a tensor", tensors((header) => header[evil] = Object.values(header)[0]), /Cannot/],
  [
    "a tensor by inheritance",
    tensors((header) => {
      Object.defineProperty(header, "__proto__", {
        value: Object.values(header)[0],
        enumerable: true,
      });
    }),
    /Cannot/,
  ],
  ["a command in a pickle", pickled("cposix\nsystem\n(S'id'\ntR."), /asks for posix\.system/],
  [
    "builtins in a pickle",
    pickled("\x80\x02c__builtin__\neval\n(X\x01\0\0\0atR."),
    /__builtin__\.eval/,
  ],
  [
    "a pickle that builds from a class",
    pickled("\x80\x02(cos\nsystem\nX\x01\0\0\0ao."),
    /os\.system/,
  ],
  [
    "a pickle that names by the stack",
    pickled("\x80\x04\x8c\x02os\x8c\x06system\x93."),
    /os\.system/,
  ],
  ["an extension of pickle", pickled("\x80\x02\x82\x01."), /instruction 0x82/],
  ["a persistent id of text", pickled("\x80\x02Pabc\n."), /instruction 0x50/],
];

Deno.test("a LoRA that cannot be is refused, and nothing is run", async () => {
  for (const [about, change, why] of loras) {
    const folder = await Deno.makeTempDir();
    try {
      for (const file of [config, weights]) {
        await Deno.copyFile(join(fixtures, "lora/lora", file), join(folder, file));
      }
      await change(folder);
      await assert.rejects(readLora(folder, xlmr), (error) => {
        assert.ok(
          error instanceof UserError,
          `${about}: ${error instanceof Error ? error.stack : error}`,
        );
        assert.match(error.message, why, about);
        // deno-lint-ignore no-control-regex
        assert.doesNotMatch(error.message, /[\0-\x08\x0b-\x1f\x7f-\x9f]/, about);
        return true;
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }
});

Deno.test("an adapter of AdapterHub is read by the same door", async () => {
  for (const [file, what] of [[config, "fifo"], [config, "zero"], [config, "loop"]] as const) {
    const folder = await Deno.makeTempDir();
    await place(file, what)(folder);
    await assert.rejects(readAdapter(folder, xlmr), (error) => {
      assert.ok(error instanceof UserError, `${what}: ${error}`);
      assert.match(error.message, /a pipe or a device|links lead in a circle/);
      return true;
    });
    await Deno.remove(folder, { recursive: true });
  }
});
