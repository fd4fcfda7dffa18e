import { strict as assert } from "node:assert";
import { join } from "node:path";
import { readReference } from "../../scripts/references/recorded_encoders.ts";
import { type EncoderConfig, parseEncoderConfig } from "../models/encoder/config.ts";
import { parseAdapterConfig } from "./adapter_config.ts";
import { formatAdapterConfig } from "./adapter_config_text.ts";
import { readAdapter, writeAdapter } from "./adapter_files.ts";
import { readSafetensors } from "./safetensors_file.ts";
import { writeSafetensors } from "./safetensors.ts";
import {
  type Edit,
  edited,
  fixtures,
  readJson,
  refused,
  set,
  top,
} from "./testdata/damaged_adapters.ts";

const xlmr = parseEncoderConfig((await readReference("xlm_roberta")).config);
const bert = parseEncoderConfig((await readReference("bert")).config);

for (
  const place of [
    "task/ner",
    "stack/swa",
    "task_layers/ner",
    "task_safetensors/ner",
    "stack_odd/swa",
  ]
) {
  Deno.test(`${place}: the config is written as the library writes it`, async () => {
    const [{ family }, described] = await Promise.all([
      readJson(join(fixtures, place, "../recorded.json")),
      readJson(join(fixtures, place, "adapter_config.json")),
    ]);
    const config = parseEncoderConfig((await readReference(family)).config);
    const text = formatAdapterConfig(config, parseAdapterConfig(described, place, config));
    assert.deepEqual(JSON.parse(text), described);
    // Python reads a number without a point as an int, and refuses it as a scaling.
    assert.match(text, /"scaling": \d\.\d/);
    assert.match(text, /"dropout": 0\.0/);
  });
}

const config = "adapter_config.json";
const prefix = "Cannot use FOLDER/adapter_config.json as ";

/** Edits of an adapter's config, and what is said of each. */
const badConfigs: [string, Edit, string][] = [
  [
    "another width",
    top("hidden_size", 24),
    `${prefix}"hidden_size" must be the encoder's, 12: got 24`,
  ],
  [
    "another family",
    top("model_type", "bert"),
    `${prefix}"model_type" must be the encoder's, "xlm-roberta": got "bert"`,
  ],
  ["Houlsby's", set("mh_adapter", true), `${prefix}"mh_adapter" must be false: got true`],
  [
    "none after the output",
    set("output_adapter", false),
    `${prefix}"output_adapter" must be true: got false`,
  ],
  ["parallel", set("is_parallel", true), `${prefix}"is_parallel" must be false: got true`],
  ["gated", set("use_gating", true), `${prefix}"use_gating" must be false: got true`],
  ["Compacter", set("phm_layer", true), `${prefix}"phm_layer" must be false: got true`],
  ["its own LayerNorm", set("ln_after", true), `${prefix}"ln_after" must be false: got true`],
  [
    "no LayerNorm before, as where it is left out",
    set("original_ln_before", undefined),
    `${prefix}"original_ln_before" must be true: got false`,
  ],
  [
    "a residual after the sum",
    set("residual_before_ln", "post_add"),
    `${prefix}"residual_before_ln" must be true: got "post_add"`,
  ],
  [
    "a LoRA of AdapterHub",
    set("architecture", "lora"),
    `${prefix}"architecture" must be that of a bottleneck, which has none: got "lora"`,
  ],
  [
    "a field that nobody knows",
    set("twist", 3),
    `${prefix}"twist" is not known: it must be left out: got 3`,
  ],
  [
    "layers that the encoder has not",
    set("leave_out", [1, 11]),
    `${prefix}"leave_out" must name layers 0 … 1 of the encoder: got [11]`,
  ],
  [
    "a layer without a factor",
    set("reduction_factor", { 0: 4 }),
    `${prefix}"reduction_factor" must have a default or name all layers: got [0]`,
  ],
  [
    "a coupling that is too narrow",
    (json) => Object.assign(json.config, { inv_adapter: "nice", inv_adapter_reduction_factor: 7 }),
    `${prefix}"inv_adapter_reduction_factor" must be 6 or less: got 7`,
  ],
  [
    "a name of a config that nobody knows",
    top("config", "houlsby"),
    `${prefix}"config" must be one of seq_bn, pfeiffer, seq_bn_inv, pfeiffer+inv: got "houlsby"`,
  ],
  [
    "of PEFT",
    top("peft_type", "LORA"),
    "Cannot use FOLDER/adapter_config.json as an adapter of AdapterHub: it is one of PEFT",
  ],
];

for (const [what, edit, message] of badConfigs) {
  Deno.test(`an adapter is refused: ${what}`, () =>
    edited(
      "task/ner",
      config,
      edit,
      (folder) => refused(folder, () => readAdapter(folder, xlmr), message),
    ));
}

for (
  const [field, value, shown] of [
    ["non_linearity", "mish", /"non_linearity" is wrong/],
    ["scaling", "learned", /"scaling" is wrong/],
    ["inv_adapter", "glow", /"inv_adapter" is wrong/],
    ["dropout", 1, /"dropout" is wrong/],
    ["reduction_factor", 0, /"reduction_factor" is wrong/],
  ] as const
) {
  Deno.test(`an adapter is refused: ${field} ${value}`, () =>
    edited(
      "task/ner",
      config,
      set(field, value),
      (folder) => assert.rejects(readAdapter(folder, xlmr), { name: "UserError", message: shown }),
    ));
}

const deeper = { ...xlmr, num_hidden_layers: 3 };
const down = "roberta.encoder.layer.0.output.adapters.ner.adapter_down.0.weight";
const badWeights: [string, EncoderConfig, Edit, string][] = [
  [
    "an encoder with more layers",
    deeper,
    () => {},
    "Cannot load FOLDER/pytorch_adapter.bin as tensor " +
    '"roberta.encoder.layer.2.output.adapters.ner.adapter_down.0.weight" is missing ' +
    "(the encoder has it as [3,12])",
  ],
  [
    "an encoder with fewer layers",
    { ...xlmr, num_hidden_layers: 1 },
    () => {},
    "Cannot load FOLDER/pytorch_adapter.bin as tensor " +
    '"roberta.encoder.layer.1.output.adapters.ner.adapter_down.0.weight" is unexpected: ' +
    "the config has no such",
  ],
  [
    "a bottleneck of another width",
    xlmr,
    set("reduction_factor", 3),
    `Cannot load FOLDER/pytorch_adapter.bin as tensor "${down}" is [3,12] there, and [4,12] on ` +
    "the encoder",
  ],
  [
    "another name",
    xlmr,
    top("name", "other"),
    `Cannot load FOLDER/pytorch_adapter.bin as tensor "${
      down.replace("ner", "other")
    }" is missing ` +
    "(the encoder has it as [3,12])",
  ],
];
for (const [what, encoder, edit, message] of badWeights) {
  Deno.test(`an adapter's weights are refused: ${what}`, () =>
    edited(
      "task/ner",
      config,
      edit,
      (folder) => refused(folder, () => readAdapter(folder, encoder), message),
    ));
}

Deno.test("an adapter without a file of weights, or with a pickle of something else, is refused", () =>
  edited("task/ner", config, () => {}, async (folder) => {
    const pickle = join(folder, "pytorch_adapter.bin");
    await Deno.writeFile(pickle, new TextEncoder().encode("cposix\nsystem\n(S'id'\ntR."));
    await refused(
      folder,
      () => readAdapter(folder, xlmr),
      "Cannot read FOLDER/pytorch_adapter.bin as tensors: it asks for posix.system, which is no tensor",
    );
    await Deno.remove(pickle);
    await refused(
      folder,
      () => readAdapter(folder, xlmr),
      "Cannot load FOLDER as it has no adapter.safetensors or pytorch_adapter.bin",
    );
  }));

Deno.test("weights without the encoder's prefix are those with it", () =>
  edited("task_safetensors/ner", config, () => {}, async (folder) => {
    const path = join(folder, "adapter.safetensors");
    const whole = await readAdapter(folder, bert);
    const bare = [...await readSafetensors(path)].map(([name, tensor]) =>
      [name.replace(/^bert\./, ""), tensor] as const
    );
    writeSafetensors(path, new Map(bare));
    assert.deepEqual(await readAdapter(folder, bert), whole);
  }));

Deno.test("an adapter is not written without all of its weights", async () => {
  const read = await readAdapter(join(fixtures, "task/ner"), xlmr);
  read.weights.delete(down);
  const folder = await Deno.makeTempDir();
  await assert.rejects(writeAdapter(folder, xlmr, read, read.weights), {
    name: "UserError",
    message: /^Cannot load the adapter "ner" as tensor ".*adapter_down.0.weight" is missing/,
  });
  assert.deepEqual([...Deno.readDirSync(folder)], []);
  await Deno.remove(folder);
});
